"""Sealed values that were moved, mixed or cut by whoever can write the database: not one of them opens
(P35)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.vault.conftest import Sale, a_sale, calling
from tests.vault_database import copy_vault, vault_line
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import VaultAway

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunningVault, list[Sale]]:
    """A vault with two sales, stopped."""
    running = start_vault(tmp_path_factory.mktemp("kept"), profile="classic")
    with calling(running):
        sales = [a_sale(), a_sale()]
    remove_vault(running)
    return running, sales


def put(sql: str) -> Callable[[Any], None]:
    """Return a harm that is one statement; `old_record` holds the records as they were."""
    return lambda line: line.execute(sql)


def sealed(change: Callable[[bytes], bytes]) -> Callable[[Any], None]:
    """Return a harm that changes the bytes of every record."""

    def harm(line: Any) -> None:
        for record, before in line.execute("SELECT id, sealed FROM vault_record").fetchall():
            line.execute("UPDATE vault_record SET sealed = ? WHERE id = ?", (change(before), record))

    return harm


def renamed(line: Any) -> None:
    """Give every record another id."""
    for (record,) in line.execute("SELECT id FROM vault_record").fetchall():
        other = record[:-1] + ("1" if record[-1] == "0" else "0")
        line.execute("UPDATE vault_record SET id = ? WHERE id = ?", (other, record))


SWAPS = {
    "as it was": put("SELECT 1"),
    "another person's record": put(
        "UPDATE vault_record SET sealed = (SELECT o.sealed FROM old_record o WHERE"
        " o.group_name = vault_record.group_name AND o.id != vault_record.id LIMIT 1)"
    ),
    "another group's record": put(
        "UPDATE vault_record SET sealed = (SELECT o.sealed FROM old_record o WHERE"
        " o.group_name != vault_record.group_name LIMIT 1)"
    ),
    "another row's id": renamed,
    "an older version": put("UPDATE vault_record SET version = version + 1"),
    "another generation": put("UPDATE vault_person SET generation = generation + 1"),
    "one changed byte": sealed(lambda all: all[:40] + bytes([all[40] ^ 1]) + all[41:]),
    "a truncated value": sealed(lambda all: all[:30]),
    "another suite": sealed(lambda all: b"\2" + all[1:]),
}


@pytest.mark.parametrize("swap", SWAPS)
def test_a_sealed_value_opens_at_its_own_place_only(
    swap: str, kept: tuple[RunningVault, list[Sale]], tmp_path: Path
) -> None:
    """Whoever can write the database can destroy, but not mix, move or roll back."""
    stopped, sales = kept
    copy = copy_vault(stopped.folder, tmp_path / "store")
    with vault_line(copy) as line:
        line.execute("CREATE TEMP TABLE old_record AS SELECT * FROM vault_record")
        SWAPS[swap](line)
    running = RunningVault(copy, stopped.arguments)
    running.start()
    try:
        with calling(running):
            for sale in sales:
                if swap == "as it was":
                    door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me)
                    continue
                with pytest.raises(VaultAway, match="does not open"):
                    door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me)
    finally:
        remove_vault(running)
