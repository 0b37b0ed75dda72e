"""What goes to a party: one person's fields for one purpose, signed by the vault, and nothing providers could
make (P22)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NoReturn, final
from uuid import UUID

from microkitten.policy import Purpose
from microkitten.vault.opened import MAKER, SealedError

if TYPE_CHECKING:
    from microkitten.vault.values import Value

LABEL: Final = b"microkitten disclosure v1\n"  # parts this signature from every other use of an Ed25519 key
_known_keys: Final[set[bytes]] = set()


class BadDisclosure(Exception):
    """The vault did not sign these bytes, or their time is over."""


def learn_key(key: bytes) -> None:
    """Remember the Ed25519 key by which this vault signs disclosures, as told in the greeting (32 bytes)."""
    _known_keys.add(key)


@final
class Disclosure:
    """Fields and facts for one party, exactly as signed. Reading it checks nothing; `verify` does, and
    providers call it first.
    """

    __slots__ = ("_signature", "_signed")
    _signed: bytes
    _signature: bytes

    def __init__(self, maker: object, signed: bytes, signature: bytes) -> None:
        if maker is not MAKER:
            raise SealedError("only the vault makes a disclosure")
        object.__setattr__(self, "_signed", signed)
        object.__setattr__(self, "_signature", signature)

    def _read(self, part: str) -> Any:
        return json.loads(self._signed)[part]

    @property
    def id(self) -> UUID:
        """The same for the same act, however often it is asked for: the key by which a provider sends
        once.
        """
        return UUID(self._read("id"))

    @property
    def party(self) -> str:
        """Who may receive it."""
        return str(self._read("party"))

    @property
    def purpose(self) -> Purpose:
        """What for."""
        return Purpose.named(self._read("purpose"))

    @property
    def entry(self) -> int:
        """Where the ledger says so."""
        return int(self._read("entry"))

    @property
    def until(self) -> datetime:
        """After this moment a provider must ask anew."""
        return datetime.fromtimestamp(self._read("until"), UTC)

    @property
    def fields(self) -> Mapping[str, Value]:
        """The personal values, by field of the policy; an optional field that the person left empty
        is absent.
        """
        return MappingProxyType(self._read("fields"))

    @property
    def facts(self) -> Mapping[str, int | str]:
        """What goes along and is no personal data (amounts, references)."""
        return MappingProxyType(self._read("facts"))

    def verify(self, *, at: datetime | None = None) -> None:
        """Check that this vault signed exactly this. Raises: BadDisclosure. Promise: P22. Standard: RFC 8032.

        Params: `at` (aware) to refuse one whose time is over as well.
        """
        # Imported here because the web process makes no use of it and must not load the cipher
        # library at all.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        for key in _known_keys:
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(self._signature, LABEL + self._signed)
                break
            except InvalidSignature:
                continue
        else:
            raise BadDisclosure("not signed by this vault")
        if at is not None and at > self.until:
            raise BadDisclosure("its time is over")

    def __repr__(self) -> str:
        return f"<disclosure {self.id} to {self.party} for {self.purpose}>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise SealedError("a disclosure does not change")

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise SealedError("a disclosure does not travel")

    def __copy__(self) -> NoReturn:
        raise SealedError("a disclosure has no copy")

    def __deepcopy__(self, _memo: object) -> NoReturn:
        raise SealedError("a disclosure has no copy")
