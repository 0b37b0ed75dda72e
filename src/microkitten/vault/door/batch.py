"""Several asks in one round trip, all or nothing: a page or an order needs one answer from the vault, not
ten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar
from uuid import UUID

from microkitten.policy import Purpose
from microkitten.vault.disclosure import Disclosure
from microkitten.vault.door import line, reading
from microkitten.vault.opened import MAKER, Ends, Opened
from microkitten.vault.types import Actor, EntryView, Given, Pass, Receipt, StaffPass

T = TypeVar("T")
Fact = int | str
# Sent twice these would mint twice; all others may be repeated when the vault dies between doing and
# answering.
ONCE_ONLY: Final = frozenset(
    {"assign_visitor", "consent_visitor", "sign_in_staff", "staff_token", "prove", "grant"}
)


class Promise(Generic[T]):
    """What an ask will have answered once its batch is through."""

    __slots__ = ("_read", "_value")

    def __init__(self, read: Callable[[Any], T]) -> None:
        self._read = read

    def _fill(self, answer: Any) -> None:
        self._value = self._read(answer)

    @property
    def value(self) -> T:
        """The answer. Raises: LookupError before the batch has ended."""
        if not hasattr(self, "_value"):
            raise LookupError("the batch has not been sent")
        return self._value


class Batch:
    """Asks of one actor; sent together when the block ends without an error, and then either all hold or
    none.
    """

    def __init__(self, by: Actor | None) -> None:
        self._by = by
        self._asks: list[dict[str, Any]] = []
        self._promises: list[Promise[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.send()

    def send(self) -> None:
        """Send what has been asked so far, once, and fill its promises. Raises: Refused (nothing was
        done), VaultAway.
        """
        if not self._asks:
            return
        asks, self._asks = self._asks, []
        by = None if self._by is None else {"name": self._by.name, "token": self._by.token}
        repeatable = not any(ask["do"] in ONCE_ONLY for ask in asks)
        for promise, answer in zip(
            self._promises, line.ask({"by": by, "asks": asks}, repeatable=repeatable), strict=True
        ):
            promise._fill(answer)

    def _ask(self, do: str, read: Callable[[Any], T], **parts: Any) -> Promise[T]:
        promise = Promise(read)
        self._asks.append({"do": do, **parts})
        self._promises.append(promise)
        return promise

    def collect(
        self, person: UUID, kind: str, given: Mapping[str, Given], *, purpose: Purpose
    ) -> Promise[UUID]:
        """Seal what a person typed; all fields of one group. See `door.collect`."""
        values = {field: [one.value, one.source] for field, one in given.items()}
        return self._ask("collect", UUID, person=person.hex, kind=kind, purpose=str(purpose), given=values)

    def claim(self, persons: Sequence[UUID]) -> Promise[None]:
        """Make unclaimed records stay. See `door.claim`."""
        return self._ask("claim", _nothing, persons=[person.hex for person in persons])

    def keep_open(self, persons: Sequence[UUID]) -> Promise[Pass]:
        """Mint the pass of an order for persons collected in this very batch. See `door.keep_open`."""
        return self._ask("keep_open", _pass, persons=[person.hex for person in persons])

    def use(
        self,
        purpose: Purpose,
        wanted: Mapping[UUID, Sequence[str]],
        *,
        facts: Mapping[str, Fact] | None = None,
    ) -> Promise[Opened]:
        """Open fields of persons for a purpose. See `door.use`."""
        persons = {person.hex: list(fields) for person, fields in wanted.items()}
        asked = [(person, field) for person, fields in wanted.items() for field in fields]

        def read(answer: Any) -> Opened:
            values = {
                (UUID(who), field): value
                for who, got in answer["values"].items()
                for field, value in got.items()
            }
            entries = {UUID(who): index for who, index in answer["entries"].items()}
            ends = {
                (UUID(who), group): Ends(*(_maybe(told[end]) for end in ("usable", "kept")))
                for who, groups in answer["ends"].items()
                for group, told in groups.items()
            }
            return Opened(
                MAKER,
                purpose=purpose,
                asked=asked,
                values=values,
                entries=entries,
                until=_maybe(answer["until"]),
                ends=ends,
            )

        return self._ask("use", read, purpose=str(purpose), persons=persons, facts=dict(facts or {}))

    def disclose(
        self,
        person: UUID,
        fields: Sequence[str],
        *,
        to: str,
        purpose: Purpose,
        once: str,
        facts: Mapping[str, Fact] | None = None,
    ) -> Promise[Disclosure]:
        """Make what one party may have of one person. See `door.disclose`."""
        return self._ask(
            "disclose",
            _disclosure,
            person=person.hex,
            fields=list(fields),
            to=to,
            purpose=str(purpose),
            once=once,
            facts=dict(facts or {}),
        )

    def erase(self, person: UUID, *, reason: str) -> Promise[Receipt]:
        """Destroy a person's keys and rows. See `door.erase`."""
        return self._ask("erase", reading.receipt, person=person.hex, reason=reason)

    def prove(
        self, person: UUID, field: str, given: Given, *, covers: Sequence[UUID]
    ) -> Promise[Pass | None]:
        """Compare blind; alone in its batch. See `door.prove`."""
        return self._ask(
            "prove",
            _maybe_pass,
            person=person.hex,
            field=field,
            given=[given.value, given.source],
            covers=[one.hex for one in covers],
        )

    def find(self, field: str, value: str) -> Promise[UUID | None]:
        """Look an exact value up. See `door.find`."""
        return self._ask("find", _maybe_id, field=field, value=value)

    def index_order(self, person: UUID, number: str) -> Promise[None]:
        """Make a person findable by order number. See `door.index_order`."""
        return self._ask("index_order", _nothing, person=person.hex, number=number)

    def find_order(self, number: str) -> Promise[UUID | None]:
        """Look a person up by order number. See `door.find_order`."""
        return self._ask("find_order", _maybe_id, number=number)

    def assign_visitor(self) -> Promise[str]:
        """Mint a cookie on visit. See `door.assign_visitor`."""
        return self._ask("assign_visitor", str)

    def consent_visitor(self) -> Promise[str]:
        """Mint a cookie on a yes. See `door.consent_visitor`."""
        return self._ask("consent_visitor", str)

    def forget_visitor(self, cookie: str) -> Promise[None]:
        """End a cookie and all that hangs on it. See `door.forget_visitor`."""
        return self._ask("forget_visitor", _nothing, cookie=cookie)

    def sign_in_staff(self, token: str) -> Promise[StaffPass]:
        """Turn a one-time token into a pass; alone in its batch. See `door.sign_in_staff`."""
        return self._ask("sign_in_staff", _staff_pass, token=token)

    def entries_of(self, person: UUID) -> Promise[list[EntryView]]:
        """List a person's entries. See `door.entries_of`."""
        return self._ask("entries_of", _entries, person=person.hex)


def _nothing(_answer: Any) -> None:
    return None


def _maybe_id(answer: Any) -> UUID | None:
    return None if answer is None else UUID(answer)


def _maybe(seconds: int | None) -> datetime | None:
    return None if seconds is None else _time(seconds)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _pass(answer: Any) -> Pass:
    return Pass(token=answer["token"], until=_time(answer["until"]))


def _maybe_pass(answer: Any) -> Pass | None:
    return None if answer is None else _pass(answer)


def _staff_pass(answer: Any) -> StaffPass:
    roles = frozenset(answer["roles"])
    return StaffPass(
        token=answer["token"], sign_in=UUID(answer["sign_in"]), roles=roles, until=_time(answer["until"])
    )


def _disclosure(answer: Any) -> Disclosure:
    return Disclosure(MAKER, answer["signed"].encode(), bytes.fromhex(answer["signature"]))


def _entries(answer: Any) -> list[EntryView]:
    return [
        EntryView(
            index=one["index"],
            at=one["at"],
            kind=one["kind"],
            purpose=one["purpose"],
            actor=one["actor"],
            fields=tuple(one["fields"]),
            party=one["party"],
            outcome=one["outcome"],
            policy=one["policy"],
            leaf=one["leaf"].encode(),
            salt=bytes.fromhex(one["salt"]),
            detail=one["detail"].encode(),
        )
        for one in answer
    ]
