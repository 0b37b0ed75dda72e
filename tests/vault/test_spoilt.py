"""One spoilt row harms whom it is about and nobody else: clocks go on, keys turn, and people can still be erased
(P7, P35, P43)."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.vault.at_once import DAY, AtOnce, refused

from microkitten.vault.server import index
from microkitten.vault.server.verbs import erase, grants, look, rights, rotate, sweep, tell, visitors
from microkitten.vault.server.work import Refusal

pytestmark = pytest.mark.slow


def spoil(one: AtOnce, person: UUID, table: str = "record") -> None:
    """Turn the last byte of all that is sealed of somebody in a table."""
    key = "id" if table == "record" else "entry"
    for number, sealed in one.vault.database.rows(
        f"SELECT {key}, sealed FROM vault_{table} WHERE person = ?", person.hex
    ):
        changed = bytes(sealed[:-1]) + bytes([sealed[-1] ^ 1])
        one.vault.database.run(f"UPDATE vault_{table} SET sealed = ? WHERE {key} = ?", changed, number)


def keys(one: AtOnce, person: UUID, right: str) -> list[str]:
    """Return the names of somebody's keys of one right."""
    box = one.vault.keyring.of(person)
    return [] if box is None else [name for name in box.keys if name.startswith(f"{right}:")]


def test_what_does_not_open_does_not_stop_the_clock_of_others(one: AtOnce) -> None:
    """It cannot be kept for the books either, so it goes; all others pass over as they should."""
    people = [one.sale()[1] for _ in range(3)]
    tell.tell(one.work("web:checkout"), persons=people, fact="placed")
    spoil(one, people[0])
    one.at += 250 * DAY
    sweep.sweep(one.work("job:sweep"))
    assert [keys(one, person, "life") for person in people] == [[], [], []]
    assert [keys(one, person, "law") for person in people] == [[], ["law:recipient"], ["law:recipient"]]
    assert one.rows("record", "person = ?", people[0].hex) == 0


@pytest.mark.parametrize("table", ["record", "detail"])
def test_new_keys_come_to_everybody_else(one: AtOnce, table: str) -> None:
    """And the turning ends."""
    people = [one.customer(email=f"a{number}@example.com") for number in range(3)]
    spoil(one, people[1], table)
    rotate.begin_rekey(one.work("operator"))
    turns = 0
    while rotate.turn(one.work("job:sweep")):
        turns += 1
        assert turns < 10
    assert not one.vault.turning
    generations = {box.generation for box in map(one.vault.keyring.of, people) if box is not None}
    assert len(generations) == 1


def test_a_turn_that_fails_is_not_asked_again_at_once(one: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweeper begins anew, in its own time."""

    def fail(_work: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(rotate, "rekey", fail)
    one.vault.turning = True
    with pytest.raises(RuntimeError):
        rotate.turn(one.work("job:sweep"))
    assert not one.vault.turning


@pytest.mark.parametrize("table", ["record", "detail"])
def test_whose_data_is_spoilt_can_still_be_erased(one: AtOnce, table: str) -> None:
    """What cannot pass over to the law goes with the rest."""
    anna, bea, token = one.sale()
    tell.tell(one.work("web:checkout"), persons=[anna, bea], fact="placed")
    tell.tell(one.work("job:confirm"), persons=[bea], fact="arrived")
    spoil(one, bea, table)
    assert erase.erase(one.work("person", token), person=bea, reason="asked")
    assert keys(one, bea, "life") == []
    if table == "record":
        assert one.vault.keyring.of(bea) is None
        assert one.rows("record", "person = ?", bea.hex) == 0


def test_no_key_of_the_index_goes_before_all_under_it_has_moved(
    one: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full part is followed by the next; who was not looked at is not lost."""
    monkeypatch.setattr(rotate, "TAGS_A_SLICE_MAX", 3)
    people = {f"a{number}@example.com": one.customer(email=f"a{number}@example.com") for number in range(3)}
    browser, cookie = one.visitor(asked=True)
    one.at += 40 * DAY
    while rotate.turn(one.work("job:sweep")):
        pass
    for email, person in people.items():
        assert index.look_up_all(one.work("operator"), "customer.email", email) == [person]
    assert look.find(one.work("web:visitors"), field="visitor.cookie", value=cookie) == browser.hex
    visitors.forget(one.work("web:visitors"), cookie=cookie)
    assert one.vault.keyring.of(browser) is None


def test_an_export_is_for_their_rights_the_books_or_the_law_alone(one: AtOnce) -> None:
    """Whoever ships asks for a parcel's fields, and hears of a restriction there."""
    anna, bea, _ = one.sale()
    tell.tell(one.work("web:checkout"), persons=[anna, bea], fact="placed")
    _, clerk = one.clerk()
    with refused("purpose", purpose="deliver"):
        rights.export(one.work("shipping", clerk), person=bea, purpose="deliver", start=0)


@pytest.mark.parametrize("purpose", ["books", "legal"])
def test_a_grant_for_one_purpose_exports_for_no_other(one: AtOnce, purpose: str) -> None:
    """Its reason was given for that one (P3)."""
    _, bea, _ = one.sale()
    token = grants.grant(
        one.work("operator"), purpose="rights", person=bea, groups=[], seconds=300, reason="a letter"
    )["token"]
    with pytest.raises(Refusal):
        rights.export(one.work("operator", token), person=bea, purpose=purpose, start=0)
