"""The tree against vectors that others wrote, and against a second, naive reading of RFC 6962."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microkitten.ledger import tree

SHARED = Path(os.environ.get("MICROKITTEN_SHARED", Path(__file__).parents[3] / "shared"))
VECTORS = SHARED / "data" / "merkle-vectors"


def vectors(kind: str) -> list[Any]:
    """Return the vector files of a kind, or one parameter that skips with its reason."""
    files = sorted((VECTORS / kind).rglob("*.json")) if VECTORS.is_dir() else []
    if not files:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no vectors at {VECTORS}"))]
    return [pytest.param(path, id=str(path.relative_to(VECTORS))) for path in files]


def unpack(text: str) -> bytes:
    """Read base64; a spoilt vector may hold anything."""
    return base64.b64decode(text or "")


@pytest.mark.parametrize("path", vectors("inclusion"))
def test_inclusion_vectors_are_judged_as_their_writers_say(path: Path) -> None:
    """A verifier that accepts a spoilt proof would let the shop claim entries that are not there."""
    case = json.loads(path.read_text())
    proof = [unpack(one) for one in case["proof"] or []]
    try:
        tree.verify_inclusion(
            index=case["leafIdx"],
            size=case["treeSize"],
            leaf=unpack(case["leafHash"]),
            root=unpack(case["root"]),
            proof=proof,
        )
        accepted = True
    except tree.BadProof:
        accepted = False
    assert accepted is not case["wantErr"]


@pytest.mark.parametrize("path", vectors("consistency"))
def test_consistency_vectors_are_judged_as_their_writers_say(path: Path) -> None:
    """A verifier that accepts a spoilt proof would let the shop rewrite its past."""
    case = json.loads(path.read_text())
    proof = [unpack(one) for one in case["proof"] or []]
    try:
        tree.verify_consistency(
            old=case["size1"],
            new=case["size2"],
            old_root=unpack(case["root1"]),
            new_root=unpack(case["root2"]),
            proof=proof,
        )
        accepted = True
    except tree.BadProof:
        accepted = False
    assert accepted is not case["wantErr"]


def naive_root(leaves: list[bytes]) -> bytes:
    """Hash a list of leaf hashes by the recursive definition, sharing no code with the tree."""
    if len(leaves) < 2:
        return leaves[0] if leaves else tree.EMPTY_ROOT
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return tree.node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


class Log:
    """A tree with its stored hashes in a dictionary."""

    def __init__(self, size: int) -> None:
        self.leaves = [tree.leaf_hash(str(n).encode()) for n in range(size)]
        self.tree, self.stored, self.roots = tree.Tree(), dict[int, bytes](), [tree.EMPTY_ROOT]
        for leaf in self.leaves:
            self.stored.update(self.tree.append(leaf))
            self.roots.append(self.tree.root())

    def read(self, indexes: Any) -> list[bytes]:
        """Return stored hashes."""
        return [self.stored[index] for index in indexes]


LOG = Log(131)


def test_roots_of_all_small_sizes_are_those_of_the_definition() -> None:
    """The compact range is a shortcut; the definition is the promise."""
    assert [naive_root(LOG.leaves[:size]) for size in range(132)] == LOG.roots


def test_stored_hashes_leave_no_gaps() -> None:
    """Proofs come out of the database: the stored numbers must be dense and never written twice."""
    assert sorted(LOG.stored) == list(range(len(LOG.stored)))


@given(st.integers(1, 131), st.data())
def test_every_inclusion_proof_verifies_and_no_other_leaf_passes(size: int, data: st.DataObject) -> None:
    """What a person downloads must hold anywhere, and only for their own entry."""
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(index, size, LOG.read)
    told = {"index": index, "size": size, "root": LOG.roots[size], "proof": proof}
    tree.verify_inclusion(leaf=LOG.leaves[index], **told)
    with pytest.raises(tree.BadProof):
        tree.verify_inclusion(leaf=tree.leaf_hash(b"forged"), **told)


@given(st.integers(1, 131), st.data())
def test_every_consistency_proof_verifies_and_no_other_past_passes(new: int, data: st.DataObject) -> None:
    """Two checkpoints of one log agree; a rewritten one cannot be made to."""
    old = data.draw(st.integers(1, new))
    proof = tree.consistency_proof(old, new, LOG.read)
    told = {"old": old, "new": new, "new_root": LOG.roots[new], "proof": proof}
    tree.verify_consistency(old_root=LOG.roots[old], **told)
    with pytest.raises(tree.BadProof):
        tree.verify_consistency(old_root=tree.leaf_hash(b"another past"), **told)


@pytest.mark.parametrize("size", range(132))
def test_a_tree_read_back_from_storage_goes_on_as_if_it_had_never_stopped(size: int) -> None:
    """After a restart the log continues; it does not start anew."""
    again = tree.Tree.stored(size, LOG.read)
    assert again.root() == LOG.roots[size]
    again.append(tree.leaf_hash(b"next"))
    assert again.root() == naive_root([*LOG.leaves[:size], tree.leaf_hash(b"next")])


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_an_impossible_inclusion_proof_is_not_made(index: int, size: int) -> None:
    """A question that has no answer gets an error, not a proof of something else."""
    with pytest.raises(IndexError):
        tree.inclusion_proof(index, size, LOG.read)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5)])
def test_an_impossible_consistency_proof_is_not_made(old: int, new: int) -> None:
    """A question that has no answer gets an error, not a proof of something else."""
    with pytest.raises(IndexError):
        tree.consistency_proof(old, new, LOG.read)
