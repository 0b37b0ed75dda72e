"""Everything that could be carried off as bytes or as a copy: pickles, JSON, texts, caches, sessions, log lines."""

from __future__ import annotations

import copy
import csv
import io
import json
import logging
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context, Engine

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Given, Sealed, SealedError
from microkitten.web.logs import Plain
from tests.outside import disclose
from tests.violations.attempts import attempt, control, nothing
from tests.violations.world import World

REFUSED = (SealedError, TypeError, AttributeError, pickle.PicklingError)


def things(world: World) -> dict[str, Any]:
    """Return one of each kind that has, or leads to, a value or a right."""
    name = str(world.anna.values[world.recipient, "recipient.name"])
    return {
        "reference": Sealed(world.recipient, "recipient.name"),
        "typed": Given(name, "recipient.name"),
        "disclosure": disclose("mail", "confirm", fields={"customer.name": name}),
        "opening": None,
        "order-pass": world.anna.order_pass,
        "staff-pass": door.check_staff(world.shipping.token),
        "actor": world.shipping,
        "purpose": purpose.deliver,
    }


def of(kind: str, act: Callable[[Any], object]) -> Callable[[World], object]:
    """Do something to a thing; an opening is in its block meanwhile."""

    def tried(world: World) -> object:
        if kind != "opening":
            return act(things(world)[kind])
        with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
            return act(found)

    return tried


KINDS = ("reference", "typed", "disclosure", "opening", "order-pass", "staff-pass", "actor", "purpose")
CARRIED: dict[str, Callable[[Any], object]] = {
    "pickled": pickle.dumps,
    "pickled-of-old": lambda it: pickle.dumps(it, 0),
    "as-json": json.dumps,
    "as-djangos-json": lambda it: json.dumps(it, cls=DjangoJSONEncoder),
    "in-a-session": lambda it: signing.dumps({"it": it}, key="k"),
}
for kind_ in KINDS:
    for how_, act_ in CARRIED.items():
        says_ = "travel|not JSON serializable|is a reference|does not change|JSON"
        attempt("pickle", f"P35-{kind_}-{how_}", of(kind_, act_), says_, *REFUSED)
for kind_ in ("reference", "typed", "disclosure", "opening", "order-pass", "staff-pass", "actor"):
    attempt(
        "pickle", f"P35-{kind_}-deeply-copied", of(kind_, copy.deepcopy), "travel|no copy|reference", *REFUSED
    )

# What a reference must not become.
BECOMES: dict[str, Callable[[Any], object]] = {
    "str": str,
    "format": lambda it: f"{it:>20}",
    "f-string": lambda it: f"{it}",
    "percent": lambda it: "%s" % it,  # noqa: UP031 # the act
    "joined": lambda it: "".join(["a", it]),
    "added": lambda it: "a" + it,
    "bytes": bytes,
    "truth": bool,
    "equal": lambda it: it == "Anna",
    "unequal": lambda it: it != "Anna",
    "less": lambda it: sorted([it, it]),
    "hash": lambda it: {it: 1},
    "in": lambda it: "A" in it,
    "length": len,
    "list": list,
    "index": lambda it: it[0],
    "number": int,
    "float": float,
    "in-a-csv": lambda it: csv.writer(io.StringIO()).writerow([it]),
    "in-a-template-of-django": lambda it: (
        Engine(debug=True).from_string("{{ it }}").render(Context({"it": it}))
    ),
}
for how_, act_ in BECOMES.items():
    attempt(
        "pickle", f"P35-reference-as-{how_}", of("reference", act_), "reference|not|expected str", *REFUSED
    )


def shown(act: Callable[[Any], object]) -> Callable[[Any], object]:
    """Show a thing; what is shown must hold nobody's value and no pass."""

    def tried(thing: Any) -> object:
        text = str(act(thing))
        for secret in ("token", "_signed"):
            assert str(getattr(thing, secret, None) or "\0") not in text
        return nothing(f"shows {text[:200]!r}")

    return tried


def trace(it: Any) -> str:
    """Return what an error page with its frames' values would show."""
    try:
        raise RuntimeError
    except RuntimeError as error:
        shown_ = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(shown_.format())


def logged(it: Any) -> str:
    """Return the line that a log would have."""
    record = logging.LogRecord("shop", logging.ERROR, "x", 1, "what about %r", (it,), None)
    return Plain().format(record)


def failed(it: Any) -> str:
    """Return the line for an error that quotes it."""
    try:
        raise ValueError(repr(it))
    except ValueError:
        return Plain().format(logging.LogRecord("shop", logging.ERROR, "x", 1, "failed", (), sys.exc_info()))


for how_, act_ in {"repr": repr, "traceback": trace, "log": logged, "error-in-a-log": failed}.items():
    for kind_ in KINDS[:7]:
        attempt("pickle", f"P27-{kind_}-by-{how_}", of(kind_, shown(act_)), "^Nothing: shows", needs="vault")


def forged(text: bytes) -> Callable[[World], object]:
    """Read a pickle that was made elsewhere."""
    return lambda _world: pickle.loads(text)


FORGED = {
    "P11-a-forged-pickle-that-makes-a-purpose": b"cmicrokitten.policy.closed\nPurpose\n(S'offers'\ntR.",
    "P11-a-forged-pickle-past-the-constructor": b"ccopy_reg\n_reconstructor\n(cmicrokitten.policy.closed\nPurpose\n"
    b"c__builtin__\nobject\nNtR.",
    "P11-a-forged-pickle-of-an-opening": b"cmicrokitten.vault.opened\nOpened\n(NtR.",
    "P22-a-forged-pickle-of-a-disclosure": b"cmicrokitten.vault.disclosure\nDisclosure\n(NS'x'\nS'y'\ntR.",
    "P11-a-forged-pickle-that-closes-anew": b"cmicrokitten.policy.closed\nclose\n(S'offers'\ntR.",
}
for name_, text_ in FORGED.items():
    says_ = "cannot be made|abstract|missing|only the|is closed"
    attempt("pickle", name_, forged(text_), says_, *REFUSED, RuntimeError)


def rightly(world: World) -> None:
    """What may travel does: an id, a purpose's name."""
    assert json.loads(json.dumps([str(world.recipient), str(purpose.deliver)]))[1] == "deliver"
    assert pickle.loads(pickle.dumps(world.recipient)) == world.recipient


control("pickle", rightly)
