"""Looking up, opening and the cookie by themselves: each no for its own reason, and what a yes leaves (P8, P9, P11)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker
from tests.vault.at_once import DAY, AtOnce, make, opened, refused

from microkitten.vault.ids import uuid7
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, look, use, visitors

NO_ROW = "the policy has no row for this"
NO_PASS = "rule rights.own needs proven (whoever asks holds the vault's pass for this person)"


def find(
    one: AtOnce, value: str, *, actor: str = "web:visitors", field: str = "visitor.cookie"
) -> str | None:
    """Look somebody up."""
    return look.find(one.work(actor), field=field, value=value)


def test_only_columns_are_looked_up_and_only_by_who_may(one: AtOnce) -> None:
    """Whether or not there is such a person."""
    _, cookie = one.visitor()
    with refused("fields"):
        find(one, "Anna", field="customer.name")
    for value in (cookie, "a" * 22):
        with refused(NO_ROW):
            find(one, value, actor="web:checkout")
    with refused(NO_ROW):
        find(one, "a@example.com", field="customer.email")


def test_too_many_questions_are_a_no(one: AtOnce) -> None:
    """Each by its own count."""
    visitor, cookie = one.visitor()
    anna = one.customer()
    orders = one.work("web:orders")
    one.spend("cookie", "prove", "sign_in", "visitor")
    with refused("rate"):
        find(one, cookie)
    with refused("rate"):
        visitors.forget(one.work("web:visitors"), cookie=cookie)
    assert find(one, "a@example.com", actor="web:orders", field="customer.email") == anna.hex
    assert look.find_order(orders, number="A1") is None
    one.spend("find", "prove", "sign_in", "visitor")
    assert find(one, cookie) == visitor.hex
    with refused("rate"):
        find(one, "a@example.com", actor="web:orders", field="customer.email")
    with refused("rate"):
        look.find_order(orders, number="A1")


def until(one: AtOnce, person: UUID) -> int:
    """Return how long the first record of somebody is kept, in seconds from now."""
    (end,) = one.vault.database.row("SELECT until_at FROM vault_record WHERE person = ?", person.hex)
    return int(end) - one.at


def test_a_visit_renews_the_cookie_at_most_once_a_day(one: AtOnce) -> None:
    """And looking a customer up renews nothing."""
    visitor, cookie = one.visitor()
    entered = one.entered
    assert find(one, cookie) == visitor.hex
    assert one.entered == entered + 1
    one.at += DAY
    assert find(one, cookie) == visitor.hex
    assert until(one, visitor) == 399 * DAY
    one.at += 1
    assert find(one, cookie) == visitor.hex
    assert until(one, visitor) == 400 * DAY
    anna = one.customer()
    one.at += 3 * DAY
    before = until(one, anna)
    assert find(one, "a@example.com", actor="web:orders", field="customer.email") == anna.hex
    assert until(one, anna) == before


def test_who_is_gone_is_not_found(one: AtOnce) -> None:
    """No such cookie; one whose key, whose words or whose record are gone."""
    assert find(one, "a" * 22) is None
    assert find(one, "x@example.com", actor="web:orders", field="customer.email") is None
    for harm in ("consent:customize", "wording:customize"):
        visitor, cookie = one.visitor()
        box = one.vault.keyring.of(visitor)
        assert box is not None
        one.vault.keyring.change(box, drop=(harm,))
        assert find(one, cookie) is None
    visitor, cookie = one.visitor()
    one.vault.database.run("DELETE FROM vault_record WHERE person = ?", visitor.hex)
    assert find(one, cookie) is None
    visitor, cookie = one.visitor()
    one.vault.keyring.destroy(visitor)
    assert find(one, cookie) is None


def test_an_order_number_leads_to_who_placed_it(one: AtOnce) -> None:
    """Put there by the checkout, in the batch that collects them."""
    work = one.work("web:checkout")
    anna = one.customer(claimed=False, work=work)
    look.index_order(work, person=anna, number="A1")
    orders = one.work("web:orders")
    assert look.find_order(orders, number="A1") == anna.hex
    assert look.find_order(orders, number="A2") is None
    with refused("same batch"):
        look.index_order(one.work("web:checkout"), person=anna, number="A2")
    other = one.work("web:orders")
    other.collected.add(anna)
    with refused("same batch"):
        look.index_order(other, person=anna, number="A2")


def test_entries_are_told_to_the_person_and_to_nobody_else(one: AtOnce) -> None:
    """Having just been entered themselves."""
    anna, bea, token = one.sale()
    me, entered = one.work("person", token), one.entered
    told = look.entries_of(me, person=anna)
    assert one.entered == entered + 1
    assert [entry["kind"] for entry in told] == ["collection", "grant", "use"]
    assert told[-1]["outcome"] == "entries"
    assert one.told(anna)["rule"] == "rights.own"
    assert look.entries_of(me, person=bea)
    visitor, _ = one.visitor()  # may see what was looked at, not the cookie itself
    assert look.entries_of(one.work("web:visitors"), person=visitor)
    assert one.told(visitor)["rule"] == "rights.own_cookie"
    stranger, _, other = one.sale()
    with refused(NO_PASS, purpose="rights"):
        look.entries_of(one.work("person", other), person=anna)
    assert stranger != anna
    with refused("absent", purpose="rights"):
        look.entries_of(me, person=uuid7())


def test_what_is_opened_was_decided_and_is_there(one: AtOnce) -> None:
    """Each field by itself; the first end of all counts; what is not there is no value and no entry."""
    anna, bea, token = one.sale()
    me = one.work("person", token)
    asked = {bea: ["recipient.name", "recipient.phone"]}
    found = use.use(me, purpose="deliver", persons=asked, facts={})
    assert found["values"] == {bea.hex: {"recipient.name": "Bea"}}
    assert one.told(bea)["rule"] == "deliver.own"
    assert found["until"] == until(one, bea) + one.at
    both = use.use(me, purpose="rights", persons={bea: ["recipient.name"], anna: ["customer.name"]}, facts={})
    assert both["until"] == min(until(one, bea), until(one, anna)) + one.at
    turned = use.use(
        me, purpose="rights", persons={anna: ["customer.name"], bea: ["recipient.name"]}, facts={}
    )
    assert turned["until"] == both["until"] != until(one, bea) + one.at
    entered = one.entered
    with refused(NO_PASS, purpose="rights"):
        use.use(one.work("person"), purpose="rights", persons={anna: ["customer.name"]}, facts={})
    with refused(NO_ROW, purpose="customize"):
        use.use(me, purpose="customize", persons={anna: ["customer.name"]}, facts={})
    assert one.entered == entered
    one.vault.database.run("DELETE FROM vault_record WHERE person = ?", anna.hex)
    nothing = use.use(me, purpose="rights", persons={anna: ["customer.name"]}, facts={})
    assert nothing == {"values": {}, "entries": {}, "until": None, "ends": {}}
    box = one.vault.keyring.of(bea)
    assert box is not None
    one.vault.keyring.change(box, drop=("life:recipient",))
    keyless = use.use(me, purpose="rights", persons={bea: ["recipient.name"]}, facts={})
    assert keyless["values"] == {bea.hex: {}}
    one.vault.keyring.destroy(bea)
    _, clerk = one.clerk()
    wanted = {bea: ["recipient.name"]}
    assert use.use(one.work("shipping", clerk), purpose="deliver", persons=wanted, facts={})["values"] == {}


# The cookie


def test_a_cookie_is_minted_for_its_own_pages_alone(one: AtOnce) -> None:
    """At a visit without a consent, upon a yes with one; the key of its purpose either way."""
    with refused("actor", purpose="customize"):
        visitors.consent(one.work("web:checkout"))
    one.spend("visitor")
    with refused("rate", purpose="customize"):
        visitors.assign(one.work("web:visitors"))
    one.spend("cookie", "find", "prove", "sign_in")
    for asked, consents in ((False, 0), (True, 1)):
        visitor, _ = one.visitor(asked=asked)
        assert one.rows("consent", "person = ?", visitor.hex) == consents
        box = one.vault.keyring.of(visitor)
        assert box is not None
        assert one.work("web:visitors").consents(box, "customize")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """The folder of a vault whose policy asks first."""
    return make(tmp_path_factory.mktemp("strict"), django_db_blocker, profile="strict")


def test_where_the_policy_asks_first_no_visit_mints_a_cookie(strict: Path) -> None:
    """A yes does."""
    with opened(strict) as one:
        with refused("profile", purpose="customize"):
            visitors.assign(one.work("web:visitors"))
        assert visitors.consent(one.work("web:visitors"))


def test_forgetting_destroys_and_tells_of_the_withdrawal(one: AtOnce) -> None:
    """Where there was a consent; an unknown cookie is forgotten already, but not for everybody."""
    for asked, entries in ((False, 1), (True, 2)):
        visitor, cookie = one.visitor(asked=asked)
        seen = {"visitor.seen": Told(["1"], "product.page")}
        collect.collect(
            one.work("web:visitors"), person=visitor, kind="visitor", purpose="customize", given=seen
        )
        with refused(NO_ROW):
            visitors.forget(one.work("web:checkout"), cookie=cookie)
        entered = one.entered
        visitors.forget(one.work("web:visitors"), cookie=cookie)
        assert one.entered == entered + entries
        assert one.vault.keyring.of(visitor) is None
        visitors.forget(one.work("web:visitors"), cookie=cookie)
        assert one.entered == entered + entries
        with refused(NO_ROW):
            visitors.forget(one.work("web:checkout"), cookie=cookie)
