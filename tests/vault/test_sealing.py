"""Sealing by itself: one key, one place, one spelling; each part of the place matters (P35)."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from hypothesis import given
from hypothesis import strategies as st

from microkitten.vault.server import sealing

KEY = AESGCMSIV(bytes(range(32)))
PLACE: dict[str, Any] = {
    "table": "record",
    "group": "customer",
    "row": UUID(int=1),
    "person": UUID(int=2),
    "generation": 1,
    "version": 3,
}
OTHER: dict[str, Any] = {
    "table": "detail",
    "group": "recipient",
    "row": uuid4(),
    "person": uuid4(),
    "generation": 2,
    "version": 2,
}


def test_the_place_is_written_as_it_always_was() -> None:
    """Label, suite and every part with its length before it: a value sealed by another release opens in this one."""
    parts = (b"microkitten vault", b"\x01", b"record", b"customer", bytes(15) + b"\x01", bytes(15) + b"\x02",
             b"\x00\x00\x00\x01", b"\x00\x00\x00\x03")  # fmt: skip
    assert sealing.context(**PLACE) == b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def test_a_value_opens_at_its_place() -> None:
    """The good case, once."""
    place = sealing.context(**PLACE)
    assert (
        sealing.open_sealed(KEY, sealing.seal(KEY, b"Anna", place, generation=1), place, generation=1)
        == b"Anna"
    )


@pytest.mark.parametrize("part", PLACE)
def test_every_part_of_the_place_matters(part: str) -> None:
    """Moved over rows, groups, tables, people, generations or rolled back to a version: it does not open."""
    made = sealing.seal(KEY, b"Anna", sealing.context(**PLACE), generation=1)
    with pytest.raises(sealing.NotOpened):
        sealing.open_sealed(KEY, made, sealing.context(**PLACE | {part: OTHER[part]}), generation=1)


def test_parts_of_a_place_cannot_run_into_each_other() -> None:
    """Two places that read alike when joined are still two places."""
    one = sealing.context(**PLACE | {"table": "rec", "group": "ordcustomer"})
    assert one != sealing.context(**PLACE | {"table": "record", "group": "customer"})


@pytest.mark.parametrize("byte", range(0, 40))
def test_one_changed_bit_does_not_open(byte: int) -> None:
    """Suite, generation, nonce, payload and tag are all covered: nobody downgrades, nobody edits."""
    place = sealing.context(**PLACE)
    made = bytearray(sealing.seal(KEY, b"Anna Anna", place, generation=1))
    made[byte % len(made)] ^= 1
    with pytest.raises(sealing.NotOpened):
        sealing.open_sealed(KEY, bytes(made), place, generation=1)


@pytest.mark.parametrize("length", [0, 1, 16, 17, 32])
def test_a_cut_value_does_not_open(length: int) -> None:
    """What is too short is refused and not a crash."""
    place = sealing.context(**PLACE)
    with pytest.raises(sealing.NotOpened):
        sealing.open_sealed(
            KEY, sealing.seal(KEY, b"Anna", place, generation=1)[:length], place, generation=1
        )


def test_a_key_is_held_to_its_commitment() -> None:
    """The cipher alone would let two keys open one box."""
    assert sealing.is_committed(bytes(32), sealing.commitment(bytes(32)))
    assert not sealing.is_committed(bytes(31) + b"\x01", sealing.commitment(bytes(32)))


@given(
    st.dictionaries(
        st.sampled_from(["customer.name", "customer.email", "customer.phone"]), st.text(max_size=200)
    )
)
def test_packed_values_come_back_and_their_length_tells_little(values: dict[str, str]) -> None:
    """A name's length is part of the name."""
    packed = sealing.pack(values)
    assert len(packed) % 32 == 0
    assert sealing.unpack(packed) == values


def test_short_and_shorter_names_seal_to_the_same_length() -> None:
    """Al and Alexandra look alike; any two gift messages of a few lines do."""
    assert len(sealing.pack({"customer.name": "Al"})) == len(sealing.pack({"customer.name": "Albe"}))
    assert (
        len(sealing.pack({"recipient.message": "x"}))
        == len(sealing.pack({"recipient.message": "x" * 200}))
        == 256
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"\x00" * 33,
        b"\xff" * 32,
        b"\x00\x00\x00\x02{}" + b"x" * 26,
        b"\x00\x00\x00\x02{}",  # not padded
        b"\x00\x00\x00\x1d" + b'{"customer.name":"Annabell"}',
    ],
)
def test_what_was_not_packed_is_not_unpacked(spoilt: bytes) -> None:
    """Padding is checked: there is no room for a second message in it."""
    with pytest.raises(sealing.NotOpened):
        sealing.unpack(spoilt)


def test_hmac_vectors(shared: Path) -> None:
    """The blind index, subject tags and commitments rest on HMAC-SHA-256 as others compute it."""
    path = shared / "data" / "wycheproof" / "hmac_sha256_test.json.gz"
    cases = json.loads(gzip.decompress(path.read_bytes()))
    for group in cases["testGroups"]:
        for case in group["tests"]:
            made = hmac.digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), hashlib.sha256)
            same = hmac.compare_digest(made[: group["tagSize"] // 8], bytes.fromhex(case["tag"]))
            assert same is (case["result"] == "valid"), case["tcId"]
