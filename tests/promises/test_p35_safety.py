"""P35: personal data lies sealed in a vault of its own; the shop around it has numbers and goods."""

import re
import stat
import time

import pytest

from tests.buying import form_to
from tests.promises.outsider import Bought, Outsider, masks


@pytest.mark.shows("lock.sealed")
def test_whoever_copies_the_shop_s_database_finds_nobody(shop: Outsider, bought: Bought) -> None:
    """Lock: database and write-ahead log of the shop hold the order's number, and no word that was typed."""
    held = shop.store.dump()
    assert bought.number.encode() in held
    for word in bought.canaries:
        assert word.encode() not in held
        assert word.lower().encode() not in held


@pytest.mark.shows("lock.sealed")
def test_whoever_copies_the_vault_s_database_reads_nothing(shop: Outsider, bought: Bought) -> None:
    """Lock: the vault's own files hold the people's ids, and every word sealed, hidden in no other shape either."""
    held = shop.store.vault_dump().replace(b"-", b"")  # a server writes ids with hyphens
    assert shop.behind(bought.number)[0].encode() in held
    assert not [word for word in bought.canaries for mask in masks(word).values() if mask in held]
    inside = [trace for trace in shop.traces(bought.canaries, "mail/") if trace[2].startswith("vault/")]
    assert inside == []


@pytest.mark.shows("operate.staff", "group.staff")
def test_a_sign_in_token_stands_nowhere_and_ends_within_the_hour(shop: Outsider) -> None:
    """Lock: the operator makes one; the vault keeps what tells it again, for an hour, and no file has it."""
    token = shop.store.staff_token()
    assert shop.traces([token]) == []
    ends = [until for (until,) in shop.vault("SELECT until_at FROM vault_stafftoken")]
    assert len(ends) == 1, "a new token ends the one before"
    assert 0 < ends[0] - time.time() <= 3600


def test_equal_values_do_not_look_equal_when_sealed(shop: Outsider, bought: Bought) -> None:
    """Attack: two records compared byte for byte; not even their first bytes tell that they are alike."""
    assert bought.number
    sealed = [
        bytes(one) for (one,) in shop.vault("SELECT sealed FROM vault_record WHERE group_name = 'payment'")
    ]
    again = [
        bytes(one) for (one,) in shop.vault("SELECT sealed FROM vault_record WHERE group_name = 'recipient'")
    ]
    assert len({*sealed, *again}) == len(sealed) + len(again)
    assert len({one[-16:] for one in again}) == len(again)


def test_keys_are_readable_by_their_owner_alone(shop: Outsider) -> None:
    """Lock: the vault's folder and its root key, and every other secret of the store."""
    for name, forbidden in {
        "vault": 0o077,
        "vault/keys.sqlite3": 0o177,
        next((shop.folder / "vault").glob("root-*.key")): 0o177,
        "secret.key": 0o007,
        "tls/key.pem": 0o007,
    }.items():
        assert stat.S_IMODE((shop.folder / name).stat().st_mode) & forbidden == 0, name


@pytest.mark.shows("cookie.__Host-session")
@pytest.mark.parametrize(
    "path", ["/staff/", "/staff/orders", "/staff/goods/", "/staff/mailbox", "/staff/goods/catalog/product/"]
)
def test_every_page_of_staff_asks_for_the_sign_in(shop: Outsider, path: str) -> None:
    """Attack: a stranger opens staff's addresses one by one."""
    page = shop.visit().get(path)
    assert "/staff/sign-in" in page.url
    assert "One-time token" in page.text


@pytest.mark.shows("operate.sign_in")
@pytest.mark.parametrize("token", ["", "admin", "A" * 32, "' OR 1=1 --", "\x00"])
def test_a_wrong_token_signs_nobody_in(shop: Outsider, token: str) -> None:
    """Attack: guesses, defaults and tricks."""
    guest = shop.visit()
    guest.send(form_to(guest.get("/staff/sign-in"), "sign-in"), token=token)
    assert "/staff/sign-in" in guest.get("/staff/orders").url


def test_a_session_that_was_made_up_is_nobody_s(shop: Outsider) -> None:
    """Attack: the signed cookie is changed by one letter."""
    clerk = shop.staff()
    value = clerk.session.cookies["__Host-session"]
    guest = shop.visit()
    guest.session.cookies.set("__Host-session", value[:-1] + ("A" if value[-1] != "A" else "B"))
    assert "/staff/sign-in" in guest.get("/staff/orders").url


def test_a_page_that_goes_wrong_tells_nothing(shop: Outsider, bought: Bought) -> None:
    """Attack: odd addresses, methods and bodies; no trace of code, no word of a person."""
    guest = shop.visit()
    for path in (
        "/orders/%00",
        "/orders/" + "A" * 3000,
        "/products/../../store.toml",
        "/media/../secret.key",
        "/%ff",
    ):
        answer = guest.session.get(shop.address + path, timeout=20)
        assert answer.status_code < 500, path
        assert not re.search(r"Traceback|File \"|site-packages|sqlite3\.", answer.text)
        assert [word for word in bought.canaries if word in answer.text] == []


def test_what_the_processes_print_names_nobody(shop: Outsider, bought: Bought) -> None:
    """Evidence: the store's whole output, searched for every word of an order."""
    assert shop.store.lines
    assert [word for word in bought.canaries if word in shop.store.output] == []
    assert bought.number not in shop.store.output
