"""Words that are nowhere else, every writing of them, and the search of every byte for all of them."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sqlite3
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TOKEN_CHARS = 18
_LETTERS = "bcdfghjkmnpqrstvwxz"
_DIGITS = "0123456789"


def word() -> str:
    """Return a word as long as a long name that nobody has."""
    return "Q" + "".join(secrets.choice(_LETTERS) for _ in range(TOKEN_CHARS - 1))


def digits(count: int) -> str:
    """Return random digits, none of them zero at the beginning."""
    return secrets.choice(_DIGITS[2:]) + "".join(secrets.choice(_DIGITS) for _ in range(count - 1))


def card_number() -> str:
    """Return a number of 16 digits with the right check digit which is no test card: the bank declines it."""
    body = "40" + digits(13)
    total = sum(
        (int(d) * 2 - 9 * (int(d) > 4)) if place % 2 == 0 else int(d)
        for place, d in enumerate(reversed(body))
    )
    return body + str(-total % 10)


def writings(token: str) -> dict[str, tuple[bytes, bool]]:
    """Return each writing of a token, by name: its bytes, and whether upper and lower case are the same in it.

    Verbatim, reversed, hex, URL-encoded, UTF-16, base64 in its three offsets (both alphabets), and digests.
    """
    found: dict[str, tuple[bytes, bool]] = {}
    raw = token.encode()
    found["verbatim"] = raw, True
    found["reversed"] = token[::-1].encode(), True
    found["hex"] = raw.hex().encode(), True
    found["UTF-16 LE"] = token.encode("utf-16-le"), True
    found["UTF-16 BE"] = token.encode("utf-16-be"), True
    found["URL-encoded"] = urllib.parse.quote(token, safe="").encode(), True
    found["URL-encoded with plus"] = urllib.parse.quote_plus(token).encode(), True
    found["URL-encoded throughout"] = "".join(f"%{byte:02x}" for byte in raw).encode(), True
    for offset in range(3):
        # What stands at the edges depends on its neighbors: only whole groups of three bytes are sure.
        data = bytes(offset) + raw
        coded = base64.b64encode(data[: len(data) // 3 * 3])[4 if offset else 0 :]
        found[f"base64 at {offset}"] = coded, False
        found[f"base64url at {offset}"] = coded.replace(b"+", b"-").replace(b"/", b"_"), False
    for text in {token, token.lower(), token.upper()}:
        for name in ("sha1", "sha256", "md5"):
            digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            found[f"{name} of {text}"] = digest, False
            found[f"{name} of {text} in hex"] = digest.hex().encode(), True
            found[f"{name} of {text} in base64"] = base64.b64encode(digest)[:-2], False
    return found


@dataclass(frozen=True, slots=True)
class Hit:
    """A token found: which one, in which writing, where."""

    token: str
    writing: str
    where: str


class Search:
    """The search for named tokens; counts the bytes it has looked at."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        assert len(set(tokens.values())) == len(tokens), "two tokens are the same"
        self.bytes = self.files = self.cells = 0
        self._exact: list[tuple[bytes, str, str]] = []
        self._folded: list[tuple[bytes, str, str]] = []
        for name, token in tokens.items():
            for writing, (needle, folds) in writings(token).items():
                assert len(needle) >= 8, (name, writing)
                if folds:
                    self._folded.append((needle.lower(), name, writing))
                else:
                    self._exact.append((needle, name, writing))

    @property
    def needles(self) -> int:
        """How many byte strings are looked for."""
        return len(self._exact) + len(self._folded)

    def data(self, data: bytes, where: str) -> list[Hit]:
        """Search some bytes."""
        self.bytes += len(data)
        folded = data.lower()
        hits = [Hit(name, writing, where) for needle, name, writing in self._exact if needle in data]
        return hits + [
            Hit(name, writing, where) for needle, name, writing in self._folded if needle in folded
        ]

    def folder(self, folder: Path, *, apart: Iterable[str] = ()) -> list[Hit]:
        """Search every file below a folder, the names of files, and every cell of every SQLite database.

        `apart` names folders directly below that are left out. Links to folders are followed once.
        """
        hits: list[Hit] = []
        left_out = {folder / name for name in apart}
        for path in files(folder):
            if any(one in path.parents for one in left_out):
                continue
            hits += self.data(str(path).encode(), f"the name of {path}")
            if path.is_file():
                self.files += 1
                data = path.read_bytes()
                hits += self.data(data, str(path))
                if data.startswith(b"SQLite format 3\0"):
                    hits += self._database(path)
        return hits

    def _database(self, path: Path) -> list[Hit]:
        """A value that is longer than a page is cut in the file, and whole in its cell."""
        cells = []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                try:
                    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
                except sqlite3.OperationalError:  # a virtual table's inner one
                    continue
                cells += [cell for row in rows for cell in row if cell is not None]
        self.cells += len(cells)
        whole = b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)
        return self.data(whole, f"a row of {path}")


def files(folder: Path) -> Iterator[Path]:
    """Yield everything below a folder that is not a folder, the sockets' linked folder included."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and path.is_dir():
            yield from files(path.resolve())
        elif not path.is_dir():
            yield path
