"""Others' vectors through our own sealing and signing: what they call valid opens, all else is refused (P35)."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.vault import disclosure
from microkitten.vault.disclosure import BadDisclosure, Disclosure
from microkitten.vault.opened import MAKER
from microkitten.vault.server import sealing

# RFC 8452, appendices C.2 and C.3: AEAD_AES_256_GCM_SIV, the counter's wrapping included.
RFC = json.loads((Path(__file__).parent / "rfc8452_aes256.json").read_text())
GENERATION = 7


def parts_of(vector: dict[str, str]) -> dict[str, bytes]:
    """Return a vector's parts as bytes."""
    return {name: bytes.fromhex(text) for name, text in vector.items()}


def opened(key: bytes, nonce: bytes, sealed: bytes, place: bytes, *, suite: int = sealing.SUITE) -> bytes:
    """Open what a vector has, in the format in which the vault keeps it. Raises: sealing.NotOpened."""
    whole = suite.to_bytes(1, "big") + GENERATION.to_bytes(4, "big") + nonce + sealed
    return sealing.open_sealed(AESGCMSIV(key), whole, place, generation=GENERATION)


def cases_of(shared: Path, name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the vectors of Wycheproof, each with its group."""
    path = shared / "data" / "wycheproof" / f"{name}_test.json.gz"
    if not path.is_file():
        pytest.skip(f"no vectors at {path} (MICROKITTEN_SHARED)")
    groups = json.loads(gzip.decompress(path.read_bytes()))["testGroups"]
    return [(group, case) for group in groups for case in group["tests"]]


@pytest.mark.parametrize("number", range(len(RFC)))
def test_the_standards_own_vectors_open(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And ours are sealed to the very same bytes under the same nonce."""
    one = parts_of(RFC[number])
    assert opened(one["key"], one["nonce"], one["sealed"], one["aad"]) == one["plain"]
    monkeypatch.setattr(sealing.os, "urandom", lambda _size: one["nonce"])  # type: ignore[attr-defined] # the module's
    made = sealing.seal(AESGCMSIV(one["key"]), one["plain"], one["aad"], generation=GENERATION)
    assert made[sealing.HEAD_BYTES :] == one["nonce"] + one["sealed"]


@pytest.mark.parametrize("number", range(len(RFC)))
def test_no_changed_vector_opens(number: int) -> None:
    """Each bit of key, nonce and sealed bytes; each cut; one byte more; another place; another suite."""
    one = parts_of(RFC[number])
    tried = 0
    changed: list[tuple[bytes, bytes, bytes, bytes]] = []
    for part in ("key", "nonce", "sealed"):
        for bit in range(len(one[part]) * 8):
            other = dict(one)
            spoilt = bytearray(one[part])
            spoilt[bit // 8] ^= 1 << bit % 8
            other[part] = bytes(spoilt)
            changed.append((other["key"], other["nonce"], other["sealed"], other["aad"]))
    key, nonce, sealed, aad = one["key"], one["nonce"], one["sealed"], one["aad"]
    changed += [(key, nonce, sealed[:length], aad) for length in range(len(sealed))]
    changed += [
        (key, nonce, sealed + b"\x00", aad),
        (key, nonce, sealed, aad + b"\x00"),
        (key, nonce, b"", aad),
    ]
    changed += [(key, nonce, sealed, aad[:-1])] if aad else []
    for case in changed:
        with pytest.raises(sealing.NotOpened):
            opened(*case)
        tried += 1
    for suite in (0, 2, 255):
        with pytest.raises(sealing.NotOpened):
            opened(key, nonce, sealed, aad, suite=suite)
    assert tried > 400


def test_nothing_of_another_cipher_opens(shared: Path) -> None:
    """AES-GCM, valid or not, with every length of nonce and tag that there is: it is not what suite 1 means."""
    tried = 0
    for _, case in cases_of(shared, "aes_gcm"):
        one = {name: bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "ct", "tag")}
        for suite in (sealing.SUITE, 2):
            with pytest.raises(sealing.NotOpened):
                opened(one["key"], one["iv"], one["ct"] + one["tag"], one["aad"], suite=suite)
            tried += 1
    assert tried > 600


def test_every_vector_of_signatures_through_a_disclosures_own_check(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ed25519 as providers check it: forged, malleable, cut and padded signatures are none (P22)."""
    monkeypatch.setattr(disclosure, "LABEL", b"")  # the vectors' messages have none
    valid = invalid = 0
    for group, case in cases_of(shared, "ed25519"):
        monkeypatch.setattr(disclosure, "_known_keys", {bytes.fromhex(group["publicKey"]["pk"])})
        made = Disclosure(MAKER, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
        if case["result"] == "valid":
            made.verify()
            valid += 1
            continue
        with pytest.raises(BadDisclosure):
            made.verify()
        invalid += 1
    assert valid > 50
    assert invalid > 50


def test_the_label_parts_our_signatures_from_all_others(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the same key signed for any other use is no disclosure."""
    for group, case in cases_of(shared, "ed25519"):
        monkeypatch.setattr(disclosure, "_known_keys", {bytes.fromhex(group["publicKey"]["pk"])})
        with pytest.raises(BadDisclosure):
            Disclosure(MAKER, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])).verify(
                at=datetime.now(UTC)
            )
