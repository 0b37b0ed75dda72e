"""The Merkle tree of RFC 6962: appended by a compact range, proven from stored hashes, verified from nothing
but a proof."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Coordinate = tuple[int, int]  # level above the leaves, and number within that level: a complete subtree
Read = Callable[
    [Sequence[int]], Sequence[bytes]
]  # stored hashes by their stored index, in the order asked for


class BadProof(Exception):
    """A proof that proves nothing; carries the reason only."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash an entry (RFC 6962, section 2.1): the zero byte keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def stored_index(level: int, number: int) -> int:
    """Return where the hash of a complete subtree is stored.

    Hashes are stored in the order in which they become known: each leaf, then the parents that it
    completes (the numbering of Go's `sumdb/tlog`, so that its tools can read ours).
    """
    for _ in range(level):
        number = 2 * number + 1
    index = level
    while number:
        index += number
        number >>= 1
    return index


@dataclass(slots=True)
class Tree:
    """The right edge of a tree: all that an append needs. `peaks` are the complete subtrees from left to
    right.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def stored(cls, size: int, read: Read) -> Tree:
        """Return the tree of the first `size` leaves, its edge read from stored hashes."""
        return cls(size, list(read([stored_index(*peak) for peak in _complete(0, size)])))

    def copy(self) -> Tree:
        """Return an independent copy, to append to and throw away."""
        return Tree(self.size, self.peaks.copy())

    def append(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """Append a leaf's hash. Returns: the hashes to store, each with its stored index."""
        index = stored_index(0, self.size)
        made = [(index, leaf)]
        number, hashed = self.size, leaf
        while number & 1:
            hashed = node_hash(self.peaks.pop(), hashed)
            number >>= 1
            index += 1
            made.append((index, hashed))
        self.peaks.append(hashed)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root hash."""
        return _join(self.peaks) if self.peaks else EMPTY_ROOT


def _complete(low: int, high: int) -> list[Coordinate]:
    """Cut leaves `low` to `high` into the fewest complete subtrees, from left to right."""
    parts: list[Coordinate] = []
    while low < high:
        level = (high - low).bit_length() - 1
        if low:
            level = min(level, (low & -low).bit_length() - 1)
        parts.append((level, low >> level))
        low += 1 << level
    return parts


def _join(peaks: Iterable[bytes]) -> bytes:
    """Hash complete subtrees together, from the right (RFC 6962 splits at the largest power of two)."""
    first, *rest = reversed(list(peaks))
    for peak in rest:
        first = node_hash(peak, first)
    return first


def _split(low: int, high: int) -> int:
    return low + (1 << (high - low - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Prove that leaf `index` lies in the tree of `size` leaves (RFC 6962, section 2.1.1). Raises:
    IndexError.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    ranges: list[tuple[int, int]] = []
    low, high = 0, size
    while high - low > 1:
        middle = _split(low, high)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return _hashes(ranges[::-1], read)


def consistency_proof(old: int, new: int, read: Read) -> list[bytes]:
    """Prove that the tree of `new` leaves continues the one of `old` (RFC 6962, section 2.1.2). Raises:
    IndexError.
    """
    if not 0 < old <= new:
        raise IndexError(old)
    ranges: list[tuple[int, int]] = []
    low, high, is_known = 0, new, True
    while high != old:
        middle = _split(low, high)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, is_known = middle, False
    if not is_known:
        ranges.append((low, high))
    return _hashes(ranges[::-1], read)


def _hashes(ranges: list[tuple[int, int]], read: Read) -> list[bytes]:
    """Return the hash of each range of leaves, all stored hashes fetched at once."""
    parts = [_complete(*one) for one in ranges]
    stored = iter(read([stored_index(*part) for group in parts for part in group]))
    return [_join([next(stored) for _ in group]) for group in parts]


def verify_inclusion(*, index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the leaf of this hash lies at `index` under `root` (RFC 9162, section 2.1.3.2). Raises:
    BadProof.
    """
    if not 0 <= index < size:
        raise BadProof("no such leaf in a tree of this size")
    if len(leaf) != HASH_BYTES or any(len(one) != HASH_BYTES for one in proof):
        raise BadProof("a hash has 32 bytes")
    number, last, hashed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("too long")
        if number & 1 or number == last:
            hashed = node_hash(sibling, hashed)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        number, last = number >> 1, last >> 1
    if last or hashed != root:
        raise BadProof("leads to another root" if not last else "too short")


def verify_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the second tree continues the first (RFC 9162, section 2.1.4.2). Raises: BadProof.

    An empty old tree is continued by every tree, but no proof can say so: it is refused unless both are
    empty and alike.
    """
    if not 0 <= old <= new:
        raise BadProof("a log does not shrink")
    if old == new:
        if proof or old_root != new_root or (old == 0 and old_root != EMPTY_ROOT):
            raise BadProof("same size, so same root and no proof")
        return
    if old == 0:
        raise BadProof("from an empty tree there is nothing to prove")
    if not proof or any(len(one) != HASH_BYTES for one in proof):
        raise BadProof("a proof has hashes of 32 bytes")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise BadProof("too long")
        if number & 1 or number == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        number, last = number >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise BadProof("leads to other roots" if not last else "too short")
