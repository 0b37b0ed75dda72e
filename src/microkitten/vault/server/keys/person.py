"""A person's box: the keys that open what is theirs, by the right for which they are held (P7, P17, P43).

`log` opens the details of their entries; `life:<group>` a group in daily use; `law:<group>` a group that only the
books and the law may still open; `consent:<purpose>` what hangs on a yes, with the hash of its words,
`wording:<purpose>`. `restricted` and `objected:<purpose>` are marks and no keys. To end a right is to write the box
without its name, under a fresh key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.policy import Group
from microkitten.vault.server import sealing

LIFE, LAW, LOG = "life", "law", "log"
TAG = "tag"  # the first `log`: tags the public leaves, and so outlives a re-keying
CONSENT, WORDING = "consent", "wording"
RESTRICTED, OBJECTED = "restricted", "objected"
_MARKS: Final = frozenset({WORDING, RESTRICTED, OBJECTED})  # to drop one of these takes no key away


@dataclass(slots=True)
class Person:
    """A person's box, open: whose it is, which keys are in it, and the ciphers made of them so far.

    `floors` is the highest version that each of their records has had: a lower one is an old row put back.
    """

    id: UUID
    kind: str
    together: UUID
    generation: int
    keys: dict[str, bytes]
    floors: dict[str, int] = field(default_factory=dict)
    _ciphers: dict[str, AESGCMSIV] = field(default_factory=dict)

    def with_keys(self, keys: dict[str, bytes], *, generation: int | None = None) -> Person:
        """Return the same person with other keys, and of another generation if told."""
        return Person(
            self.id, self.kind, self.together, generation or self.generation, keys, dict(self.floors)
        )

    def packed(self) -> bytes:
        """Return the box's content as it is sealed."""
        return sealing.pack({name: key.hex() for name, key in self.keys.items()})

    def cipher(self, name: str) -> AESGCMSIV:
        """Return the cipher of a key. Raises: KeyError if the key is gone."""
        cipher = self._ciphers.get(name)
        if cipher is None:
            cipher = self._ciphers[name] = AESGCMSIV(self.keys[name])
        return cipher

    def opening_name(self, group: Group, *, by_law: bool = False) -> str | None:
        """Return the name of the key that opens a group, or None if there is none for this right.

        Params: `by_law` if what only the law still keeps may be opened.
        """
        names = (key_name(group), f"{LAW}:{group.name}") if by_law else (key_name(group),)
        return next((name for name in names if name in self.keys), None)

    def place(self, table: str, group: str, row: UUID, version: int) -> bytes:
        """Return the context of a value of this person."""
        return sealing.context(
            table=table, group=group, row=row, person=self.id, generation=self.generation, version=version
        )


def key_name(group: Group) -> str:
    """Return the name of the key under which a group is sealed: the consent's, or one of the group's own."""
    return group.key if group.key.startswith(f"{CONSENT}:") else f"{group.key}:{group.name}"


def is_key(name: str) -> bool:
    """Tell whether a name in a box is of a key: to drop it takes something away from whoever has a copy."""
    return name.partition(":")[0] not in _MARKS


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the keys of a box. Raises: sealing.NotOpened if it was not written by `Person.packed`."""
    return {name: bytes.fromhex(key) for name, key in sealing.unpack(content).items()}
