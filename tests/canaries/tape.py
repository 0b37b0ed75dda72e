"""All that a store wrote or sent, kept until every token is known: equal pieces once, each place by its name."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import brotli

PIECE_BYTES = 4096
OVERLAP_BYTES = 256
"""Longer than any writing of any token, so that each is whole in one piece."""
UNPACKED_BYTES_MAX = 64_000_000
JOINED_BYTES = 150  # before and behind a broken line: more than a token has in any writing that is broken

_PACKED_TEXT = re.compile(rb"(?:eJ|eN|eA|eF|H4sI)[A-Za-z0-9+/_-]{16,}")
_SOFT_BREAK = re.compile(rb"=\r?\n")


@dataclass(frozen=True, slots=True)
class Place:
    """Some bytes that were written or sent: by which channel, where; `about` is what judges them there."""

    channel: str
    where: str
    pieces: tuple[bytes, ...]
    size: int
    about: object = None


@dataclass
class Tape:
    """Places in the order in which they came; `pieces` holds each distinct piece once."""

    places: list[Place] = field(default_factory=list)
    pieces: dict[bytes, bytes] = field(default_factory=dict)
    bytes: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)

    def add(self, channel: str, where: str, data: bytes, about: object = None) -> None:
        """Take bytes onto the tape, as they are and unpacked."""
        self._take(channel, where, data, about)
        self.bytes[channel] += len(data)
        self.count[channel] += 1
        for how, unpacked in unpacked_of(data):
            self._take(channel, f"{where} ({how})", unpacked, about)
            self.bytes["unpacked"] += len(unpacked)

    def _take(self, channel: str, where: str, data: bytes, about: object) -> None:
        names = []
        for start in range(0, max(len(data), 1), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES + OVERLAP_BYTES]
            name = hashlib.blake2b(piece, digest_size=16).digest()
            self.pieces.setdefault(name, bytes(piece))
            names.append(name)
        self.places.append(Place(channel, where, tuple(names), len(data), about))

    def undo(self, mark: int) -> None:
        """Forget the places after the first `mark` ones (what was planted)."""
        del self.places[mark:]


def unpacked_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what lies compressed, or broken over lines, in some bytes; by the name of how."""
    if data[:1] == b"x" and (found := _inflated(data, 15)):
        yield "zlib", found
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        if found := _inflated(data[at:], 31):
            yield f"gzip at {at}", found
        at = data.find(b"\x1f\x8b\x08", at + 3)
    for match in _PACKED_TEXT.finditer(data):
        text = match[0].translate(bytes.maketrans(b"-_", b"+/"))
        raw = base64.b64decode(text[: len(text) // 4 * 4])
        if found := _inflated(raw, 47):
            yield f"packed in base64 at {match.start()}", found
    around = [
        data[max(at.start() - JOINED_BYTES, 0) : at.end() + JOINED_BYTES] for at in _SOFT_BREAK.finditer(data)
    ]
    if around:
        yield "lines joined", b"\n".join(_SOFT_BREAK.sub(b"", one) for one in around)


def unbrotlied(data: bytes) -> bytes:
    """Return what was compressed with brotli, which has no sign to know it by: a header says so."""
    return bytes(brotli.decompress(data))


def _inflated(data: bytes, window: int) -> bytes:
    """Return what was packed, or as much of it as is there; nothing if it is something else."""
    machine = zlib.decompressobj(window)
    try:
        return machine.decompress(data, UNPACKED_BYTES_MAX)
    except zlib.error:
        return b""
