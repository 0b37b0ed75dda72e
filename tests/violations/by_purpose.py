"""Purposes made up: by name, by kind, by look, from another copy of the module; none of them opens anything."""

from __future__ import annotations

import copyreg
import importlib.util
import sys
from collections.abc import Callable

from django.conf import settings

from microkitten import policy
from microkitten.policy import Purpose, Question, UnknownWord, closed, purpose
from microkitten.vault.types import Refused, SealedError, VaultAway
from tests.violations.attempts import attempt, control, no
from tests.violations.by_shell import look


def subclass() -> object:
    """Make a kind of purpose of one's own."""
    return type("Offers", (Purpose,), {})


def other_module() -> object:
    """Close a second list of purposes in a second copy of the module, and ask the table with one of them."""
    found = importlib.util.spec_from_file_location("closed_again", closed.__file__)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["closed_again"] = module  # its annotations are looked up there
    try:
        found.loader.exec_module(module)
        module.close("deliver", "offers")
        asked = Question(
            "recipient.name", module.Purpose.named("deliver"), "shipping", None, frozenset(), "use", 0
        )
        decided = policy.decide(settings.POLICY, asked)
    finally:
        del sys.modules["closed_again"]
    return no(decided.why) if not decided.allowed else decided


class Posing:
    """Says the name of another purpose."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name

    def __hash__(self) -> int:
        return hash(purpose.deliver)

    def __eq__(self, other: object) -> bool:
        return True


def posing_at_the_table() -> object:
    """Ask the table with something that is equal to every purpose."""
    asked = Question("recipient.name", Posing("deliver"), "web:orders", None, frozenset(), "use", 0)  # type: ignore[arg-type] # the act
    decided = policy.decide(settings.POLICY, asked)
    return no(decided.why) if not decided.allowed else decided


class Word(str):
    """A text that says it is another one."""

    __slots__ = ()


PURPOSES: dict[str, tuple[Callable[[], object], type[BaseException] | None, str]] = {
    "P11-a-purpose-made": (lambda: Purpose("offers"), TypeError, "cannot be made"),
    "P11-a-purpose-by-object-new": (lambda: object.__new__(Purpose), TypeError, "abstract"),
    "P11-a-purpose-subclassed": (subclass, TypeError, "no subclasses"),
    "P11-a-purpose-named-offers": (lambda: Purpose.named("offers"), UnknownWord, "unknown purpose 'offers'"),
    "P11-a-purpose-by-a-kind-of-text": (lambda: Purpose.named(Word("deliver")), UnknownWord, "unknown purpose"),
    "P11-a-purpose-renamed": (lambda: setattr(purpose.bill, "name", "offers"), AttributeError, "does not change"),
    "P11-a-purpose-without-name": (lambda: delattr(purpose.bill, "name"), AttributeError, "does not change"),
    "P11-the-list-closed-anew": (lambda: closed.close("offers"), RuntimeError, "is closed"),
    "P11-a-purpose-by-copyreg": (
        lambda: copyreg.__newobj__(Purpose), TypeError, "cannot be made",
    ),
    "P11-a-purpose-of-another-module": (other_module, None, "no row"),
    "P11-something-equal-to-a-purpose": (posing_at_the_table, None, "no row|unhashable"),
    "P11-a-purpose-called": (lambda: purpose.deliver(), TypeError, "not callable"),  # type: ignore[operator] # the act
}  # fmt: skip
for name_, (bare, by_, says_) in PURPOSES.items():
    attempt("purpose", name_, lambda _world, bare=bare: bare(), says_, *([by_] if by_ else [SealedError]))
for said in ("offers", "statistics", "DELIVER", "deliver ", "*", "deliver,rights"):
    attempt(
        "purpose", f"P11-over-the-door-{said!r}",
        lambda world, said=said: look(world, Posing(said)), "purpose|malformed", Refused, VaultAway,
    )  # fmt: skip
attempt("purpose", "P11-the-right-name-by-the-wrong-actor", lambda w: look(w, Posing("deliver")), "no row")
attempt("purpose", "P11-a-purpose-as-plain-text", lambda w: look(w, "rights"), "no row")
control("purpose", lambda world: look(world, Purpose.named("deliver"), world.shipping))
