"""The ledger in the vault's database: entries are written before anything is answered, and signed only as a
continuation (P42)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.ledger import tree
from microkitten.ledger.leaf import ACTOR_BYTES, SALT_BYTES, SUBJECT_BYTES, Kind, Leaf, canonical, commitment
from microkitten.ledger.note import BadNote, Checkpoint, Signer
from microkitten.vault.server import sealing
from microkitten.vault.server.clock import moment, month
from microkitten.vault.server.database import Database
from microkitten.vault.server.folder import Doubt, Folder, write_over
from microkitten.vault.server.keys import GENERATION, LOG, TAG, Keyring, Person
from microkitten.vault.server.logs import Logs, node_of

STORE_LOG: Final = "store-log"
ENTRIES_MAX: Final = 1_000_000  # of one person, where no fewer are asked for
_TALLY: Final = (
    "INSERT INTO vault_tally (month, kind, purpose, party, entries) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (month, kind, purpose, party) DO UPDATE SET entries = vault_tally.entries + excluded.entries"
)


@dataclass(frozen=True, slots=True)
class Entered:
    """Where an entry stands, and its leaf's hash."""

    index: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """The proof of an entry: its index within its log, the hashes, and the signed checkpoint they lead to."""

    index: int
    hashes: tuple[bytes, ...]
    note: str


class Journal:
    """Appends entries within the writer's transaction; the tree moves on when that is committed."""

    def __init__(self, database: Database, keyring: Keyring, folder: Folder, *, policy: str) -> None:
        self._database, self._keyring, self._folder, self._policy = database, keyring, folder, policy
        self._pending: list[bytes] = []
        self._counted: list[
            tuple[str, str, str, str]
        ] = []  # of each that is pending: what the tally says of it
        self._note = ""
        self._pseudonyms: dict[tuple[str, str], bytes] = {}
        origin = database.row("SELECT value FROM vault_fact WHERE name = 'origin'")
        if origin is None:
            raise Doubt("the ledger has no origin; run migrate")
        self.signer = Signer(origin[0], Ed25519PrivateKey.from_private_bytes(keyring.service("checkpoint")))
        self._logs = Logs.read(database.rows("SELECT name, value FROM vault_fact"))
        base = self._logs.base
        (size,) = database.row(
            "SELECT COALESCE(MAX(number) + 1, ?) FROM vault_entry WHERE number >= ?", base, base
        )
        self._tree = tree.Tree.stored(size - base, self._read)
        self._next = self._tree
        self._signed = self._check_signed()

    # Appending

    def enter(
        self,
        kind: Kind,
        *,
        at: int,
        purpose: str,
        actor: str,
        person: Person | None,
        detail: Mapping[str, Any],
        keep_detail: bool = True,
    ) -> Entered:
        """Enter what is about to be done.

        Params: `person` whose log key tags and seals it, None for what is nobody's; `detail` without
        values. The detail of an erasure is committed to and kept nowhere (`keep_detail`).
        """
        index = self._logs.base + self._tree.size + len(self._pending)
        text, salt = canonical({**detail, "by": actor}), os.urandom(SALT_BYTES)
        if person is not None and LOG not in person.keys:
            person = None  # erased, but for what the books keep: their log key is gone
        log = person.keys[LOG] if person is not None else self._keyring.service(STORE_LOG)
        tag = person.keys.get(TAG, log) if person is not None else log
        leaf = Leaf(
            at=moment(at),
            kind=kind,
            purpose=purpose,
            policy=self._policy,
            actor=self._pseudonym(actor, month(at)),
            subject=_mac(tag, b"subject" + index.to_bytes(8, "big"))[:SUBJECT_BYTES],
            commitment=commitment(salt, text),
        ).encode()
        self._database.run("INSERT INTO vault_entry (number, leaf) VALUES (?, ?)", index, leaf)
        if keep_detail:
            self._keep_detail(index, person, salt, text)
        hashed = tree.leaf_hash(leaf)
        self._pending.append(hashed)
        self._counted.append((month(at), kind.value, purpose, str(detail.get("party", ""))))
        return Entered(index, hashed)

    def _pseudonym(self, actor: str, of_month: str) -> bytes:
        """Return who acted, under a name that lasts a month."""
        known = self._pseudonyms.get((actor, of_month))
        if known is None:
            known = _mac(self._keyring.service("actor"), f"{actor}|{of_month}".encode())[:ACTOR_BYTES]
            self._pseudonyms[actor, of_month] = known
        return known

    def _keep_detail(self, index: int, person: Person | None, salt: bytes, text: bytes) -> None:
        cipher = person.cipher(LOG) if person is not None else AESGCMSIV(self._keyring.service(STORE_LOG))
        plain = sealing.pack({"salt": salt.hex(), "detail": text.decode()})
        sealed = sealing.seal(cipher, plain, detail_place(index, person), generation=GENERATION)
        self._database.run(
            "INSERT INTO vault_detail (entry, person, sealed) VALUES (?, ?, ?)",
            index,
            None if person is None else person.id.hex,
            sealed,
        )

    def mark(self) -> int:
        """Return how far the transaction has come."""
        return len(self._pending)

    def undo(self, mark: int) -> None:
        """Forget what was entered since; its rows are undone with the savepoint."""
        del self._pending[mark:], self._counted[mark:]

    def write(self) -> None:
        """Write the tree's new hashes and the tallies into the transaction, just before it is committed."""
        self._next = self._tree.copy()
        start = node_of(self._logs.base)
        rows = [(start + number, made) for leaf in self._pending for number, made in self._next.append(leaf)]
        if rows:
            self._database.many("INSERT INTO vault_node (number, hash) VALUES (?, ?)", rows)
            self._database.many(_TALLY, [(*key, count) for key, count in Counter(self._counted).items()])

    def committed(self) -> None:
        """The transaction is on disk."""
        self._tree = self._next
        self._pending.clear()
        self._counted.clear()

    def failed(self) -> None:
        """The transaction was rolled back."""
        self._pending.clear()
        self._counted.clear()

    # Reading

    @property
    def size(self) -> int:
        """The number after that of the last committed entry."""
        return self._logs.base + self._tree.size

    def details_of(
        self, person: Person, *, start: int = 0, limit: int = ENTRIES_MAX
    ) -> list[tuple[int, bytes, bytes, bytes]]:
        """Return a person's entries: index, leaf, salt and detail. Params: `start`, the first index that is wanted,
        `limit`, how many at most. Raises: sealing.NotOpened.
        """
        rows = self._database.rows(
            "SELECT d.entry, e.leaf, d.sealed FROM vault_detail d JOIN vault_entry e ON e.number = d.entry"
            " WHERE d.person = ? AND d.entry >= ? ORDER BY d.entry LIMIT ?",
            person.id.hex, start, limit,
        )  # fmt: skip
        return [
            (index, bytes(leaf), *self.opened(index, bytes(sealed), person)) for index, leaf, sealed in rows
        ]

    def opened(self, index: int, sealed: bytes, person: Person | None) -> tuple[bytes, bytes]:
        """Return salt and detail of an entry. Params: `person` whose it is; None for what lies under the store's key.
        Raises: sealing.NotOpened.
        """
        cipher = person.cipher(LOG) if person is not None else AESGCMSIV(self._keyring.service(STORE_LOG))
        box = sealing.unpack(
            sealing.open_sealed(cipher, sealed, detail_place(index, person), generation=GENERATION)
        )
        return bytes.fromhex(box["salt"]), box["detail"].encode()

    def _read(self, numbers: Sequence[int]) -> list[bytes]:
        return self._read_of(self._logs.base, numbers)

    def _read_of(self, base: int, numbers: Sequence[int]) -> list[bytes]:
        wanted = [node_of(base) + number for number in numbers]
        rows = self._database.among("SELECT number, hash FROM vault_node WHERE number IN (?)", wanted)
        stored = {number: bytes(hashed) for number, hashed in rows}
        if not stored.keys() >= set(wanted):
            raise Doubt("hashes are missing from the ledger's tree; run verify")
        return [stored[number] for number in wanted]

    def inclusion(self, index: int) -> tuple[int, list[bytes]]:
        """Return the size of the signed tree and the proof of an entry in it. Raises: IndexError."""
        proven = self.proven(index)
        if index < self._logs.base:
            raise IndexError(index)
        return self._signed.size, list(proven.hashes)

    def proven(self, index: int) -> Proven:
        """Prove an entry, also one of a log that ended. Raises: IndexError if nothing that is here proves it."""
        if index < self._logs.base:
            past = self._logs.past_of(index)
            if past is None:
                raise IndexError(index)
            first, size, note = past.first, past.size, past.note
        else:
            if index - self._logs.base >= self._signed.size:
                self.checkpoint()
            first, size, note = self._logs.base, self._signed.size, self._note
        hashes = tree.inclusion_proof(index - first, size, lambda numbers: self._read_of(first, numbers))
        return Proven(index - first, tuple(hashes), note)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof between two sizes. Raises: IndexError."""
        if new > self._tree.size:
            raise IndexError(new)
        return tree.consistency_proof(old, new, self._read)

    # Signing

    def checkpoint(self) -> str:
        """Return the signed checkpoint of all that is committed. Raises: Doubt if the last one was
        touched by another hand.
        """
        if self._signed.size != self._tree.size or not self._folder.signed.exists():
            if self._folder.signed.read_text() != self._note:
                raise Doubt(f"{self._folder.signed} was changed by another; nothing more is signed")
            checkpoint = Checkpoint(self.signer.name, self._tree.size, self._tree.root())
            note = self.signer.sign(str(checkpoint))
            write_over(self._folder.signed, note.encode())
            self._signed, self._note = checkpoint, note
        return self._note

    def _check_signed(self) -> Checkpoint:
        """Compare the stored tree with the last signed checkpoint: what does not extend it is not served."""
        try:
            self._note = self._folder.signed.read_text()
            signed = Checkpoint.opened(self._note, self.signer.verifier)
        except (OSError, UnicodeDecodeError, BadNote):
            raise Doubt(f"{self._folder.signed} is missing or not signed by this ledger's key") from None
        if signed.size > self._tree.size:
            raise Doubt(
                f"the ledger has {self._tree.size} entries, but {signed.size} were signed for: an old copy?"
                " It is brought back with `microkitten restore`"
            )
        if tree.Tree.stored(signed.size, self._read).root() != signed.root:
            raise Doubt("the ledger is not the one that was signed for: its past was changed")
        return signed


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


def detail_place(index: int, person: Person | None) -> bytes:
    """Return the context of an entry's detail."""
    return sealing.context(
        table="detail",
        group="entry",
        row=UUID(int=index),
        person=sealing.NOBODY if person is None else person.id,
        generation=GENERATION,
        version=0,
    )
