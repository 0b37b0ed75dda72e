"""Ten backups over time, then an erasure: no word of who was erased is in live files, write-ahead log or any of them,
opened with every key there is then (P43)."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from tests.vault import copies
from tests.vault.conftest import Sale, a_sale, calling
from tests.vault_database import vault_bytes
from tests.vault_process import remove_vault, start_vault

from microkitten.ledger.leaf import canonical
from microkitten.vault import door
from microkitten.vault.server import sealing
from microkitten.vault.server.copies import keys
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.journal import detail_place
from microkitten.vault.server.keys import GENERATION, Person

pytestmark = pytest.mark.slow
BACKUPS = 10


def words(sale: Sale) -> list[str]:
    """Return what was typed, as strings that are nowhere else."""
    found: list[str] = []
    for name, value in ((name, value) for (_, name), value in sale.values.items()):
        if name != "recipient.phone":  # the same for everybody
            found += (
                [one for one in value.values() if len(one) > 2] if isinstance(value, dict) else [str(value)]
            )
    return found


def forms(word: str) -> Iterator[bytes]:
    """Return how a word may lie around: as it is, backwards, in hexadecimal, in base64 at any offset."""
    data = word.encode()
    yield from (data, data[::-1], data.hex().encode(), data.upper())
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + data).rstrip(b"=")
        yield coded[4 if offset else 0 : -1]


def hits(data: bytes, sale: Sale) -> int:
    """Count what of a sale's words is found."""
    return sum(form in data for word in words(sale) for form in forms(word))


def opened(copy: Path, folder: Folder) -> tuple[bytes, int]:
    """Open every sealed value of a copy by every key there is, at its own place, whoever it belongs to. Returns: all
    that opened, and how many values did.
    """
    chain = keys.open_today(folder, decided=None)
    boxes = keys.boxes(chain)
    everything = {one: boxes.of(one) or {} for one in boxes.persons()}
    known = {key for box in (*everything.values(), boxes.service()) for key in box.values() if len(key) == 32}
    ciphers = [AESGCMSIV(key) for key in known]
    plain: list[bytes] = []
    with closing(sqlite3.connect(copy)) as line:
        for who, row, group, version, generation, sealed in line.execute(
            "SELECT person, id, group_name, version, generation, sealed FROM vault_record"
        ):
            person = Person(UUID(who), "", UUID(who), generation, {})
            place = person.place("record", group, UUID(row), version)
            plain += tried(ciphers, sealed, place, generation)
        for entry, who, sealed in line.execute("SELECT entry, person, sealed FROM vault_detail"):
            owner = None if who is None else Person(UUID(who), "", UUID(who), GENERATION, {})
            plain += tried(ciphers, sealed, detail_place(entry, owner), GENERATION)
    chain.close()
    return b"\n".join(plain), len(plain)


def tried(ciphers: list[AESGCMSIV], sealed: bytes, place: bytes, generation: int) -> list[bytes]:
    """Try one value with every key."""
    for cipher in ciphers:
        try:
            return [
                canonical(sealing.unpack(sealing.open_sealed(cipher, sealed, place, generation=generation)))
            ]
        except sealing.NotOpened:
            continue
    return []


def test_ten_backups_hold_nothing_of_whom_was_erased_since(tmp_path: Path) -> None:
    """Before the erasure each backup gives them away to whoever has the keys; after it none does, nor any live file."""
    folder = tmp_path / "store"
    folder.mkdir()
    running = start_vault(folder, profile="classic")
    taken: list[Path] = []
    with calling(running):
        erased, stays = a_sale(), a_sale()
        for number in range(BACKUPS):
            a_sale()
            taken.append(copies.back_up(folder, tmp_path / f"{number}.sqlite3").path)
        running.stop()
        before = [opened(copy, Folder(folder)) for copy in taken]
        assert all(hits(plain, erased) > 0 and hits(plain, stays) > 0 for plain, _ in before)
        running.start()
        for person in erased.people:
            door.erase(person, by=erased.me, reason="asked")
        live = vault_bytes(folder)  # while it serves: write-ahead log and key store as well
        running.stop()
    after = [opened(copy, Folder(folder)) for copy in taken]
    found = hits(live, erased) + sum(hits(plain, erased) for plain, _ in after)
    found += sum(hits(copy.read_bytes(), erased) for copy in taken) + hits(vault_bytes(folder), erased)
    count = sum(number for _, number in after)
    print(f"ten backups: {count} values opened with every key, {found} words of the erased found")
    assert found == 0
    assert all(hits(plain, stays) > 0 for plain, _ in after)  # the search finds what is there
    assert all(now < then for (_, now), (_, then) in zip(after, before, strict=True))
    remove_vault(running)
