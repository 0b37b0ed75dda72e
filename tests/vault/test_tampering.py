"""Sealed values that were moved, mixed or cut by whoever can write the database: not one of them opens
(P35)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.vault.conftest import Sale, a_sale, calling
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import VaultAway

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningVault, list[Sale]]]:
    """A vault with two sales, and a copy of its database as it was."""
    running = start_vault(tmp_path_factory.mktemp("kept"), profile="classic")
    with calling(running):
        sales = [a_sale(), a_sale()]
        running.stop()
        yield running, sales
    remove_vault(running)


SWAPS = {
    "as it was": "",
    "another person's record": "UPDATE vault_record SET sealed = (SELECT o.sealed FROM old_record o WHERE"
    " o.group_name = vault_record.group_name AND o.id != vault_record.id)",
    "another group's record": "UPDATE vault_record SET sealed = (SELECT o.sealed FROM old_record o WHERE"
    " o.group_name != vault_record.group_name)",
    "another row's id": "UPDATE vault_record SET id = substr(id, 1, 31) ||"
    " (CASE substr(id, 32) WHEN '0' THEN '1' ELSE '0' END)",
    "an older version": "UPDATE vault_record SET version = version + 1",
    "another person's keys": "UPDATE vault_person SET wrapped = (SELECT o.wrapped FROM old_person o WHERE"
    " o.id != vault_person.id), commitment = (SELECT o.commitment FROM old_person o WHERE o.id != vault_person.id)",
    "another commitment": "UPDATE vault_person SET commitment = zeroblob(32)",
    "another generation": "UPDATE vault_person SET generation = generation + 1",
    "one changed byte": "UPDATE vault_record SET sealed = CAST(substr(sealed, 1, 40) ||"
    " (CASE hex(substr(sealed, 41, 1)) WHEN '41' THEN 'B' ELSE 'A' END) || substr(sealed, 42) AS BLOB)",
    "a truncated value": "UPDATE vault_record SET sealed = substr(sealed, 1, 30)",
    "another suite": "UPDATE vault_record SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB)",
}


@pytest.mark.parametrize("swap", SWAPS)
def test_a_sealed_value_opens_at_its_own_place_only(swap: str, kept: tuple[RunningVault, list[Sale]]) -> None:
    """Whoever can write the database can destroy, but not mix, move or roll back."""
    running, sales = kept
    database = running.folder / "vault" / "vault.sqlite3"
    before = database.read_bytes()
    with sqlite3.connect(database) as line:
        line.execute("CREATE TEMP TABLE old_record AS SELECT * FROM vault_record")
        line.execute("CREATE TEMP TABLE old_person AS SELECT * FROM vault_person")
        line.execute(SWAPS[swap] or "SELECT 1")
    line.close()
    running.start()
    try:
        for sale in sales:
            if swap == "as it was":
                door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me)
                continue
            with pytest.raises(VaultAway, match="does not open"):
                door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me)
    finally:
        running.kill()
        for path in Path(database.parent).glob("vault.sqlite3*"):
            path.unlink()
        database.write_bytes(before)
        database.chmod(0o600)
