"""The search itself: each writing is found wherever it stands, and nothing where there is nothing (P1)."""

from __future__ import annotations

import base64
import gzip
import hashlib
import urllib.parse

import pytest

from tests.canaries.search import CUT, Search
from tests.canaries.spellings import writings
from tests.canaries.tape import OVERLAP_BYTES, PIECE_BYTES, Tape
from tests.canaries.tokens import Mint


@pytest.fixture
def mint() -> Mint:
    """Three tokens: a word that was typed as an address, a number, a pass of the shop's."""
    made = Mint()
    made.word("it", "{}@mail.example.com")
    made.word("beside")  # some writings are longer for some letters
    made.phone("phone")
    made.made("pass", "b-G_yW0vZ0QpX3mQe8Tn1A")
    return made


def found(mint: Mint, data: bytes) -> set[str]:
    """Return the names of the tokens in some bytes."""
    tape = Tape()
    tape.add("files", "here", data)
    return {hit.token for hit in Search(mint.mark, mint).hits(tape)}


def test_every_writing_of_every_kind_is_found(mint: Mint) -> None:
    """Each writing that is looked for would be found if it were all there is."""
    for token in mint:
        for writing, (needle, folds) in writings(token.text).items():
            assert found(mint, b"before " + needle + b" after") == {token.name}, writing
            if folds:
                assert found(mint, b"<" + needle.upper() + b">") == {token.name}, writing
    word, phone = mint["it"], mint["phone"]
    bare = "".join(sign for sign in phone if sign.isdigit())
    for data in (bare, bare[1:], urllib.parse.quote(phone), urllib.parse.quote_plus(phone), bare[::-1]):
        assert found(mint, data.encode()) == {"phone"}, data
    for text in (word, word.lower(), f"{word}@mail.example.com", f"{word}@mail.example.com".lower()):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            for data in (
                digest,
                digest.hex().encode(),
                base64.b64encode(digest),
                base64.urlsafe_b64encode(digest),
            ):
                assert found(mint, b"\xe9\n" + data + b"\n") == {"it"}, (name, text)
    for pad in range(6):
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            assert found(mint, code(b"~" * pad + word.encode() + b"yz")) == {"it"}
    assert found(mint, word.encode("utf-16-be")) == found(mint, word.encode("utf-16-le")) == {"it"}
    assert found(mint, gzip.compress(b"a page with " + word.encode())) == {"it"}
    assert found(mint, word[:9].encode() + b"=\r\n" + word[9:].encode()) >= {"it"}


@pytest.mark.parametrize(
    "at", [0, 1, PIECE_BYTES - 9, PIECE_BYTES, PIECE_BYTES + OVERLAP_BYTES - 9, 3 * PIECE_BYTES - 1]
)
def test_it_is_found_wherever_it_begins(mint: Mint, at: int) -> None:
    """A token that lies across two pieces of the tape is whole in one of them."""
    tape = Tape()
    tape.add("files", "here", b"." * at + mint["it"].encode() + b"." * 9000)
    assert {(hit.token, hit.at) for hit in Search(mint.mark, mint).hits(tape)} == {("it", at)}


def test_a_word_that_was_cut_is_found_as_a_piece(mint: Mint) -> None:
    """What stores the first twelve signs of a name stores a name."""
    assert found(mint, mint["it"][:12].encode() + b" and so on") == {CUT}


def test_nothing_is_found_where_nothing_is(mint: Mint) -> None:
    """Words of another run, and many random bytes."""
    other = Mint()
    other.word("other")
    assert found(mint, other["other"].encode()) == set()
    stream = b"".join(
        hashlib.sha256(bytes([number % 256, number // 256])).digest() for number in range(4_000)
    )
    assert found(mint, stream + stream.hex().encode() + base64.b64encode(stream)) == set()
