"""What an attempt is, the list of all of them, and how each has ended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from microkitten.vault.types import Refused

Act = Callable[[Any], object]


class SaidNo(Exception):
    """The store answered no, in the words given; for what answers by a page, a closed line or an exit code."""


class Nothing(Exception):
    """The act went through and gained nothing: neither a value nor a trace of one."""


@dataclass(frozen=True)
class Attempt:
    """One act against the policy: who must refuse it with which words, and what it takes (`needs` a fixture)."""

    name: str
    kind: str
    act: Act
    by: tuple[type[BaseException], ...]
    says: str
    needs: str


ALL: dict[str, Attempt] = {}
CONTROLS: dict[str, tuple[str, Act]] = {}
ENDED: dict[str, str] = {}

# What is not stopped today, said plainly; nothing of it is counted as refused.
GAPS: Mapping[str, str] = {
    "way-out-of-web": "code in the web process can open a socket to any host: network rules by user are not built, "
    "so what one opening shows it could send",
    "inside-an-opening": "Python that holds an opening reads its private parts while the block lasts: there is no "
    "wall inside a process; the ledger has the entry before the value is there",
    "plain-text-column": "an action that reveals a value could write it into a text column of the shop's database: "
    "classification and canaries find it in a run of the tests, the database does not",
    "next-values-typed": "code in the web process sees the values of the forms it handles before they are sealed, "
    "and can say any input of its own actors",
    "key-of-a-provider": "code in the worker could teach it another key for disclosures; that process may send anyway",
    "made-up-shape": "a told fact has the shape of its name, and a word without blanks fits a payment's reference",
    "link-in-a-theme": "a theme's template may put {% personal %} into a link to another host, which a person would "
    "have to press: templates are code of the store's own",
    "killed-within-a-minute": "a vault that is killed forgets how many more refusals of one kind came in that minute; "
    "the first of them is on disk",
    "one-user-for-all": "a store started by one user has no wall between its processes' files; `check` says so in red",
    "own-schema": "code in the web process may alter the shop's own tables: they hold ids and money",
}


def attempt(
    kind: str, name: str, act: Act, says: str, *by: type[BaseException], needs: str = "vault"
) -> None:
    """Add an attempt; without `by` the vault itself refuses it."""
    assert name not in ALL, f"{name} stands twice"
    ALL[name] = Attempt(name, kind, act, by or (Refused,), says, needs)


def control(kind: str, act: Act, needs: str = "vault") -> None:
    """Add what a kind does rightly: it must succeed, or the refusals have shown nothing."""
    CONTROLS[kind] = (needs, act)


def words_of(error: BaseException) -> str:
    """Return what a refusal says: for the vault's, why with rule and statement."""
    if isinstance(error, Refused):
        assert error.why, "a refusal without a reason"
        assert re.fullmatch(r"P\d+[a-z]?", error.statement), "a refusal that quotes no statement"
        return f"{error.why} [{error.rule or 'no rule'}, {error.statement}]"
    return f"{type(error).__name__}: {error}"


def judge(one: Attempt, world: Any) -> str:
    """Try it. Returns what was said; raises AssertionError if it went through or was refused without words."""
    try:
        got = one.act(world)
    except (*one.by, SaidNo, Nothing) as error:
        said = words_of(error)
        ENDED[one.name] = "gained nothing" if isinstance(error, Nothing) else "refused"
    else:
        ENDED[one.name] = "went through"
        raise AssertionError(f"{one.name} went through: {got!r:.200}")
    assert re.search(one.says, said), f"{one.name} was refused with other words: {said}"
    return said


def no(said: str) -> NoReturn:
    """Say that the store refused."""
    raise SaidNo(said)


def nothing(said: str) -> NoReturn:
    """Say that the act gained nothing."""
    raise Nothing(said)


def tally() -> dict[str, Counter[str]]:
    """Return by kind how many were tried, and how they ended."""
    found: dict[str, Counter[str]] = {}
    for name, ended in ENDED.items():
        found.setdefault(ALL[name].kind, Counter()).update(["tried", ended])
    return found
