"""The leak battery's first part: what the web process can hold gives nothing away, whatever is done with it
(P35)."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import json
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context, Engine
from jinja2 import Environment
from markupsafe import escape
from tests.vault.conftest import token
from tests.vault_process import SOURCE, environment

from microkitten.policy import Purpose, purpose
from microkitten.vault import types
from microkitten.vault.disclosure import Disclosure
from microkitten.vault.opened import MAKER, Opened
from microkitten.vault.types import Actor, Closed, Given, Pass, PersonField, Sealed, SealedError, Value

SECRET = token()
PERSON = uuid4()


def sealed() -> Sealed:
    """Return a reference."""
    return Sealed(PERSON, "recipient.name")


def opened(secret: str = SECRET, why: Purpose = purpose.deliver) -> Opened:
    """Return an opening with one value."""
    at = (PERSON, "recipient.name")
    return Opened(MAKER, purpose=why, asked=[at], values={at: secret}, entries={PERSON: 7}, until=None)


def disclosure() -> Disclosure:
    """Return a disclosure with one value, signed by nobody."""
    told = {
        "id": uuid4().hex,
        "party": "mail",
        "purpose": "confirm",
        "fields": {"customer.name": SECRET},
        "facts": {},
    }
    return Disclosure(MAKER, json.dumps({**told, "entry": 1, "until": 0}).encode(), bytes(64))


def raise_with(value: object) -> str:
    """Return what a traceback with locals shows."""
    try:
        kept = value
        raise RuntimeError
    except RuntimeError as error:
        del value
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert kept is not None
        return "".join(shown.format())


PROBES: dict[str, Callable[[Any], Any]] = {
    "repr": repr,
    "str": str,
    "f-string": lambda x: f"{x}",
    "f-string with format": lambda x: f"{x:>30}",
    "percent": lambda x: "%s" % x,  # noqa: UP031 # the probe itself
    "percent r": lambda x: "%r" % x,  # noqa: UP031 # the probe itself
    "json": json.dumps,
    "json default str": lambda x: json.dumps(x, default=str),
    "json of django": lambda x: json.dumps(x, cls=DjangoJSONEncoder),
    "json default vars": lambda x: json.dumps(x, default=vars),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "django template": lambda x: Engine().from_string("{{ x }}").render(Context({"x": x})),
    "django filter": lambda x: Engine().from_string("{{ x|upper }}").render(Context({"x": x})),
    "jinja": lambda x: Environment(autoescape=True).from_string("{{ x }}").render(x=x),
    "escape": escape,
    "traceback with locals": raise_with,
    "print": lambda x: print(x, file=(out := io.StringIO())) or out.getvalue(),
    "bytes": bytes,
    "vars": vars,
    "dir": lambda x: " ".join(dir(x)),
    "object graph": lambda x: repr(
        [getattr(x, name, None) for name in dir(x) if not name.startswith("__")][:0]
    ),
    "iteration": list,
    "as a key": lambda x: {x: 1},
    "comparison": lambda x: x == SECRET,
}


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("make", [sealed, opened, disclosure])
def test_a_probe_shows_no_value(probe: str, make: Callable[[], Any]) -> None:
    """Logs, caches, templates and debuggers all come to a value by one of these ways."""
    thing = make()
    try:
        shown = PROBES[probe](thing)
    except (TypeError, AttributeError):  # SealedError is a TypeError
        return
    assert SECRET.encode() not in (shown if isinstance(shown, bytes) else str(shown).encode())


@pytest.mark.parametrize(
    "act",
    [
        str,
        bool,
        hash,
        len,
        iter,
        int,
        copy.copy,
        copy.deepcopy,
        pickle.dumps,
        lambda x: x == x,
        lambda x: x < x,
        format,
    ],
)
def test_a_reference_refuses_to_become_anything(act: Callable[[Any], Any]) -> None:
    """A reference that can be compared or shown will be, somewhere."""
    with pytest.raises(SealedError):
        act(sealed())
    with pytest.raises(SealedError):
        sealed().field = "customer.name"


def test_what_was_typed_and_passes_hide_in_repr_and_do_not_travel() -> None:
    """Form data and tokens stand in tracebacks and logs more often than anything else."""
    for thing in (Given(SECRET, "checkout.name"), Actor("person", SECRET), Pass(SECRET, None)):  # type: ignore[arg-type]
        assert SECRET not in f"{thing!r} {thing}"
        with pytest.raises(SealedError, match="does not travel"):
            pickle.dumps(thing)


def test_an_opening_lives_in_its_block_only() -> None:
    """A value that outlives its block is a value without a purpose (P11)."""
    block = opened()
    with pytest.raises(Closed):
        block.reveal(PERSON, "recipient.name")
    with block:
        assert block.reveal(PERSON, "recipient.name") == SECRET
        with pytest.raises(SealedError):
            block.reveal(PERSON, "recipient.phone")
        with pytest.raises(SealedError):
            block.reveal(uuid4(), "recipient.name")
        with pytest.raises(SealedError):
            block.purpose = purpose.bill
    with pytest.raises(Closed):
        block.reveal(PERSON, "recipient.name")
    with pytest.raises(Closed), block:
        pass


def test_no_other_thread_and_no_task_inherits_an_opening() -> None:
    """A grant is an argument, not a mood of the process."""
    outcomes: list[str] = []

    def look(block: Opened) -> None:
        try:
            outcomes.append(str(block.reveal(PERSON, "recipient.name")))
        except Closed:
            outcomes.append("closed")

    async def look_later(block: Opened) -> None:
        look(block)

    with opened() as block:
        thread = threading.Thread(target=look, args=(block,))
        thread.start()
        thread.join()
        asyncio.run(look_later(block))
    assert outcomes == ["closed", "closed"]


def test_after_the_block_the_value_is_no_longer_in_the_process() -> None:
    """What the garbage collector can reach, an intruder can."""
    secret = "".join(reversed(token()))
    block = opened(secret)
    with block:
        assert block.reveal(PERSON, "recipient.name") == secret
    held = [one for one in gc.get_referrers(secret) if one is not globals() and not hasattr(one, "f_code")]
    assert not [one for one in held if isinstance(one, dict) and secret in one.values()]


@pytest.mark.parametrize("kind", [Opened, Disclosure])
def test_openings_and_disclosures_are_not_made_outside(kind: Any) -> None:
    """A provider accepts nothing else, so nothing else may be makeable (P22)."""
    told: dict[str, Any] = {"signed": b"", "signature": b""}
    if kind is Opened:
        told = {"purpose": purpose.rights, "asked": [], "values": {}, "entries": {}, "until": None}
    with pytest.raises(SealedError, match="makes a"):
        kind(object(), **told)


@pytest.mark.parametrize("make", [opened, disclosure])
def test_openings_and_disclosures_are_not_copied(make: Callable[[], Any]) -> None:
    """Nor sent, nor compared: one that hands out something else instead would be taken for one."""
    for copied in (copy.copy, copy.deepcopy):
        with pytest.raises(SealedError, match="has no copy"):
            copied(make())
    with pytest.raises(SealedError, match="does not travel"):
        pickle.dumps(make())


def test_openings_are_not_compared() -> None:
    """Two with the same value would tell it."""
    with pytest.raises(SealedError, match="not compared"):
        assert opened() == opened()


def test_a_task_sees_nothing_that_its_neighbour_opened() -> None:
    """Though both run in one thread."""

    async def look(block: Opened) -> Value | None:
        return block.reveal(PERSON, "recipient.name")

    async def main() -> None:
        with opened() as block:
            assert block.reveal(PERSON, "recipient.name") == SECRET
            with pytest.raises(Closed):
                await asyncio.create_task(look(block))

    asyncio.run(main())


def test_a_disclosure_that_nobody_signed_does_not_verify() -> None:
    """Whoever gets past the constructor still lacks the vault's key."""
    with pytest.raises(types.BadDisclosure):
        disclosure().verify()
    with pytest.raises(SealedError):
        disclosure()._signed = b"{}"


def test_a_person_reference_is_never_null() -> None:
    """Rows without an owner are rows that erasure forgets (P6)."""
    with pytest.raises(ValueError, match="owner"):
        PersonField(null=True)


def test_the_table_itself_takes_nothing_but_ids() -> None:
    """Where the column is a text; elsewhere it has a type of its own."""
    field = PersonField()
    field.column = "person"
    ops = SimpleNamespace(quote_name=lambda name: f'"{name}"')
    check = field.db_check(SimpleNamespace(vendor="sqlite", ops=ops))
    assert check == """length("person") = 32 AND "person" NOT GLOB '*[^0-9a-f]*'"""
    assert field.db_check(SimpleNamespace(vendor="postgresql", ops=ops)) is None


def test_the_web_process_loads_no_cipher_and_nothing_of_the_vault_server() -> None:
    """What is not loaded cannot be reached, by no bug and no debugger."""
    program = (
        "import sys, django\n"
        "from django.conf import settings\n"
        "settings.configure()\n"
        "import microkitten.vault.types, microkitten.vault.door\n"
        "print([m for m in sys.modules if m.startswith(('cryptography', 'microkitten.vault.server',"
        " 'microkitten.ledger'))])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], env=environment(SOURCE), capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"
