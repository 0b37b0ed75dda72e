"""The search of a tape for every writing of every token, in one pass over each distinct piece.

Words begin with the mark of their run: only the writings of the mark are looked for, and what follows tells the word,
or that it was cut. So a thousand words cost as much as one, and a gigabyte takes seconds.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.canaries.spellings import TURNED, digests, of_its_own, writings
from tests.canaries.tape import PIECE_BYTES, Place, Tape
from tests.canaries.tokens import MARK_CHARS, Token

BLOCK_BYTES = 1 << 20
CUT = "a piece of a word"
_BETWEEN = b"\n\xff\xff\n"  # in no writing, so that nothing is found across two pieces
_HEX = re.compile(rb"[0-9a-f]{32,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{22,}")
_KEY = 16  # signs of a written digest by which it is looked up


@dataclass(frozen=True, slots=True)
class Find:
    """A token in some bytes: its name, in which writing, where it begins."""

    token: str
    writing: str
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A token at a place of a tape."""

    token: str
    writing: str
    place: Place
    at: int

    def __str__(self) -> str:
        where = f"{self.place.channel}: {self.place.where}, byte {self.at}"
        return f"{self.token!r} ({self.writing}) in {where}"


class Search:
    """The search for some tokens."""

    def __init__(self, mark: str, tokens: Iterable[Token]) -> None:
        tokens = list(tokens)
        assert len(mark) == MARK_CHARS
        self._words: dict[str, dict[bytes, str]] = {}
        self._marks = writings(mark)
        self._needles: list[tuple[bytes, bool, str, str]] = []
        self._raw: dict[bytes, tuple[str, str]] = {}
        self._written: dict[bytes, tuple[str, str]] = {}
        self._sizes: dict[str, set[int]] = {}
        self.writings = len(self._marks)
        for token in tokens:
            self._learn(token, mark)
        heads = (digest[:4] for digest in self._raw)
        self._heads = frozenset(int.from_bytes(head, "little") for head in heads)

    def _learn(self, token: Token, mark: str) -> None:
        if token.kind == "word":
            assert token.text.startswith(mark), token.name
            for writing, (whole, folds) in writings(token.text).items():
                key = whole.lower() if folds else whole
                self._words.setdefault(writing, {})[key] = token.name
                self._sizes.setdefault(writing, set()).add(len(whole))
                self.writings += 1
        else:
            for writing, (needle, folds) in of_its_own(token).items():
                key = needle.lower() if folds else needle
                self._needles.append((key, folds, token.name, writing))
                self.writings += 1
        for name, digest in digests(token):
            self._raw[digest] = token.name, name
            written = {digest.hex().encode()}
            for code in (_base64(digest), _base64(digest).replace(b"+", b"-").replace(b"/", b"_")):
                written.add(code)
            for one in written:
                self._written[one[:_KEY]] = token.name, name
            self.writings += 1 + len(written)

    # One stretch of bytes

    def find(self, data: bytes) -> list[Find]:
        """Return every token in some bytes."""
        folded = data.lower()
        found = list(self._find_words(data, folded))
        for needle, folds, token, writing in self._needles:
            for at in _each(needle, folded if folds else data):
                found.append(Find(token, writing, at, len(needle)))
        found += self._find_digests(data, folded)
        return found

    def _find_words(self, data: bytes, folded: bytes) -> Iterator[Find]:
        for writing, (mark, folds) in self._marks.items():
            text = folded if folds else data
            for at in _each(mark.lower() if folds else mark, text):
                cut = Find(CUT, writing, at, len(mark))
                yield next(self._whole(writing, mark, text, at), cut)

    def _whole(self, writing: str, mark: bytes, text: bytes, at: int) -> Iterator[Find]:
        """Yield the word whose mark stands at a place; some writings are longer for some letters than for others."""
        for size in self._sizes.get(writing, ()):
            start = at + len(mark) - size if writing in TURNED else at
            if name := self._words[writing].get(text[max(start, 0) : start + size]):
                yield Find(name, writing, start, size)

    def _find_digests(self, data: bytes, folded: bytes) -> Iterator[Find]:
        if not data.isascii():  # a digest has signs that no text has
            for at in self._raw_at(data):
                yield at
        for runs, text in ((_HEX, folded), (_BASE64, data)):
            for run in runs.finditer(text):
                start, end = run.span()
                for at in range(start, end - _KEY + 1):
                    if known := self._written.get(text[at : at + _KEY]):
                        yield Find(known[0], f"{known[1]}, written", at, _KEY)

    def _raw_at(self, data: bytes) -> Iterator[Find]:
        for offset in range(4):
            view = memoryview(data)[offset : offset + (len(data) - offset) // 4 * 4].cast("I")
            if self._heads.isdisjoint(view):
                continue
            for index, head in enumerate(view):
                if head in self._heads:
                    at = offset + index * 4
                    for size in (16, 20, 32):
                        if known := self._raw.get(data[at : at + size]):
                            yield Find(known[0], f"{known[1]}, raw", at, size)

    # A whole tape

    def hits(self, tape: Tape, may: Callable[[Place, str, str], bool] = lambda *_: False) -> list[Hit]:
        """Return every token on the tape at a place where it may not be; `may` says where each may.

        `may` is asked with the place, the token's name, and the writing.
        """
        found = self._pieces(tape.pieces)
        hits = []
        for place in tape.places:
            seen = set()
            last = len(place.pieces) - 1
            for number, name in enumerate(place.pieces):
                for one in found.get(name, ()):
                    at = number * PIECE_BYTES + one.at
                    longest = max(self._sizes.get(one.writing, {0}))
                    before = one.writing in TURNED and number > 0 and one.at + one.size < longest
                    behind = number < last and one.at + longest > len(tape.pieces[name])
                    if one.token == CUT and (before or behind):
                        continue  # it is whole in the piece beside this one
                    if (one.token, one.writing, at) not in seen:
                        seen.add((one.token, one.writing, at))
                        if not may(place, one.token, one.writing):
                            hits.append(Hit(one.token, one.writing, place, at))
        return hits

    def _pieces(self, pieces: Mapping[bytes, bytes]) -> dict[bytes, list[Find]]:
        found: dict[bytes, list[Find]] = {}
        names, starts, parts, size = list[bytes](), list[int](), list[bytes](), 0
        for name, piece in pieces.items():
            names.append(name)
            starts.append(size)
            parts += [piece, _BETWEEN]
            size += len(piece) + len(_BETWEEN)
            if size > BLOCK_BYTES:
                self._block(b"".join(parts), names, starts, found)
                names, starts, parts, size = [], [], [], 0
        self._block(b"".join(parts), names, starts, found)
        return found

    def _block(
        self, data: bytes, names: list[bytes], starts: list[int], found: dict[bytes, list[Find]]
    ) -> None:
        for one in self.find(data):
            index = bisect_right(starts, max(one.at, 0)) - 1
            if one.writing in TURNED:
                index = bisect_right(starts, one.at + one.size - 1) - 1
            here = Find(one.token, one.writing, one.at - starts[index], one.size)
            found.setdefault(names[index], []).append(here)


def _each(needle: bytes, data: bytes) -> Iterator[int]:
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


def _base64(digest: bytes) -> bytes:
    return base64.b64encode(digest)
