"""The lasting cookie in both profiles: minted by the vault, ended with its key (P8, P9); and staff, who have
no password."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.vault.conftest import ORDERS, VISITORS, a_sale, bytes_of, calling, staff_pass, token
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Refused

pytestmark = pytest.mark.slow
MEMBERS = Actor("web:members")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVault]:
    """A vault of the profile `strict`."""
    made = start_vault(tmp_path_factory.mktemp("strict"), profile="strict")
    yield made
    remove_vault(made)


def kinds(running: RunningVault) -> list[str]:
    """Return the kinds of all entries, in order."""
    with vault_line(running.folder) as line:
        leaves = [
            bytes(leaf).decode() for (leaf,) in line.execute("SELECT leaf FROM vault_entry ORDER BY number")
        ]
    return [re.search(r'"k":"(\w+)"', leaf).group(1) for leaf in leaves]  # type: ignore[union-attr] # each has one


def source_of(running: RunningVault, field: str) -> str:
    """Return a form input that the policy lets write a field."""
    from microkitten import policy

    return policy.load(running.folder / "policy.toml").field(field).forms[0]


def remember_and_forget(running: RunningVault, cookie: str) -> None:
    """Go through a cookie's whole life once it is minted."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie)
    person = door.find("visitor.cookie", cookie, by=VISITORS)
    assert person is not None
    source = source_of(running, "visitor.seen")
    for seen in (["mug"], ["bowl", "mug"]):
        door.collect(
            person, "visitor", {"visitor.seen": Given(seen, source)}, purpose=purpose.customize, by=VISITORS
        )
    with door.use(purpose.customize, {person: ["visitor.seen"]}, by=VISITORS) as opened:
        assert opened.reveal(person, "visitor.seen") == ["bowl", "mug"]
    for why in (purpose.confirm, purpose.deliver, purpose.verify):
        with pytest.raises(Refused):
            door.use(why, {person: ["visitor.seen"]}, by=VISITORS)
    with pytest.raises(Refused):
        door.use(purpose.customize, {person: ["visitor.seen"]}, by=ORDERS)
    door.forget_visitor(cookie, by=VISITORS)
    door.forget_visitor(cookie, by=VISITORS)
    assert door.find("visitor.cookie", cookie, by=VISITORS) is None
    with pytest.raises(Refused):
        door.use(purpose.customize, {person: ["visitor.seen"]}, by=VISITORS)


def test_classic_assigns_at_a_visit_and_enters_no_consent(called: RunningVault) -> None:
    """An assignment is never called a consent (P8)."""
    before = len(kinds(called))
    remember_and_forget(called, door.assign_visitor(by=VISITORS))
    made = kinds(called)[before:]
    assert made[0] == "collection"
    assert "consent" not in made
    assert "withdrawal" not in made
    assert made[-1] == "use" or "erasure" in made


def test_strict_mints_upon_a_yes_only(strict: RunningVault) -> None:
    """Code that skips the question has nothing to set (P8)."""
    with calling(strict):
        with pytest.raises(Refused) as no:
            door.assign_visitor(by=VISITORS)
        assert no.value.why == "profile"
        before = len(kinds(strict))
        remember_and_forget(strict, door.consent_visitor(by=VISITORS))
        made = kinds(strict)[before:]
        assert made[0] == "consent"
        assert "withdrawal" in made
        assert "erasure" in made


@pytest.mark.parametrize("cookie", ["", "x", "x" * 22, "x" * 200, "' OR 1=1 --", "\x00"])
def test_a_planted_cookie_leads_nowhere(called: RunningVault, cookie: str) -> None:
    """A browser is recognized only by what the vault minted (P9)."""
    assert door.find("visitor.cookie", cookie, by=VISITORS) is None
    door.forget_visitor(cookie, by=VISITORS)


def test_other_pages_mint_and_look_up_no_cookies(called: RunningVault) -> None:
    """One room looks after the cookie."""
    cookie = door.assign_visitor(by=VISITORS)
    for act in (
        lambda: door.assign_visitor(by=ORDERS),
        lambda: door.find("visitor.cookie", cookie, by=ORDERS),
        lambda: door.forget_visitor(cookie, by=ORDERS),
    ):
        with pytest.raises(Refused):
            act()


def test_a_staff_token_works_once(called: RunningVault) -> None:
    """There is no default password to be left in place."""
    one_time = run_vault(called.folder, "staff-token").stdout.strip()
    minted = door.sign_in_staff(one_time, by=MEMBERS)
    assert minted.roles == {"merchant", "shipping"}
    assert door.check_staff(minted.token) == minted
    for wrong in (one_time, "", token(), minted.token):
        with pytest.raises(Refused) as no:
            door.sign_in_staff(wrong, by=MEMBERS)
        assert no.value.why == "pass"
    again = door.sign_in_staff(run_vault(called.folder, "staff-token").stdout.strip(), by=MEMBERS)
    assert again.sign_in == minted.sign_in
    door.sign_out_staff(minted.token)
    assert door.check_staff(minted.token) is None
    assert door.check_staff(again.token) is not None
    assert door.check_staff("") is None


def test_a_new_token_ends_the_one_before(called: RunningVault) -> None:
    """A token on an old scrap of paper opens nothing."""
    old = run_vault(called.folder, "staff-token").stdout.strip()
    run_vault(called.folder, "staff-token")
    with pytest.raises(Refused):
        door.sign_in_staff(old, by=MEMBERS)


def test_the_name_of_a_member_of_staff_is_sealed_and_no_screen_opens_it(called: RunningVault) -> None:
    """Their name is sealed like everybody's; no rule opens it, so nobody does."""
    name = token()
    one_time = run_vault(called.folder, "staff-token", "--name", name).stdout.strip()
    minted = door.sign_in_staff(one_time, by=MEMBERS)
    assert name.encode() not in bytes_of(called.folder)
    for actor in ("merchant", "shipping"):
        with pytest.raises(Refused):
            door.use(purpose.operate, {minted.sign_in: ["staff.name"]}, by=Actor(actor, minted.token))


def test_no_page_makes_staff_tokens_and_no_shopper_becomes_staff(called: RunningVault) -> None:
    """Code in the web process cannot invent a clerk."""
    sale, shipping = a_sale(), staff_pass()
    batch = door.batch(by=MEMBERS)
    batch._ask("staff_token", str, name="")
    with pytest.raises(Refused):
        batch.send()
    assert door.check_staff(sale.order_pass.token) is None
    with pytest.raises(Refused):
        door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=Actor("person", shipping.token))
