"""Signed notes and checkpoints: what a stranger's program reads, and what it must refuse."""

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from microkitten.ledger import note
from microkitten.ledger.leaf import Kind, Leaf, commitment
from microkitten.ledger.tree import EMPTY_ROOT

SHARED = Path(os.environ.get("MICROKITTEN_SHARED", Path(__file__).parents[3] / "shared"))
SIGNER = note.Signer("shop.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
CHECKPOINT = note.Checkpoint("shop.example/ledger", 7, EMPTY_ROOT)

# From the documentation of Go's golang.org/x/mod/sumdb/note, so that the key id is not only our own idea of
# it.
FOREIGN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
FOREIGN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_that_a_foreign_program_signed_is_opened() -> None:
    """Key ids and signature lines are read as Go's own package writes them."""
    verifier = note.Verifier.parse(FOREIGN_KEY)
    assert str(verifier) == FOREIGN_KEY
    assert note.open_note(FOREIGN_NOTE, [verifier]).startswith("If you think")


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    """What the shop commits to is exactly what is read."""
    signed = SIGNER.sign(str(CHECKPOINT))
    assert note.Checkpoint.opened(signed, SIGNER.verifier) == CHECKPOINT
    assert note.Verifier.parse(str(SIGNER.verifier)) == SIGNER.verifier


@pytest.mark.parametrize("place", range(0, 150, 7))
def test_one_changed_character_is_noticed(place: int) -> None:
    """A checkpoint that was altered anywhere is refused."""
    signed = SIGNER.sign(str(CHECKPOINT))
    changed = signed[:place] + ("x" if signed[place] != "x" else "y") + signed[place + 1 :]
    with pytest.raises(note.BadNote):
        note.Checkpoint.opened(changed, SIGNER.verifier)


def test_unknown_signatures_are_ignored_and_none_known_is_refused() -> None:
    """Witnesses add lines of their own; alone they say nothing for the log."""
    other = note.Signer("witness.example", Ed25519PrivateKey.generate())
    text = str(CHECKPOINT)
    both = SIGNER.sign(text) + other.sign(text).rpartition("\n\n")[2]
    assert note.open_note(both, [SIGNER.verifier]) == text
    with pytest.raises(note.BadNote):
        note.open_note(other.sign(text), [SIGNER.verifier])


def test_a_checkpoint_of_another_log_is_refused() -> None:
    """A key may sign notes for one log only."""
    signed = SIGNER.sign(str(note.Checkpoint("elsewhere.example", 7, EMPTY_ROOT)))
    with pytest.raises(note.BadNote):
        note.Checkpoint.opened(signed, SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n1\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n1\nAAAA\n",
        "a\n1\n" + "A" * 43 + "=\nextension\n",
        "\n1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "A" * 42 + "B=\n",
    ],
)
def test_a_misshapen_checkpoint_is_refused(text: str) -> None:
    """One spelling for one statement."""
    with pytest.raises(note.BadNote):
        note.Checkpoint.parse(text)


@pytest.mark.parametrize("text", ["no line break", "control\x00\n"])
def test_a_text_that_no_note_can_carry_is_not_signed(text: str) -> None:
    """What cannot be read back is not signed."""
    with pytest.raises(note.BadNote):
        SIGNER.sign(text)


def test_ed25519_vectors_pass_through_the_note_check() -> None:
    """Every invalid signature of Wycheproof is refused by the very function that checks checkpoints."""
    path = SHARED / "data" / "wycheproof" / "ed25519_test.json.gz"
    if not path.is_file():
        pytest.skip(f"no vectors at {path}")
    cases = json.loads(gzip.decompress(path.read_bytes()))
    for group in cases["testGroups"]:
        verifier = note.Verifier("w", bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            try:
                text = bytes.fromhex(case["msg"]).decode()
            except UnicodeDecodeError:
                continue  # a note is text
            try:
                note._check(verifier, bytes.fromhex(case["sig"]), text)
                accepted = True
            except note.BadNote:
                accepted = False
            assert accepted is (case["result"] == "valid"), case["tcId"]


def test_a_leaf_has_one_spelling_and_no_seconds() -> None:
    """The public leaf tells the minute, the kind and the policy, in the same bytes for ever."""
    leaf = Leaf(
        at=datetime(2026, 11, 22, 13, 40, 59, tzinfo=UTC),
        kind=Kind.DISCLOSURE,
        purpose="deliver",
        policy="9f3c",
        actor=bytes(8),
        subject=bytes(16),
        commitment=commitment(bytes(32), b"detail"),
    )
    assert leaf.encode() == (
        b'{"act":"AAAAAAAAAAA=","c":"fU3ZUPuoRATN3SHRuP2m4qiXFIjAOEpuiM0IaFuzwCM=","k":"disclosure","p":"deliver",'
        b'"policy":"9f3c","sub":"AAAAAAAAAAAAAAAAAAAAAA==","t":"2026-11-22T13:40Z","v":1}'
    )
