"""The words in which the rest of the house speaks of personal data: references, marks, passes; nothing that
can open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, final
from uuid import UUID

from django.db import models

from microkitten.vault.alarms import Alarm
from microkitten.vault.disclosure import BadDisclosure, Disclosure
from microkitten.vault.opened import Closed, Opened, SealedError
from microkitten.vault.rights import Export, Fate, Grant, HeldGroup, Notice, Preview, Proof, Receipt, Source
from microkitten.vault.standing import EntryView, Held, Standing, Standings
from microkitten.vault.values import Value, flaw, has_card_number

if TYPE_CHECKING:
    _UUIDField = models.UUIDField[UUID | str, UUID]
else:
    _UUIDField = models.UUIDField

__all__ = [
    "Actor",
    "Alarm",
    "BadDisclosure",
    "Closed",
    "Count",
    "Deployment",
    "Disclosure",
    "EntryView",
    "Export",
    "Fate",
    "Given",
    "Grant",
    "Held",
    "HeldGroup",
    "Notice",
    "Opened",
    "Pass",
    "PersonField",
    "Preview",
    "Proof",
    "Receipt",
    "Refused",
    "Sealed",
    "SealedError",
    "Source",
    "StaffPass",
    "Standing",
    "Standings",
    "Value",
    "VaultAway",
    "flaw",
    "has_card_number",
]


class Refused(Exception):
    """The vault said no. Carries the rule, the statement to quote and a sentence why; never a value (P11).

    `rule` is empty if the policy has no row. `why` is a sentence of the policy, or one of the vault's own
    words: `pass`, `tries`, `rate`, `source`, `facts`, `once`, `cover`, `erased`, `absent`, `profile`,
    `kind`, `same batch`, `value:<flaw>`, and `contract`, where nothing but a running contract of the party lacks.
    """

    def __init__(self, *, rule: str, statement: str, why: str) -> None:
        self.rule, self.statement, self.why = rule, statement, why
        super().__init__(why)

    @property
    def waits(self) -> bool:
        """Tell whether the same will be allowed as soon as the merchant has written a new contract (P21)."""
        return self.why == "contract"


class VaultAway(Exception):
    """The vault could not be reached within three seconds, or is not the vault of this release and policy."""


@final
@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """A value as a person typed it, with the mark of the input it came from: `source` is `form.input`
    (P1).
    """

    value: Value
    source: str

    def __repr__(self) -> str:
        return f"<given {self.source}>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise SealedError("a given value is sealed or dropped; it does not travel")


def _stays(self: object, _protocol: object) -> NoReturn:
    """Refuse to be pickled or copied: what proves who asks lies in a cookie or in one call, and nowhere else."""
    raise SealedError(f"{type(self).__name__} proves who asks; it does not travel")


@final
@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a name from the policy's list, and the pass that proves it where the policy wants one."""

    name: str
    token: str = field(default="", repr=False)

    __reduce_ex__ = _stays


@final
@dataclass(frozen=True, slots=True)
class Pass:
    """Proof, minted by the vault, that whoever holds `token` may see some people's data as they
    themselves (P3).
    """

    token: str = field(repr=False)
    until: datetime

    __reduce_ex__ = _stays


@final
@dataclass(frozen=True, slots=True)
class StaffPass:
    """Proof, minted by the vault, that whoever holds `token` signed in as `sign_in` with these roles."""

    token: str = field(repr=False)
    sign_in: UUID
    roles: frozenset[str]
    until: datetime

    __reduce_ex__ = _stays


@final
@dataclass(frozen=True, slots=True)
class Count:
    """How many entries of one kind, purpose and party the ledger has of one month (`2026-11`); nobody's data (P20).

    `party` is empty where nothing was handed over, and for what went out before the ledger was counted by party.
    """

    month: str
    kind: str
    purpose: str
    party: str
    entries: int


@final
class Deployment(NamedTuple):
    """From which entry on, and since which minute (`2026-11-22T19:30Z`), which policy has governed (P42)."""

    policy: str
    entry: int
    minute: str


@final
class Restore(NamedTuple):
    """That an old copy of the vault, of the time `backup`, was brought back, and by which entry it is told (P42).

    `origin` is the new log's if the old one could not go on, else empty; `lost`, how many entries that were signed for
    are gone, None where nobody can say.
    """

    at: datetime
    entry: int
    backup: str
    origin: str
    lost: int | None


def _never(self: Sealed, *_args: object) -> NoReturn:
    """Refuse whatever would turn a reference into something that can be stored, sent, compared or shown."""
    raise SealedError(f"{self!r} is a reference; open it for a purpose")


@final
class Sealed:
    """A reference to one sealed value: whose and which field, and nothing else (P35)."""

    __slots__ = ("field", "person")
    person: UUID
    field: str

    def __init__(self, person: UUID, field: str) -> None:
        object.__setattr__(self, "person", person)
        object.__setattr__(self, "field", field)

    def __repr__(self) -> str:
        return f"<sealed {self.field}>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise SealedError("a reference does not change")

    if not TYPE_CHECKING:
        __str__ = __format__ = __bytes__ = __bool__ = __hash__ = __len__ = __iter__ = __contains__ = _never
        __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __mod__ = _never
        __int__ = __float__ = __index__ = __getitem__ = __html__ = __json__ = __call__ = _never
        __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = __getstate__ = _never


class PersonField(_UUIDField):
    """A row's reference to the person it is about: never null, so that no row is owned by nobody (P6).

    `kind` is the policy's word for whom the row is about (customer, recipient); tables know nothing of it.
    """

    description = "reference to a person in the vault"

    def __init__(self, *args: Any, kind: str = "", **options: Any) -> None:
        if options.get("null"):
            raise ValueError("a personal row has an owner: PersonField takes no null")
        self.person_kind = kind
        super().__init__(*args, **options)

    def db_check(self, connection: Any) -> str | None:
        """Let the table itself refuse whatever is no id: not even raw SQL puts a name where a person stands."""
        if connection.vendor != "sqlite":  # elsewhere the column has a type of its own
            return None
        column = connection.ops.quote_name(self.column)
        return f"length({column}) = 32 AND {column} NOT GLOB '*[^0-9a-f]*'"
