"""A proof to take home (C2SP tlog-proof): that an entry lies in the log, checkable offline by anybody's program (P42).

Standard: https://c2sp.org/tlog-proof, version 1; files end in `.tlog-proof`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final, final

from microkitten.ledger import tree
from microkitten.ledger.note import Checkpoint, Verifier

HEADER: Final = "c2sp.org/tlog-proof@v1"
HASHES_MAX: Final = 63


@final
@dataclass(frozen=True, slots=True)
class Proof:
    """That the entry `leaf` stands at `index` of the log whose signed `checkpoint` goes along.

    `hashes` are those of RFC 6962, section 2.1.1; the leaf is the file's `extra` line, which the proof binds.
    """

    index: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Read a file (`vault.rights.Proof` writes it). Raises: tree.BadProof."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(lines) < 3 or len(lines) > 3 + HASHES_MAX or lines[0] != HEADER:
            raise tree.BadProof("no proof of this format")
        extra, index = lines[1].removeprefix("extra "), lines[2].removeprefix("index ")
        is_number = index.isascii() and index.isdecimal() and (index == "0" or index[0] != "0")
        if (
            len(extra) + 6 != len(lines[1])
            or len(index) + 6 != len(lines[2])
            or not is_number
            or len(index) > 19
        ):
            raise tree.BadProof("no entry, or no index")
        return cls(int(index), _bytes(extra), tuple(map(_bytes, lines[3:])), checkpoint)

    def verify(self, verifier: Verifier) -> Checkpoint:
        """Check signature and proof. Returns: the checkpoint. Raises: tree.BadProof, note.BadNote."""
        checkpoint = Checkpoint.opened(self.checkpoint, verifier)
        hashed = tree.leaf_hash(self.leaf)
        tree.verify_inclusion(
            index=self.index, size=checkpoint.size, leaf=hashed, root=checkpoint.root, proof=self.hashes
        )
        return checkpoint


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise tree.BadProof("no base64") from None
    if base64.b64encode(data).decode() != text:
        raise tree.BadProof("base64 in another spelling")
    return data
