"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint): the log's own word for what it holds,
checkable by anyone."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from microkitten.ledger.tree import HASH_BYTES

ED25519: Final = b"\x01"
DASH: Final = "\u2014"
NOTE_CHARS_MAX: Final = 100_000
SIGNATURES_MAX: Final = 100


class BadNote(Exception):
    """A note that is misshapen, or that nobody we know has signed; carries the reason only."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key by which notes are checked: `name`, and the public key's 32 bytes."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which a signature names its key."""
        return hashlib.sha256(f"{self.name}\n".encode() + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """Write it as the format does: `name+key id+key`."""
        return f"{self.name}+{self.key_id.hex()}+{_text(ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a verifier key. Raises: BadNote."""
        name, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        data = _bytes(key)
        verifier = cls(name, data[1:])
        if not _is_name(name) or data[:1] != ED25519 or len(data) != 33 or verifier.key_id.hex() != key_id:
            raise BadNote("no Ed25519 verifier key")
        return verifier


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs notes under a name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """Return the key's public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the note: the text (which ends with a line break), a blank line, one signature.
        Raises: BadNote.
        """
        if not text.endswith("\n") or not _is_name(self.name) or _has_control(text):
            raise BadNote("a note's text ends with a line break and holds no control characters")
        signature = self.verifier.key_id + self.key.sign(text.encode())
        return f"{text}\n{DASH} {self.name} {_text(signature)}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """Return the text of a note that at least one of the keys has signed; unknown signatures are ignored.

    Raises: BadNote, also for a known key with a wrong signature.
    """
    if len(note) > NOTE_CHARS_MAX or _has_control(note):
        raise BadNote("too long, or with control characters")
    body, gap, tail = note.rpartition("\n\n")
    text = body + "\n"
    lines = tail.split("\n")
    if not gap or not body or lines.pop() != "" or not 0 < len(lines) <= SIGNATURES_MAX:
        raise BadNote("no signature lines")
    known = {(one.name, one.key_id): one for one in verifiers}
    signed = False
    for line in lines:
        dash, name, signature = (*line.split(" "), "", "")[:3]
        data = _bytes(signature)
        if dash != DASH or line.count(" ") != 2 or not _is_name(name) or len(data) < 5:
            raise BadNote("a misshapen signature line")
        verifier = known.get((name, data[:4]))
        if verifier is not None:
            _check(verifier, data[4:], text)
            signed = True
    if not signed:
        raise BadNote("no signature of a known key")
    return text


def _check(verifier: Verifier, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, text.encode())
    except InvalidSignature:
        raise BadNote("a wrong signature of a known key") from None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: that its first `size` entries have the root `root`."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a checkpoint's text; extension lines are refused. Raises: BadNote."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise BadNote("a checkpoint has three lines")
        origin, size, root = lines[0], lines[1], _bytes(lines[2])
        is_number = size.isascii() and size.isdecimal() and (size == "0" or size[0] != "0") and len(size) < 20
        if not is_number or len(root) != HASH_BYTES:
            raise BadNote("a checkpoint has a size and a root")
        return cls(origin, int(size), root)

    @classmethod
    def opened(cls, note: str, verifier: Verifier) -> Checkpoint:
        """Read a signed checkpoint of the log that the verifier names. Raises: BadNote."""
        checkpoint = cls.parse(open_note(note, [verifier]))
        if checkpoint.origin != verifier.name:
            raise BadNote("a checkpoint of another log")
        return checkpoint


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("no base64") from None
    if _text(data) != text:
        raise BadNote("base64 in another spelling")
    return data


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


def _has_control(text: str) -> bool:
    return any(ord(char) < 32 and char != "\n" for char in text)
