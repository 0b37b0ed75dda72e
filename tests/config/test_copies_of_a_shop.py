"""A whole shop: sell, back up while serving, erase one, sell again, stop, restore, serve; its pages go on (P35)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.buying import Shopper, form_to, text_of
from tests.config.copied_store import command
from tests.running import RunningStore, a_folder, free_port

pytestmark = pytest.mark.slow
EMAIL = "anna@example.com"


def run(store: RunningStore, *words: str, bare: bool = False) -> str:
    """Run a command on the store; it must do what it is told."""
    done = command(store.folder, *words, environ=store.environ, bare=bare)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def slug(store: RunningStore) -> str:
    """Return a product to buy."""
    return str(store.shop("SELECT slug FROM catalog_product ORDER BY id LIMIT 1")[0][0])


def test_a_shop_goes_on_after_a_restore(tmp_path: Path) -> None:
    """The order from before is there and opens; of the erased it says nothing; the one since is gone; all say so."""
    with a_folder() as folder:
        store = RunningStore(folder, free_port())
        try:
            store.start()
            with store.session() as a, store.session() as b:
                what = slug(store)
                kept, erased = Shopper(a, store.address).buy(what), Shopper(b, store.address).buy(what)
                made = json.loads(run(store, "backup", str(tmp_path / "backups"), "--json"))["backup"]
                found = json.loads(run(store, "person", "find", erased, "--reason", "asked", "--json"))
                for one in found:
                    run(store, "person", "erase", one["person"], "--yes", "--reason", "asked")
                since = Shopper(b, store.address).buy(what)
            served = command(store.folder, "restore", made, "--yes", environ=store.environ)
            assert "being served: stop it first" in served.stderr
            assert store.stop() == 0
            said = run(store, "restore", made, "--yes")
            assert "the ledger goes on" in said
            store.lines.clear()
            store.start()
            assert store.shop("SELECT COUNT(*) FROM orders_order WHERE number = ?", since)[0][0] == 0
            with store.session() as session:
                look_as_staff(Shopper(session, store.address), store, kept, erased)
                page = text_of(session.get(f"{store.address}/security", timeout=30).text)
                assert "a backup was brought back" in page
                assert "No entry was lost." in page
            assert json.loads(run(store, "ledger", "verify", str(store.folder), bare=True))["restores"] == 1
            run(store, "check", str(store.folder), bare=True)
        finally:
            store.stop()


def look_as_staff(clerk: Shopper, store: RunningStore, kept: str, erased: str) -> None:
    """Look at both orders as staff do: the pages stand, whoever is gone."""
    clerk.send(form_to(clerk.get("/staff/sign-in"), "sign-in"), token=store.staff_token())
    for number in (kept, erased):
        page = clerk.get(f"/staff/orders/{number}")
        assert page.status_code == 200, page.status_code
        assert number in page.text
    assert clerk.get("/staff/orders").status_code == 200
