"""What the vault answers to somebody who uses their rights: what goes, what stays and why, who was told (P43)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, final
from uuid import UUID

from microkitten.policy import Policy
from microkitten.vault import export
from microkitten.vault.opened import Opened, SealedError
from microkitten.vault.standing import EntryView, Held


@final
@dataclass(frozen=True, slots=True)
class Fate:
    """What an erasure means for one group of fields: it goes now, or it stays, why, and until when.

    `why` is one of `erased` (it goes now), `law` (the books must keep it) and `parcel` (on its way: the running order
    needs it until the parcel has come, at the latest `until`). `statement` is the sentence of the policy to quote,
    `kept` which fields stay, `then_until` until when the books keep what a parcel needed, `parties` who is told.
    """

    group: str
    title: str
    goes_now: bool
    why: str
    statement: str
    kept: tuple[str, ...]
    until: datetime | None
    then_until: datetime | None
    parties: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class Receipt:
    """Where the ledger says that a right was carried out: `leaf_hash` in hex (RFC 6962 leaf hash).

    `stays` is what the books or a parcel on its way still keep, `notices` how many parties are told. `confirmed` tells
    whether every place of the keys has confirmed by now; where it is False the vault goes on until it has.
    """

    entry_index: int
    leaf_hash: str
    stays: tuple[Fate, ...] = ()
    confirmed: bool = field(default=True, compare=False)
    notices: int = 0


@final
@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry lies in the ledger, to take home: `str(proof)` is a C2SP `.tlog-proof` file (P42).

    The public `leaf` goes along as its extra line, so that the file is whole; `ledger.proof` reads and checks it.
    Standard: https://c2sp.org/tlog-proof, version 1.
    """

    index: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        extra = base64.b64encode(self.leaf).decode()
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.hashes)
        return f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


@final
@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do, before it is done. `parties` are told; `entries` lose their details.

    `done` is the receipt of an erasure that was before. `looked` is an opening without values, for the page's receipt.
    """

    person: UUID
    kind: str
    groups: tuple[Fate, ...]
    parties: tuple[str, ...]
    consents: tuple[str, ...]
    entries: int
    done: Receipt | None
    looked: Opened


@final
@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: which input of which form, under which policy."""

    input: str
    policy: str


@final
@dataclass(frozen=True, slots=True)
class HeldGroup:
    """One group in an export: how it is held, where each value came from, which parties got which of them.

    `lapse` is when daily use ends; from then until `held.until` it serves the books and the person alone.
    """

    held: Held
    lapse: datetime
    sources: Mapping[str, Source]
    parties: tuple[EntryView, ...]


@final
class Export:
    """All that the vault holds of one person. Values are in `opened` alone, inside its block.

    `groups`, `consents` (receipts as ISO/IEC TS 27560 names their parts) and `entries` hold no value of theirs.
    """

    __slots__ = (
        "_told",
        "consents",
        "entries",
        "groups",
        "kind",
        "objected",
        "opened",
        "person",
        "restricted",
    )

    def __init__(
        self,
        told: Mapping[str, Any],
        *,
        person: UUID,
        opened: Opened,
        groups: tuple[HeldGroup, ...],
        consents: tuple[Mapping[str, Any], ...],
        entries: tuple[EntryView, ...],
    ) -> None:
        self._told, self.person, self.opened = told, person, opened
        self.groups, self.consents, self.entries = groups, consents, entries
        self.kind: str = told["kind"]
        self.objected: tuple[str, ...] = tuple(told["objected"])
        self.restricted: int | None = told["restricted"]

    def document(self, policy: Policy) -> dict[str, Any]:
        """Return the export as JSON has it, values among it: inside the block of `opened` only.

        Params: `policy` whose titles it uses. Raises: Closed.
        """
        names = [name for group in self.groups for name in group.sources]
        values = {name: self.opened.reveal(self.person, name) for name in names}
        return export.document({**self._told, "values": values}, policy)

    def __repr__(self) -> str:
        return f"<export of {len(self.groups)} groups>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise SealedError("an export does not travel")


@final
@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to open some groups of one person for one purpose until a moment; whoever holds `token` has it (P3)."""

    token: str = field(repr=False)
    entry: int
    until: datetime

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise SealedError("a grant does not travel")


@final
@dataclass(frozen=True, slots=True)
class Notice:
    """What one party must be told, by the reference under which it knows the hand-over; it names no person (P43).

    `kind` is `erasure`, `correction` or `restriction`; `entry` is the ledger's that it follows from.
    """

    id: UUID
    kind: str
    party: str
    reference: str
    entry: int
    made_at: datetime
    due_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    answer: str

    def is_late(self, at: datetime) -> bool:
        """Tell whether the party should have acknowledged it before `at` and has not."""
        return self.acknowledged_at is None and at > self.due_at
