"""Leaks that are planted in every run, one by each channel and in each disguise: the search has to find them all."""

from __future__ import annotations

import base64
import codecs
import gzip
import hashlib
import html
import json
import quopri
import sqlite3
import urllib.parse
import zlib
from contextlib import closing

import brotli

from tests.canaries.client import NOBODY
from tests.canaries.law import Answer, ToParty
from tests.canaries.search import Search
from tests.canaries.store import WatchedStore, tables
from tests.canaries.tape import Tape, unbrotlied
from tests.canaries.tokens import Token


def planted(
    store: WatchedStore, person: list[Token], number: Token, made: Token
) -> dict[str, tuple[str, Tape]]:
    """Return each plant by its name: which token it leaks, and the tape on which it lies as it would in a run."""
    names = iter(token for token in person * 9 if token.kind == "word")
    found: dict[str, tuple[str, Tape]] = {}

    def leak(name: str, channel: str, data: bytes, token: Token, about: object = None) -> None:
        tape = Tape()
        tape.add(channel, f"planted: {name}", b"before it " + data + b" after it", about)
        found[name] = token.name, tape

    page = Answer(NOBODY, "home", "body", is_sealed=True, is_marked=True)
    head = Answer(NOBODY, "home", "headers")
    _texts(leak, names, page, head)
    _in_files(store, names, found)
    typed = next(token for token in person if token.typed)
    leak(
        "digest of an e-mail in a log",
        "logs",
        hashlib.sha256(typed.typed[0].encode()).hexdigest().encode(),
        typed,
    )
    leak(
        "raw digest in a file",
        "files",
        b"\xff" + hashlib.md5(typed.typed[0].lower().encode()).digest(),
        typed,
    )
    leak("telephone number without its signs", "files", _bare(number).encode(), number)
    leak("telephone number in a URL", "outbound", urllib.parse.quote(number.text).encode(), number)
    leak("pass in a log", "logs", made.text.encode(), made)
    letter = f"X-Shop: {(one := next(names)).text}\r\nTo: x@mail.example.com".encode()
    leak("header of a mail to somebody else", "mail", letter, one, ToParty("mail", frozenset({"nobody"})))
    for party in ("mail", "card_processor"):
        other = next(token for token in person if token.field == "recipient.address")
        leak(
            f"recipient's address to {party}",
            "outbound",
            other.text.encode(),
            other,
            ToParty(party, frozenset({other.person})),
        )
    return found


def _texts(leak, names, page: Answer, head: Answer) -> None:  # type: ignore[no-untyped-def] # a closure and an iterator
    def text(name: str, channel: str, how, about: object = None) -> None:  # type: ignore[no-untyped-def] # a lambda
        token = next(names)
        leak(name, channel, how(token.text), token, about)

    text("line of a log", "logs", lambda t: t.encode())
    text("comment in capitals", "answers", lambda t: f"<!-- {t.upper()} -->".encode(), page)
    text("value in a page of another's", "answers", lambda t: t.encode(), page)
    text(
        "cookie in base64",
        "answers, headers",
        lambda t: b"Set-Cookie: x=" + base64.b64encode(b"u=" + t.encode() + b";"),
        head,
    )
    text(
        "packed cookie",
        "answers, headers",
        lambda t: b"." + base64.urlsafe_b64encode(zlib.compress(t.encode() * 3)),
        head,
    )
    text("compressed body", "answers", lambda t: gzip.compress(b"<p>" + t.encode()), page)
    text("body in brotli", "answers", lambda t: unbrotlied(brotli.compress(t.encode())), page)
    text(
        "Location in small letters", "answers, headers", lambda t: b"Location: /?" + t.lower().encode(), head
    )
    text(
        "outbound query, encoded twice",
        "outbound",
        lambda t: "".join(f"%25{b:02x}" for b in t.encode()).encode(),
    )
    text(
        "outbound JSON",
        "outbound",
        lambda t: json.dumps({"t": "".join(f"\\u{ord(c):04x}" for c in t)}).replace("\\\\", "\\").encode(),
    )
    text("hex in a ledger's leaf", "cells", lambda t: t.encode().hex().encode())
    text("backwards in a cell", "cells", lambda t: t[::-1].encode())
    text("rot13 in a cache", "files", lambda t: codecs.encode(t, "rot13").encode())
    text("HTML escapes", "answers", lambda t: "".join(f"&#{ord(c)};" for c in t).encode(), page)
    text("broken over lines in a mail", "mail", lambda t: quopri.encodestring(b"=" * 22 + t.encode()))
    text("digest in base64", "answers", lambda t: base64.b64encode(hashlib.sha1(t.encode()).digest()), page)
    text("cut after twelve signs", "files", lambda t: t[:12].encode())
    text("named entity beside it", "answers", lambda t: html.escape(f"<{t}>").encode(), page)


def _in_files(store: WatchedStore, names, found: dict[str, tuple[str, Tape]]) -> None:  # type: ignore[no-untyped-def] # an iterator
    """Plant in the store's own folder, and look as the run looks."""
    place = store.folder / "planted"
    place.mkdir()
    store.look("before planting")
    wide, cell, named = next(names), next(names), next(names)
    tapes = [Tape() for _ in range(3)]
    (place / "cache.bin").write_bytes(b"\0" * 5001 + wide.text.encode("utf-16-le") + b"\0\0")
    _look(store, tapes[0])
    (place / f"{named.text.lower()}.tmp").touch()
    _look(store, tapes[1])
    with closing(sqlite3.connect(place / "shop.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE note (id INTEGER, said BLOB)")
        connection.execute(
            "INSERT INTO note VALUES (1, ?)", (b"x" * 4090 + cell.text.encode() + b"y" * 9000,)
        )
        connection.commit()
        _look(store, tapes[2])  # while it lies in the write-ahead log alone
        rows = Tape()
        for table, content in tables(place / "shop.sqlite3"):
            rows.add("cells", table, b"\n".join(str(value).encode() for row in content for value in row))
    found |= {
        "UTF-16 in a file": (wide.name, tapes[0]), "name of a file": (named.name, tapes[1]),
        "write-ahead log": (cell.name, tapes[2]), "row longer than a page": (cell.name, rows),
    }  # fmt: skip
    for path in place.iterdir():
        path.unlink()
    place.rmdir()


def _look(store: WatchedStore, tape: Tape) -> None:
    kept, store.tape = store.tape, tape
    store.look("planted")
    store.tape = kept


def _bare(number: Token) -> str:
    return "".join(sign for sign in number.text if sign.isdigit())


def discovered(search: Search, planted: dict[str, tuple[str, Tape]], may) -> dict[str, bool]:  # type: ignore[no-untyped-def] # the law's method
    """Return for each plant whether the search found its token out of place (or, cut short, a piece of a word)."""
    return {
        name: token in {hit.token for hit in search.hits(tape, may)}
        or ("cut" in name and any("piece" in hit.token for hit in search.hits(tape, may)))
        for name, (token, tape) in planted.items()
    }
