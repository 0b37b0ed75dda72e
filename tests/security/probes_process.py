"""Probes of what the web process itself may hold: an opening, a reference, what was typed, a disclosure, its rows."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import csv
import faulthandler
import gc
import io
import json
import logging
import pickle
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers, signing
from django.core.cache import caches
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.migrations.state import ProjectState
from django.template import Context, Engine
from django.test import RequestFactory
from django.views.debug import ExceptionReporter
from jinja2 import Environment
from markupsafe import escape

from microkitten.shop.shipments.models import Shipment
from microkitten.vault.types import Closed, Given, SealedError
from microkitten.web.logs import Plain
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from tests.security.battery import blank, probe
from tests.security.test_probes import an_order
from tests.vault.test_types import PERSON, SECRET, disclosure, opened, sealed


def of_each(act: Callable[[Any], Any]) -> None:
    """Do something to one of each thing; a type error is an answer too (SealedError is one)."""
    for thing in (opened(), sealed(), disclosure(), Given(SECRET, "recipient.name")):
        try:
            blank(act(thing), SECRET)
        except (TypeError, AttributeError, pickle.PicklingError):
            continue


SHOWN: dict[str, Callable[[Any], Any]] = {
    "repr and str": lambda x: repr(x) + str(x),
    "f-string, percent and format": lambda x: f"{x} {x!r} {x:>40}" + "%s %r" % (x, x) + "{0}".format(x),  # noqa: UP030,UP031,UP032 # the probe
    "json": lambda x: json.dumps(x, default=str),
    "json as Django writes it": lambda x: json.dumps([x], cls=DjangoJSONEncoder),
    "pickle": lambda x: pickle.dumps(x),
    "copy and deepcopy": lambda x: pickle.dumps((copy.copy(x), copy.deepcopy(x))),
    "logging": lambda x: Plain().format(logging.LogRecord("a", 40, "b", 1, "%s %r", (x, x), None)),
    "a warning": lambda x: warnings.formatwarning(f"{x!r}", UserWarning, "a", 1, f"{x!r}"),
    "Django's template and its filters": lambda x: (
        Engine()
        .from_string("{{ x }}{{ x|upper }}{{ x|safe }}{{ x|join:'' }}{{ x|pprint }}{{ x.0 }}")
        .render(Context({"x": x}))
    ),
    "Jinja's template and its filters": lambda x: (
        Environment(autoescape=True)
        .from_string("{{ x }}{{ x|upper }}{{ x|pprint }}{{ x|string }}")
        .render(x=x)
    ),
    "escape": escape,
    "a comma-separated line": lambda x: csv.writer(out := io.StringIO()).writerow([x]) and out.getvalue(),
    "a signed cookie, as sessions are": lambda x: signing.dumps({"x": x}),
    "a scratch file": lambda x: _scratch(x),
}
for _name, _act in SHOWN.items():
    probe(_name, "process")(lambda act=_act: of_each(act))


def _scratch(thing: Any) -> bytes:
    with tempfile.TemporaryFile("w+") as file:
        print(thing, file=file)
        file.seek(0)
        return file.read().encode()


@probe("a traceback with locals", "process")
def _traceback() -> None:
    def show(thing: Any) -> str:
        try:
            _fail(thing)
        except RuntimeError as error:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            return "".join(str(frame.locals) for frame in told.stack if frame.name == "_fail") + str(error)
        raise AssertionError

    of_each(show)


def _fail(thing: Any) -> None:
    raise RuntimeError(f"{thing!r}")


@probe("Django's page for errors", "process")
def _debug_page() -> None:
    def show(thing: Any) -> str:
        try:
            _fail(thing)
        except RuntimeError:
            reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())  # type: ignore[arg-type]
            frames = reporter.get_traceback_data()["frames"]
            return str([frame for frame in frames if frame["function"] == "_fail"])
        raise AssertionError

    of_each(show)


@probe("the interpreter's own dump of its stacks", "process")
def _stacks() -> None:
    with opened() as block, tempfile.TemporaryFile() as file:
        value = block.reveal(PERSON, "recipient.name")
        faulthandler.dump_traceback(file)
        file.seek(0)
        blank(file.read(), str(value))


@probe("the cache", "process")
def _cache() -> None:
    def show(thing: Any) -> Any:
        caches["default"].set("probe", thing)
        return caches["default"].get("probe")

    of_each(show)


@probe("a job's payload", "process")
def _queue() -> None:
    for thing in (SECRET, opened(), sealed(), Given(SECRET, "recipient.name")):
        with pytest.raises((ValueError, TypeError)):
            leave(next(iter(JobName)), order=thing)  # type: ignore[arg-type]


@probe("an opening after its block", "process")
def _after() -> None:
    with opened() as block:
        pass
    with pytest.raises(Closed):
        block.reveal(PERSON, "recipient.name")
    blank(vars(type(block)), SECRET)


@probe("a second field in the same opening", "process")
def _field() -> None:
    with opened() as block:
        for field in ("recipient.address", "customer.name", "recipient.*", ""):
            with pytest.raises(SealedError):
                block.reveal(PERSON, field)


def _closed_for(look: Callable[[Callable[[], object]], object]) -> None:
    """Let somebody else look while the block is open."""
    with opened() as block:

        def reveal() -> str:
            try:
                return str(block.reveal(PERSON, "recipient.name"))
            except Closed:
                return "closed"

        assert reveal() == SECRET
        assert look(reveal) == "closed"


@probe("a thread", "process")
def _thread() -> None:
    def look(reveal: Callable[[], object]) -> object:
        said: list[object] = []
        thread = threading.Thread(target=lambda: said.append(reveal()))
        thread.start()
        thread.join()
        return said[0]

    _closed_for(look)


@probe("a thread of a pool, with the caller's own context", "process")
def _pool() -> None:
    def look(reveal: Callable[[], object]) -> object:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(contextvars.copy_context().run, reveal).result()

    _closed_for(look)


@probe("a task", "process")
def _task() -> None:
    async def later(reveal: Callable[[], object]) -> object:
        return reveal()

    _closed_for(lambda reveal: asyncio.run(later(reveal)))


@probe("the garbage collector", "process")
def _collector() -> None:
    secret = "".join(reversed(SECRET)) + "x"
    with opened(secret) as block:
        assert block.reveal(PERSON, "recipient.name") == secret
    gc.collect()
    assert not [one for one in gc.get_referrers(secret) if isinstance(one, dict) and secret in one.values()]


# The shop's own tables


@probe("rows as values", "rows")
def _values() -> None:
    order = an_order()
    cells = [cell for row in Shipment.objects.values() for cell in row.values()]
    assert order.shipments.get().recipient in cells
    assert not [cell for cell in cells if isinstance(cell, (bytes, memoryview))]


@probe("raw SQL over every table", "rows")
def _sql() -> None:
    an_order()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # the tables' own names
            blobs = [cell for row in cursor.fetchall() for cell in row if isinstance(cell, bytes)]
            # The search index of the goods is bytes; nobody is in the catalog.
            assert not blobs or table.startswith("catalog_"), f"{table} keeps bytes, which may be sealed"


@probe("dumpdata", "rows")
def _dumpdata() -> None:
    order = an_order()
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    told = json.loads(out.getvalue())
    (one,) = [row["fields"] for row in told if row["model"] == "orders.order"]
    assert one["customer"].replace("-", "") == order.customer.hex
    assert not [
        name for row in told for name in row["fields"] if name in {"email", "phone", "address", "line1"}
    ]


@probe("serializers", "rows")
def _serializers() -> None:
    order = an_order()
    for kind in ("json", "xml", "python"):
        told = str(serializers.serialize(kind, [order]))
        assert order.customer.hex in told.replace("-", "")
        assert "email" not in told


@probe("a migration's own models", "rows")
def _migration() -> None:
    an_order()
    past = ProjectState.from_apps(apps).apps.get_model("shipments", "Shipment")
    (row,) = past.objects.all()
    assert type(row.recipient).__name__ == "UUID"
    assert not hasattr(row, "open")


@probe("a pickled query and its rows", "rows")
def _pickled() -> None:
    order = an_order()
    rows = pickle.loads(pickle.dumps(list(Shipment.objects.all())))  # our own bytes
    assert rows[0].recipient == order.shipments.get().recipient
