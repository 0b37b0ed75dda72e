"""Which log a restored database goes on with: the present one where it can be read, or the copy's own where nothing
that was signed for is missing; else a new one, which names the last checkpoint of the old (P42).

Nothing is ever signed under an origin that does not extend what was signed under it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from microkitten.ledger import tree
from microkitten.ledger.note import BadNote, Checkpoint, Signer, Verifier
from microkitten.vault.server.copies.boxes import Boxes
from microkitten.vault.server.database import Database
from microkitten.vault.server.folder import Doubt, Folder, write_over
from microkitten.vault.server.logs import BASE, ORIGIN, PAST, Logs, Past, node_of, origin_after

CHECKPOINT: Final = "checkpoint"
NUMBERED: Final = (
    "ledger.base"  # beside the checkpoint, where a log does not begin at 0: from which number on
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the ledger: `origin` is the new one's name, empty where the old one goes on.

    `lost`, how many entries that were signed for are gone; None where nobody can say. `old`, the old log's last
    checkpoint that is known.
    """

    origin: str = ""
    lost: int | None = 0
    old: Checkpoint | None = None

    def told(self) -> dict[str, Any]:
        """Return it as an entry's detail and a preview tell it."""
        if not self.origin or self.old is None:
            return {"origin": "", "lost": self.lost}
        root = base64.b64encode(self.old.root).decode()
        old = {"origin": self.old.origin, "size": self.old.size, "root": root}
        return {"origin": self.origin, "lost": self.lost, "old": old}


def decide(
    folder: Folder, staged: Database, manifest: Mapping[str, Any], boxes: Boxes, *, carried: bool
) -> Fate:
    """Decide, and where the old log cannot go on, write a new one's beginning into the staged database.

    Params: `carried`, whether the staged database has the present ledger already. Raises: Doubt.
    """
    if carried:
        return Fate()
    key = Ed25519PrivateKey.from_private_bytes(boxes.service()[CHECKPOINT])
    (origin,) = staged.row("SELECT value FROM vault_fact WHERE name = ?", ORIGIN)
    copied = _opened(str(manifest[CHECKPOINT]), key)
    if copied is None or copied.origin != origin:
        raise Doubt("the checkpoint in the backup's manifest is not one of this store's ledger")
    logs, held, grown = _held(staged)
    _check(staged, logs, grown, copied)
    signed = _signed(folder, key)
    if signed is not None and signed.origin == origin and signed.size <= held:
        _check(staged, logs, grown, signed)
        return Fate()
    old = signed or copied
    lost = None if signed is None or signed.origin != origin else signed.size - held
    fate = Fate(origin_after(origin, old.origin, *(one.origin for one in logs.past)), lost, old)
    past = Past(origin, logs.base, held, str(manifest[CHECKPOINT]))
    # Above every number that the old log can have told anybody, as far as it is known.
    base = max(
        logs.base + held, old.size + (logs.base if old.origin == origin else _base_of(folder, old.origin))
    )
    _begin(staged, Logs(base, (*logs.past, past)), fate.origin)
    return fate


def write_beginning(staged: Folder, database: Database, boxes: Boxes) -> None:
    """Sign for the new log's emptiness, beside what is still in force."""
    (origin,) = database.row("SELECT value FROM vault_fact WHERE name = ?", ORIGIN)
    signer = Signer(str(origin), Ed25519PrivateKey.from_private_bytes(boxes.service()[CHECKPOINT]))
    (base,) = database.row("SELECT value FROM vault_fact WHERE name = ?", BASE)
    write_over(staged.vault / NUMBERED, json.dumps({"origin": origin, "base": int(base)}).encode())
    write_over(staged.verifier, f"{signer.verifier}\n".encode())
    write_over(staged.signed, signer.sign(str(Checkpoint(signer.name, 0, tree.EMPTY_ROOT))).encode())


def _base_of(folder: Folder, origin: str) -> int:
    """Return at which number a log began whose database is lost, as its folder tells."""
    try:
        told = json.loads((folder.vault / NUMBERED).read_bytes())
        return int(told["base"]) if told["origin"] == origin else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _held(staged: Database) -> tuple[Logs, int, tree.Tree]:
    """Return the copy's logs, and of the last of them how many entries there are and their tree's edge."""
    logs = Logs.read(staged.rows("SELECT name, value FROM vault_fact"))
    (after,) = staged.row(
        "SELECT COALESCE(MAX(number) + 1, ?) FROM vault_entry WHERE number >= ?", logs.base, logs.base
    )
    return logs, after - logs.base, tree.Tree.stored(after - logs.base, _reader(staged, logs.base))


def _reader(staged: Database, base: int) -> tree.Read:
    def read(numbers: Sequence[int]) -> list[bytes]:
        wanted = [node_of(base) + number for number in numbers]
        found = dict(staged.among("SELECT number, hash FROM vault_node WHERE number IN (?)", wanted))
        if not found.keys() >= set(wanted):
            raise Doubt("hashes are missing from the backup's ledger")
        return [bytes(found[number]) for number in wanted]

    return read


def _check(staged: Database, logs: Logs, grown: tree.Tree, signed: Checkpoint) -> None:
    """Refuse a copy that does not extend what was signed for. Raises: Doubt."""
    if signed.size > grown.size:
        raise Doubt(f"the backup's ledger has {grown.size} entries, but its checkpoint is for {signed.size}")
    if tree.Tree.stored(signed.size, _reader(staged, logs.base)).root() != signed.root:
        raise Doubt("the backup's ledger is not the one that was signed for: its past was changed")


def _signed(folder: Folder, key: Ed25519PrivateKey) -> Checkpoint | None:
    """Return the last checkpoint that the vault's own folder knows of, or None if it is lost."""
    try:
        return _opened(folder.signed.read_text(), key)
    except (OSError, UnicodeDecodeError):
        return None


def _opened(note: str, key: Ed25519PrivateKey) -> Checkpoint | None:
    """Return a checkpoint that this key has signed under whatever origin, or None."""
    try:
        return Checkpoint.opened(note, Verifier(note.partition("\n")[0], key.public_key().public_bytes_raw()))
    except BadNote:
        return None


def _begin(staged: Database, logs: Logs, origin: str) -> None:
    facts = {ORIGIN: origin, BASE: str(logs.base), PAST: logs.facts()[PAST]}
    staged.begin()
    for name, value in facts.items():
        staged.run("DELETE FROM vault_fact WHERE name = ?", name)
        staged.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", name, value)
    staged.commit()


def kept_names(folder: Folder, *, number: int) -> dict[str, str]:
    """Return under which names the old checkpoint and key are kept when a new log begins. Params: `number`, the old
    log's, from 1.
    """
    return {
        folder.signed.name: f"checkpoint.{number}.signed",
        folder.verifier.name: f"ledger.{number}.key.pub",
    }


def number_of(origin: str) -> int:
    """Return the number of a log: the first has none in its name."""
    last = origin.rpartition("/")[2]
    return int(last) if last.isdecimal() else 1
