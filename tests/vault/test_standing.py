"""How somebody stands: told to whoever holds their pass or cookie and to nobody else, and never with a value (P43)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.vault.conftest import (
    CHECKOUT,
    CONFIRM,
    ORDERS,
    VISITORS,
    Sale,
    a_sale,
    bytes_of,
    calling,
    role,
    staff_pass,
    token,
)
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten.policy import purpose, versions
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Refused

pytestmark = pytest.mark.slow


@pytest.fixture
def sale(called: RunningVault) -> Sale:
    """A placed order to two recipients."""
    assert called
    return a_sale(recipients=2)


def leaf(running: RunningVault) -> dict[str, str]:
    """Return the ledger's last leaf."""
    with vault_line(running.folder) as line:
        (found,) = line.execute("SELECT leaf FROM vault_entry ORDER BY number DESC LIMIT 1").fetchone()
    return json.loads(found)  # type: ignore[no-any-return] # an object


def test_whoever_holds_the_pass_learns_of_everybody_it_covers(sale: Sale) -> None:
    """No id is asked of the browser: the pass knows whom it covers."""
    told = door.standing(by=sale.me)
    assert {one.person for one in told.people} == set(sale.people)
    customer = next(one for one in told.people if one.person == sale.customer)
    assert customer.kind == "customer"
    (held,) = customer.held
    assert (held.group, held.is_claimed, held.count) == ("customer", True, None)
    assert timedelta(days=390) < held.until - held.since < timedelta(days=400)
    assert held.uses == {"confirm": held.until}
    recipient = next(one for one in told.people if one.kind == "recipient")
    (parcel,) = recipient.held
    assert timedelta(days=59) < parcel.uses["deliver"] - parcel.since <= timedelta(days=60, seconds=1)
    assert parcel.uses["deliver"] < parcel.until


def test_it_is_entered_like_a_use_for_each_person(called: RunningVault, sale: Sale) -> None:
    """One entry a person, written before it is told; the count of entries has it in."""
    before = {one.person: one.entries for one in door.standing(sale.people, by=sale.me).people}
    told = door.standing(sale.people, by=sale.me)
    assert {one.person: one.entries for one in told.people} == {who: n + 1 for who, n in before.items()}
    assert (leaf(called)["k"], leaf(called)["p"]) == ("use", "rights")
    assert set(told.looked.entries) == set(sale.people)
    last = door.entries_of(sale.customer, by=sale.me)[-2]
    assert (last.kind, last.purpose, last.outcome) == ("use", "rights", "standing")
    assert last.fields == ("customer.email", "customer.name")


def test_no_value_comes_along(sale: Sale) -> None:
    """The answer is groups, times and counts; the opening for the receipt has nothing in it."""
    told = door.standing(by=sale.me)
    for value in sale.values.values():
        assert str(value) not in repr(told.people)
    with told.looked as looked:
        assert looked._values == {}
        assert looked.groups == ("customer", "recipient")
        assert looked.until is not None


@pytest.mark.parametrize("actor", [CHECKOUT, ORDERS, VISITORS, Actor("person"), Actor("person", "wrong")])
def test_nobody_learns_it_without_the_pass(sale: Sale, actor: Actor) -> None:
    """To know an id is not enough; and without a pass there is nobody to ask about."""
    with pytest.raises(Refused):
        door.standing([sale.customer], by=actor)
    with pytest.raises(Refused):
        door.standing(by=actor)


def test_another_order_s_pass_or_a_staff_pass_shows_nothing(sale: Sale) -> None:
    """A pass is for its own people; all or nothing."""
    other = a_sale()
    for people in ([sale.customer], [other.customer, sale.recipients[0]]):
        with pytest.raises(Refused):
            door.standing(people, by=other.me)
    clerk = staff_pass()
    for actor in (clerk, Actor("person", clerk.token), Actor("merchant", clerk.token)):
        with pytest.raises(Refused):
            door.standing([sale.customer], by=actor)


def test_no_job_and_no_operator_learns_it(sale: Sale) -> None:
    """It is a person's own question."""
    for name, actor in (("worker", CONFIRM), ("operator", Actor("operator"))):
        with role(name), pytest.raises(Refused):
            door.standing([sale.customer], by=actor)


def test_what_no_order_has_claimed_yet_says_so(called: RunningVault) -> None:
    """Within the hour it stands there as what it is."""
    assert called
    draft = a_sale(claimed=False)
    held = [held for one in door.standing(by=draft.me).people for held in one.held]
    assert {one.is_claimed for one in held} == {False}
    assert [one.uses for one in held] == [{}, {}]
    assert all(one.until - one.since <= timedelta(hours=1) for one in held)


def test_a_cookie_tells_how_much_hangs_on_it_until_it_is_forgotten(called: RunningVault) -> None:
    """Counted inside the vault: what the products are does not come out."""
    cookie, slugs = door.assign_visitor(by=VISITORS), [token(), token(), token()]
    person = door.find("visitor.cookie", cookie, by=VISITORS)
    assert person is not None
    values = {"visitor.seen": Given(slugs, "product.page")}
    door.collect(person, "visitor", values, purpose=purpose.customize, by=VISITORS)
    told = door.standing([person], by=VISITORS)
    (held,) = told.people[0].held
    assert (held.group, held.count) == ("visitor", 3)
    assert not any(slug in repr(told.people) for slug in slugs)
    assert not any(slug.encode() in bytes_of(called.folder) for slug in slugs)
    for actor in (ORDERS, CHECKOUT, Actor("person")):
        with pytest.raises(Refused):
            door.standing([person], by=actor)
    door.forget_visitor(cookie, by=VISITORS)
    with pytest.raises(Refused):
        door.standing([person], by=VISITORS)


def test_how_much_hangs_on_a_cookie_is_told_to_those_alone_who_may_see_it(tmp_path: Path) -> None:
    """Whoever may see one field of a group learns that the group is held, and not how long a list in it is."""
    running = start_vault(tmp_path, profile="classic")
    path, rule = running.folder / "policy.toml", "[rule.rights.own_cookie]"
    before, _, after = path.read_text("utf-8").partition(rule)
    fewer = after.replace('"visitor.cookie", "visitor.seen"', '"visitor.cookie"', 1)
    text = f"{before}{rule}{fewer}"
    path.write_text(versions.renumbered(text, used=(), day=datetime.now(UTC).date()), "utf-8")
    running.restart()
    with calling(running):
        person = door.find("visitor.cookie", door.assign_visitor(by=VISITORS), by=VISITORS)
        assert person is not None
        values = {"visitor.seen": Given([token()], "product.page")}
        door.collect(person, "visitor", values, purpose=purpose.customize, by=VISITORS)
        (held,) = door.standing([person], by=VISITORS).people[0].held
    remove_vault(running)
    assert (held.group, held.count) == ("visitor", None)


def test_after_an_erasure_there_is_nothing_to_tell(sale: Sale) -> None:
    """The pass covers them no more."""
    with role("worker"), pytest.raises(Refused):
        door.erase(sale.customer, by=Actor("job:confirm"), reason="a test")
    assert len(door.standing(by=sale.me).people) == 3


def test_nobody_fills_the_ledger_with_looks_at_themselves(called: RunningVault) -> None:
    """Each look is an entry: thirty a minute are enough for a person, and another person's are their own."""
    often, once = a_sale(), a_sale()
    said: list[str] = []
    for _ in range(40):
        try:
            door.standing([often.customer], by=often.me)
        except Refused as no:
            said.append(no.why)
    assert 5 <= len(said) <= 10
    assert set(said) == {"rate"}
    assert door.standing([once.customer], by=once.me).people
    assert called
