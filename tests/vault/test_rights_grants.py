"""Grants: for one purpose, person, groups, minutes and reason; no grant, no key (P3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from tests.vault.at_once import AtOnce, refused

from microkitten.vault.server.verbs import erase, grants, rights, use
from microkitten.vault.server.work import Refusal

NEEDS = (
    "rule rights.show_for needs granted "
    "(whoever asks holds a live grant for this person, this group and this purpose)"
)


def minted(one: AtOnce, person: UUID, *groups: str, **other: Any) -> dict[str, Any]:
    """Mint a grant, as the operator."""
    told = {"purpose": "rights", "seconds": 900, "reason": "letter of 3 May", **other}
    return grants.grant(one.work("operator"), person=person, groups=list(groups), **told)


def look(one: AtOnce, person: UUID, token: str, name: str = "customer.name", why: str = "rights") -> Any:
    """Open one field under a grant."""
    found = use.use(one.work("operator", token), purpose=why, persons={person: [name]}, facts={})
    return found["values"][person.hex][name]


def test_a_grant_opens_what_it_says_and_every_use_names_it(one: AtOnce) -> None:
    """The grant's entry has the reason; the use's entry has the grant's index."""
    anna = one.customer()
    grant = minted(one, anna, "customer")
    told = one.told(anna)
    assert (told["reason"], told["groups"], told["until"]) == ("letter of 3 May", ["customer"], one.at + 900)
    assert look(one, anna, grant["token"]) == "Anna"
    assert one.told(anna)["grant"] == grant["entry"]


def test_without_one_nothing_opens(one: AtOnce) -> None:
    """Whoever runs the server is no exception."""
    anna = one.customer()
    for token in ("", "x" * 43, one.clerk()[1]):
        with refused(NEEDS):
            look(one, anna, token)


def test_it_is_for_one_person(one: AtOnce) -> None:
    """Not for the next one, however alike."""
    anna, other = one.customer(), one.customer()
    token = minted(one, anna, "customer")["token"]
    with refused(NEEDS):
        look(one, other, token)


def test_it_is_for_its_groups(one: AtOnce) -> None:
    """A grant for the customer does not open the card."""
    anna = one.customer()
    one.pay(anna)
    token = minted(one, anna, "customer")["token"]
    with refused(NEEDS):
        look(one, anna, token, "payment.last4")


def test_it_is_for_its_purpose(one: AtOnce) -> None:
    """What was granted for rights opens nothing for the books, and the reverse."""
    bea = one.recipient()
    for why, other in (("rights", "books"), ("books", "rights")):
        token = minted(one, bea, "recipient", purpose=why)["token"]
        assert look(one, bea, token, "recipient.name", why) == "Bea"
        with pytest.raises(Refusal, match="needs granted"):
            look(one, bea, token, "recipient.name", other)


def test_it_ends(one: AtOnce) -> None:
    """To the second."""
    anna = one.customer()
    token = minted(one, anna, "customer", seconds=60)["token"]
    one.at += 59
    assert look(one, anna, token) == "Anna"
    one.at += 1
    with refused(NEEDS):
        look(one, anna, token)


def test_it_can_be_ended_before(one: AtOnce) -> None:
    """Once; a second time, or somebody else's word, changes nothing."""
    anna = one.customer()
    token = minted(one, anna, "customer")["token"]
    grants.end_grant(one.work("web:orders"), token=token)
    assert look(one, anna, token) == "Anna"
    grants.end_grant(one.work("operator"), token=token)
    assert one.told(anna)["how"] == "ended"
    entered = one.entered
    grants.end_grant(one.work("operator"), token=token)
    assert one.entered == entered
    with refused(NEEDS):
        look(one, anna, token)


@pytest.mark.parametrize("actor", ["person", "web:orders", "merchant", "shipping", "job:sweep"])
def test_nobody_else_is_minted_one_or_can_show_one(one: AtOnce, actor: str) -> None:
    """A grant is the operator's alone."""
    anna = one.customer()
    asked: dict[str, Any] = {"purpose": "rights", "groups": ["customer"], "seconds": 60, "reason": "x"}
    with refused("actor"):
        grants.grant(one.work(actor), person=anna, **asked)
    token = minted(one, anna, "customer")["token"]
    with pytest.raises(Refusal, match="needs proven|no row"):
        use.use(one.work(actor, token), purpose="rights", persons={anna: ["customer.name"]}, facts={})


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no time": ({"seconds": 0}, "seconds"),
    "too long": ({"seconds": 901}, "seconds"),
    "no reason": ({"reason": " "}, "reason"),
    "a reason of two lines": ({"reason": "a\nb"}, "reason"),
    "a card number as reason": ({"reason": "4242 4242 4242 4242"}, "reason"),
    "a purpose that nothing is granted for": ({"purpose": "deliver"}, "the policy has no row for this"),
    "a purpose that is none": ({"purpose": "curiosity"}, "purpose"),
    "another kind's group": ({"groups": ["recipient"]}, "fields"),
    "no group at all": ({"groups": ["nonsense"]}, "fields"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_grant_is_for_something(one: AtOnce, case: str) -> None:
    """Refused, and nothing is minted."""
    anna = one.customer()
    told, why = WRONG[case]
    asked = {"purpose": "rights", "groups": ["customer"], "seconds": 60, "reason": "letter", **told}
    with refused(why):
        grants.grant(one.work("operator"), person=anna, **asked)
    assert one.rows("grant") == 0


def test_nobody_is_granted_who_is_not_there(one: AtOnce) -> None:
    """With another word for whom was erased, so that the receipt can be shown."""
    anna, _, token = one.sale()
    with refused("absent"):
        minted(one, UUID(int=5), "customer")
    erase.erase(one.work("person", token), person=anna, reason="asked")
    with refused("erased"):
        minted(one, anna, "customer")
    assert rights.preview_erasure(one.work("operator"), person=anna)["done"] is not None


def test_all_groups_are_those_that_the_policy_opens(one: AtOnce) -> None:
    """What a grant without groups is for, its entry says."""
    anna = one.customer()
    assert minted(one, anna)["groups"] == ["customer", "payment"]
    assert one.told(anna)["groups"] == ["customer", "payment"]


def acts(one: AtOnce) -> dict[str, Callable[[str, UUID], Any]]:
    """Return what the operator does for people."""
    return {
        "preview": lambda token, who: rights.preview_erasure(one.work("operator", token), person=who),
        "erase": lambda token, who: erase.erase(one.work("operator", token), person=who, reason="asked"),
        "export": lambda token, who: rights.export(
            one.work("operator", token), person=who, purpose="rights", start=0
        ),
        "restrict": lambda token, who: rights.restrict(
            one.work("operator", token), person=who, on=True, reason="dispute"
        ),
    }


@pytest.mark.parametrize("act", ["preview", "export", "restrict", "erase"])
def test_each_act_for_somebody_wants_their_grant(one: AtOnce, act: str) -> None:
    """Without one, with another's and with an ended one each is refused; with theirs it is done."""
    anna, other = one.customer(), one.customer()
    do = acts(one)[act]
    ended = minted(one, anna, seconds=1)["token"]
    one.at += 1
    for token in ("", minted(one, other)["token"], ended):
        with pytest.raises(Refusal, match="needs granted"):
            do(token, anna)
    assert do(minted(one, anna)["token"], anna)


def test_to_look_somebody_up_shows_ids_and_kinds_and_is_entered(one: AtOnce) -> None:
    """By address everybody who ordered with it; nobody found is entered too; others may not ask."""
    anna, again = one.customer(), one.customer()
    asked = {"field": "customer.email", "value": "A@example.com ", "purpose": "rights", "reason": "letter"}
    found = rights.find_people(one.work("operator"), **asked)
    assert found == [{"person": who.hex, "kind": "customer"} for who in sorted((anna, again), reverse=True)]
    assert one.told(anna)["outcome"] == "found"
    assert one.told(anna)["reason"] == "letter"
    entered = one.entered
    assert rights.find_people(one.work("operator"), **{**asked, "value": "b@example.com"}) == []
    assert one.entered == entered + 1
    for actor in ("person", "web:orders", "merchant", "shipping", "job:confirm"):
        with pytest.raises(Refusal, match="no row"):
            rights.find_people(one.work(actor), **asked)
    for wrong, why in ({"field": "recipient.name"}, "fields"), ({"reason": ""}, "reason"):
        with refused(why):
            rights.find_people(one.work("operator"), **{**asked, **wrong})
    with refused("the policy has no row for this"):
        rights.find_people(one.work("operator"), **{**asked, "purpose": "books"})
