"""Custody of the root key: who holds the one secret above all keys, behind three methods.

Erasing anyone replaces the root, so a custody is asked to keep the next root, and later to destroy the last. It is
asked at the start, at each change and once a day, never on a read. Beside every custody lies one file for each epoch
in the place's folder (`root-<epoch>.key` or `root-<epoch>.wrapped`), so what is kept can be listed without asking a
token or a service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from microkitten.vault.places import FILE, KINDS
from microkitten.vault.server.folder import Doubt

ROOT_BYTES: Final = 32
LEGACY: Final = "root.key"  # of stores made before there were epochs: the root of epoch 0
REMEDY: Final = "stop the store and bring it back from a replica: microkitten keys bring-back"
_MISSING: Final = "a library for this custody is not installed"
_KEPT: Final = re.compile(r"root-(0|[1-9][0-9]{0,17})\.(?:key|wrapped)")


class Lost(Doubt):
    """The root of this epoch is not here any more: destroyed, or its file, object or key is gone."""


class Refused(Doubt):
    """What lies here is not what was kept here for this store, place and epoch, or is not ours alone."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a kept root belongs to; bound into every wrapping, so that no file serves in another's place.

    Params: `store_id`, the store's own id; `place`, the name of the place (see `places.Place`).
    """

    store_id: str
    place: str

    def at(self, epoch: int) -> bytes:
        """Return the context of one epoch as bytes; each part with its length, so that no two read alike."""
        parts = (b"microkitten root", self.store_id.encode(), self.place.encode(), str(epoch).encode())
        return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


class Custody(Protocol):
    """Three methods; each returns when what it did is durable. Serves `P35`."""

    def keep(self, epoch: int, root: bytes) -> None:
        """Keep the root of an epoch; the same root again is no mistake, and lets a key service renew its wrapping.

        Params: `epoch` counts root changes from 0; `root`, 32 bytes. Raises: Doubt if another root is kept
        under that epoch (nothing is ever written over), or if the custodian does not answer.
        """

    def bring(self, epoch: int) -> bytes:
        """Return the root of an epoch. Raises: Lost; Refused; Doubt if the custodian does not answer."""

    def drop(self, epoch: int) -> None:
        """Destroy the root of an epoch; harmless if it is gone. Raises: Doubt if the custodian does not answer."""


def epochs(folder: Path) -> list[int]:
    """Return the epochs whose roots have a file in this folder, oldest first; nobody is asked."""
    found = {int(match[1]) for path in folder.iterdir() if (match := _KEPT.fullmatch(path.name))}
    if (folder / LEGACY).exists():
        found.add(0)
    return sorted(found)


def made(spec: str, folder: Path, context: Context) -> Custody:
    """Return the custody that a spec names, for the roots of one place.

    Params: `spec`, `file`, `pkcs11:<parameters>` or `aws-kms:<parameters>` (docs/operating/keys.md); `folder`,
    the place's own. Nothing is asked of a token or a service yet. Raises: Doubt if the spec is not understood.
    """
    kind = spec.partition(":")[0]
    if spec == FILE:
        from microkitten.vault.server.custody.key_file import KeyFile

        return KeyFile(folder, context)
    if kind == "pkcs11":
        try:
            from microkitten.vault.server.custody.pkcs11 import Token
        except ModuleNotFoundError:
            raise Doubt(f"{_MISSING}: {kind} wants python-pkcs11 (the extra `pkcs11`)") from None
        return Token(spec, folder, context)
    if kind == "aws-kms":
        try:
            from microkitten.vault.server.custody.kms import KeyService
        except ModuleNotFoundError:
            raise Doubt(f"{_MISSING}: {kind} wants boto3 (the extra `aws`)") from None
        return KeyService(spec, folder, context)
    raise Doubt(f"{kind!r} is no custody of a root key; there are: {', '.join(KINDS)}")
