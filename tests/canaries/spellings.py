"""Every writing of a token: as it stands, encoded, escaped, turned around; and the digests of what was typed."""

from __future__ import annotations

import base64
import codecs
import hashlib
import html
import json
import re
import urllib.parse
from collections.abc import Iterable

from tests.canaries.tokens import Token

# Which writings are the same in capitals; base64 and digests are not.
Writings = dict[str, tuple[bytes, bool]]
DIGESTS = ("md5", "sha1", "sha256")
# In these the mark of a word stands at the end of the writing.
TURNED = frozenset({"reversed"})


def writings(text: str) -> Writings:
    """Return each writing of a text by name: its bytes, and whether upper and lower case are the same in it.

    Each writing of a text begins (`TURNED`: ends) with the writing of its beginning, so that the beginnings of many
    words can be looked for at once.
    """
    raw = text.encode()
    found: Writings = {
        "verbatim": (raw, True),
        "reversed": (text[::-1].encode(), True),
        "rot13": (codecs.encode(text, "rot13").encode(), True),
        "hex": (raw.hex().encode(), True),
        # Without its last zero it stands in both orders of bytes.
        "UTF-16": (text.encode("utf-16-le")[:-1], True),
        "URL-encoded throughout": (_each(raw, "%{:02x}"), True),
        "URL-encoded throughout, twice": (_each(raw, "%25{:02x}"), True),
        "quoted-printable throughout": (_each(raw, "={:02x}"), True),
        "JSON-escaped throughout": (_each(raw, "\\u00{:02x}"), True),
        "HTML-escaped throughout": (_each(raw, "&#{};"), True),
        "HTML-escaped throughout in hex": (_each(raw, "&#x{:x};"), True),
        "Python-escaped throughout": (_each(raw, "\\x{:02x}"), True),
    }
    for case, cased in (("", text), (" in small letters", text.lower()), (" in capitals", text.upper())):
        for offset in range(3):
            # What stands at the edges depends on its neighbors: only whole groups of three bytes are sure.
            data = bytes(offset) + cased.encode()
            coded = base64.b64encode(data[: len(data) // 3 * 3])[4 if offset else 0 :]
            found[f"base64 at {offset}{case}"] = coded, False
    return found


def _each(raw: bytes, form: str) -> bytes:
    return "".join(form.format(byte) for byte in raw).encode()


def of_its_own(token: Token) -> Writings:
    """Return the writings of a token that is no word: with its signs escaped, and its bare digits."""
    found = writings(token.text)
    text = token.text
    for name, escaped in {
        "URL-encoded": urllib.parse.quote(text, safe=""),
        "URL-encoded twice": urllib.parse.quote(urllib.parse.quote(text, safe=""), safe=""),
        "URL-encoded with plus": urllib.parse.quote_plus(text),
        "HTML-escaped": html.escape(text),
        "JSON-escaped": json.dumps(text)[1:-1],
        "quoted-printable": text.replace("=", "=3D"),
    }.items():
        found[name] = escaped.encode(), True
    if token.kind == "number":
        bare = re.sub(r"\D", "", text)
        for digits in {bare, bare.removeprefix("1") if len(bare) == 11 else bare}:
            kept = ("verbatim", "reversed", "hex", "UTF-16", "base64 at 0", "base64 at 1", "base64 at 2")
            found |= {f"{len(digits)} bare digits, {name}": writings(digits)[name] for name in kept}
    for name, (needle, folds) in list(found.items()):
        if name.startswith("base64 at") and (safe := needle.translate(_URL_SAFE)) != needle:
            found[f"URL-safe {name}"] = safe, folds
    assert all(len(needle) >= 7 for needle, _ in found.values()), token.name
    return found


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def digests(token: Token) -> Iterable[tuple[str, bytes]]:
    """Yield name and bytes of each digest of a token and of all that was typed with it, in three cases."""
    values = {token.text, *token.typed, *(typed.partition("@")[0] for typed in token.typed)}
    if token.kind == "number":
        values |= {re.sub(r"\D", "", token.text), "+" + re.sub(r"\D", "", token.text)}
    for value in values:
        for text in {value, value.lower(), value.upper()}:
            for name in DIGESTS:
                yield name, hashlib.new(name, text.encode(), usedforsecurity=False).digest()
