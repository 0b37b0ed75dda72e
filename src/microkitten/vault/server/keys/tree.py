"""The tree of keys: the root seals the top, each node 256 keys of the next level, a bucket the keys of 256 boxes.

To take one key away, the way up from it is sealed under fresh keys and a new root: whoever has any older copy of the
tree, with any later root, opens nothing with it; not what was erased, nor anything else (P43).
"""

from __future__ import annotations

import hmac
import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.vault.server import sealing

BITS: Final = 8
WIDTH: Final = 1 << BITS
BUCKET, MIDDLE, TOP = 0, 1, 2
SLOTS_MAX: Final = WIDTH**3
COMMITMENT_BYTES: Final = 32
NODES_CACHED_MAX: Final = 1_024  # 8 KB each
_EMPTY: Final = bytes(sealing.KEY_BYTES)
_GENERATION: Final = 0  # of nodes and boxes: what changes is the key above them

Place = tuple[int, int]  # level and number of a node


class Sealed(Protocol):
    """Where nodes and boxes lie, sealed."""

    def node(self, level: int, number: int) -> bytes | None:
        """Return a sealed node, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Box:
    """What becomes of one box: its content, or None if it goes; whether a key is taken away from it."""

    slot: int
    person: UUID
    content: bytes | None
    is_new: bool
    is_taking: bool


@dataclass(slots=True)
class Change:
    """What is to be written, sealed, and the new root if keys are taken away."""

    nodes: dict[Place, bytes] = field(default_factory=dict)
    boxes: dict[int, tuple[UUID, bytes | None]] = field(default_factory=dict)
    root: bytes | None = None


class Tree:
    """Reads keys from the root down, and works out what a change writes; writes nothing itself."""

    def __init__(self, sealed: Sealed, root: bytes) -> None:
        self._sealed, self._root = sealed, root
        self._plain: OrderedDict[Place, bytes] = OrderedDict()
        self._next: dict[Place, bytes] = {}
        self._next_root: bytes | None = None

    def open_box(self, slot: int, person: UUID, sealed: bytes) -> bytes:
        """Open a box. Raises: sealing.NotOpened."""
        return open_committed(self._key(BUCKET, slot), sealed, box_place(slot, person))

    def check(self) -> None:
        """Open the top, if there is one. Raises: sealing.NotOpened if this root is not the one above it."""
        if self._sealed.node(TOP, 0) is not None:
            self._node(TOP, 0)

    # Changing

    def change(self, boxes: Iterable[Box], *, new_root: bool = False) -> Change:
        """Work out how boxes come to be, change or go; nothing holds until `settle`.

        Params: `new_root` to replace the root though nothing is taken away. Raises: sealing.NotOpened.
        """
        nodes: dict[Place, bytearray] = {}
        renewed: set[Place] = {(TOP, 0)} if new_root else set()
        change = Change()
        for box in boxes:
            bucket = box.slot >> BITS
            if box.is_new or box.is_taking or box.content is None:
                fresh = _EMPTY if box.content is None else os.urandom(sealing.KEY_BYTES)
                _put(self._touch(nodes, BUCKET, bucket), box.slot, fresh)
            if box.is_taking or box.content is None:
                renewed |= {(BUCKET, bucket), (MIDDLE, bucket >> BITS), (TOP, 0)}
            self._seal_box(change, nodes, box)
        self._seal_nodes(change, nodes, renewed)
        self._next = {place: bytes(node) for place, node in nodes.items()}
        self._next_root = change.root
        return change

    def settle(self) -> None:
        """The change holds."""
        for place, node in self._next.items():
            self._remember(place, node)
        self._root = self._next_root or self._root
        self.abandon()

    def abandon(self) -> None:
        """The change does not hold."""
        self._next, self._next_root = {}, None

    def _seal_box(self, change: Change, nodes: dict[Place, bytearray], box: Box) -> None:
        if box.content is None:
            change.boxes[box.slot] = box.person, None
            return
        node = nodes.get((BUCKET, box.slot >> BITS))
        key = _get(node, box.slot) if node is not None else self._key(BUCKET, box.slot)
        change.boxes[box.slot] = box.person, seal_committed(key, box.content, box_place(box.slot, box.person))

    def _seal_nodes(self, change: Change, nodes: dict[Place, bytearray], renewed: set[Place]) -> None:
        """Seal what was touched from the buckets up; a node whose key is fresh touches its parent."""
        for level in (BUCKET, MIDDLE):
            for place in [place for place in {*nodes, *renewed} if place[0] == level]:
                number = place[1]
                node = self._touch(nodes, level, number)
                parent = (level + 1, number >> BITS)
                key = self._key(level + 1, number) if parent not in nodes else _get(nodes[parent], number)
                if place in renewed or key == _EMPTY:
                    key = os.urandom(sealing.KEY_BYTES)
                    _put(self._touch(nodes, *parent), number, key)
                change.nodes[place] = seal_committed(key, bytes(node), node_place(level, number))
        if (TOP, 0) in nodes or (TOP, 0) in renewed:
            top = self._touch(nodes, TOP, 0)
            root = self._root
            if (TOP, 0) in renewed:
                root = change.root = os.urandom(sealing.KEY_BYTES)
            change.nodes[TOP, 0] = seal_committed(root, bytes(top), node_place(TOP, 0))

    def _touch(self, nodes: dict[Place, bytearray], level: int, number: int) -> bytearray:
        if (level, number) not in nodes:
            nodes[level, number] = bytearray(self._node(level, number))
        return nodes[level, number]

    # Reading

    def _key(self, level: int, number: int) -> bytes:
        """Return the key that stands at a number of a level: of a box below a bucket, else of the node below."""
        return _get(self._node(level, number >> BITS), number)

    def _node(self, level: int, number: int) -> bytes:
        """Return a node, open; one that is not there yet holds no keys. Raises: sealing.NotOpened."""
        known = self._plain.get((level, number))
        if known is not None:
            self._plain.move_to_end((level, number))
            return known
        sealed = self._sealed.node(level, number)
        if sealed is None:
            return bytes(WIDTH * sealing.KEY_BYTES)
        key = self._root if level == TOP else self._key(level + 1, number)
        node = open_committed(key, sealed, node_place(level, number))
        self._remember((level, number), node)
        return node

    def _remember(self, place: Place, node: bytes) -> None:
        self._plain[place] = node
        self._plain.move_to_end(place)
        while len(self._plain) > NODES_CACHED_MAX:
            self._plain.popitem(last=False)


def _get(node: bytes | bytearray, number: int) -> bytes:
    start = number % WIDTH * sealing.KEY_BYTES
    return bytes(node[start : start + sealing.KEY_BYTES])


def _put(node: bytearray, number: int, key: bytes) -> None:
    start = number % WIDTH * sealing.KEY_BYTES
    node[start : start + sealing.KEY_BYTES] = key


def seal_committed(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Seal under a key that is told by the bytes: the cipher alone would let two keys open them."""
    sealed = sealing.seal(AESGCMSIV(key), plain, place, generation=_GENERATION)
    return sealing.commitment(key) + sealed


def open_committed(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Open what `seal_committed` sealed. Raises: sealing.NotOpened, also under a key that merely opens it."""
    if not hmac.compare_digest(sealing.commitment(key), sealed[:COMMITMENT_BYTES]):
        raise sealing.NotOpened
    return sealing.open_sealed(AESGCMSIV(key), sealed[COMMITMENT_BYTES:], place, generation=_GENERATION)


def node_place(level: int, number: int) -> bytes:
    """Return the context of a node."""
    return _place("node", str(level), number, sealing.NOBODY)


def box_place(slot: int, person: UUID) -> bytes:
    """Return the context of a box."""
    return _place("box", "keys", slot, person)


def _place(table: str, group: str, number: int, person: UUID) -> bytes:
    return sealing.context(
        table=table, group=group, row=UUID(int=number), person=person, generation=_GENERATION, version=0
    )
