"""The vault's own clock: what no order claims goes after an hour, and everything goes when its time is over
(P1, P7)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.vault.conftest import CHECKOUT, VISITORS, Sale, a_sale, calling, staff_pass
from tests.vault_database import vault_bytes, vault_line
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Refused

pytestmark = pytest.mark.slow
HOUR, DAY = 3600, 86_400


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[RunningVault]:
    """A vault of this test's alone, whose clock may be moved."""
    made = start_vault(tmp_path, profile="classic")
    with calling(made):
        yield made
    remove_vault(made)


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that another process does by itself."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def is_there(running: RunningVault, sale: Sale) -> bool:
    """Tell whether anything of a sale's people is in the vault's files."""
    held = vault_bytes(running.folder)
    return any(person.hex.encode() in held for person in sale.people)


def last_erasure(running: RunningVault) -> dict[str, str]:
    """Return the public leaf of the latest erasure."""
    with vault_line(running.folder) as connection:
        leaves = [
            json.loads(leaf) for (leaf,) in connection.execute("SELECT leaf FROM vault_entry ORDER BY number")
        ]
    return [leaf for leaf in leaves if leaf["k"] == "erasure"][-1]


def test_an_abandoned_checkout_is_gone_after_an_hour_and_a_placed_one_is_not(fresh: RunningVault) -> None:
    """Until you place an order there is nothing here with your name on it (P1)."""
    draft, placed = a_sale(claimed=False), a_sale()
    fresh.restart(clock_offset=HOUR - 120)
    door.claim([draft.recipients[0]], by=CHECKOUT)
    fresh.restart(clock_offset=HOUR + 120)
    until(lambda: draft.customer.hex.encode() not in vault_bytes(fresh.folder))
    assert is_there(fresh, placed)
    assert draft.recipients[0].hex.encode() in vault_bytes(fresh.folder)
    with pytest.raises(Refused) as no:
        door.claim([draft.customer], by=CHECKOUT)
    assert no.value.why == "erased"
    assert run_vault(fresh.folder, "verify").returncode == 0


@pytest.mark.shows("rights.lapse", "lock.lives")
def test_what_has_lapsed_does_not_open_even_before_it_is_cleared_away(tmp_path: Path) -> None:
    """The end is an end, not the next run of a clearing job (P7)."""
    running = start_vault(tmp_path, profile="classic")
    with calling(running):
        sale = a_sale()
        door.tell(sale.people, "placed", by=CHECKOUT)
        shipping = staff_pass()
        wanted = {sale.recipients[0]: ["recipient.name"]}
        with door.use(purpose.deliver, wanted, by=shipping) as opened:
            assert opened.reveal(sale.recipients[0], "recipient.name")
        running.restart(clock_offset=190 * DAY)
        shipping = staff_pass()
        with pytest.raises(Refused, match="lapsed"):
            door.use(purpose.deliver, wanted, by=shipping)
        running.restart(clock_offset=400 * DAY)
        until(lambda: sale.customer.hex.encode() not in vault_bytes(running.folder))
        assert last_erasure(running)["p"] == "rights"  # its time was over; nobody turned back
        assert sale.recipients[0].hex.encode() in vault_bytes(running.folder)
        running.restart(clock_offset=7 * 366 * DAY)
        until(lambda: not is_there(running, sale))
    remove_vault(running)


def test_passes_end_by_the_vaults_clock(fresh: RunningVault) -> None:
    """Twelve hours, whatever the web process believes."""
    sale, shipping = a_sale(), staff_pass()
    assert door.check_staff(shipping.token) is not None
    fresh.restart(clock_offset=12 * HOUR + 60)
    with pytest.raises(Refused):
        door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me)
    assert door.check_staff(shipping.token) is None


def test_tries_begin_anew_the_next_day(fresh: RunningVault) -> None:
    """A pause, not a ban: the true customer comes back tomorrow (P3)."""
    from tests.vault.conftest import ORDERS

    from microkitten.vault.types import Given

    sale = a_sale()
    wrong = Given("x@example.com", "proof.email")
    for _ in range(5):
        door.prove(sale.customer, "customer.email", wrong, covers=[], by=ORDERS)
    with pytest.raises(Refused):
        door.prove(sale.customer, "customer.email", wrong, covers=[], by=ORDERS)
    fresh.restart(clock_offset=DAY)
    assert door.prove(sale.customer, "customer.email", wrong, covers=[], by=ORDERS) is None


def test_a_visit_renews_the_cookie_and_a_year_without_one_ends_it(fresh: RunningVault) -> None:
    """Lasting means renewed at each visit, within the browser's cap (P8)."""
    visited, left = door.assign_visitor(by=VISITORS), door.assign_visitor(by=VISITORS)
    fresh.restart(clock_offset=300 * DAY)
    assert door.find("visitor.cookie", visited, by=VISITORS) is not None
    fresh.restart(clock_offset=500 * DAY)
    assert door.find("visitor.cookie", visited, by=VISITORS) is not None
    assert door.find("visitor.cookie", left, by=VISITORS) is None
