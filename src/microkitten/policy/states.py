"""How a person stands, in words that people use, and which conditions of the table hold then (P0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from microkitten.policy.closed import UnknownWord
from microkitten.policy.parts import Policy
from microkitten.policy.words import CONDITIONS, CONTRACT

#: State: the conditions that hold, and those that do not, as far as the state says.
STATES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "typing": (("unclaimed", "draft"), ("claimed",)),
        "turned-back": (("draft",), ()),
        "order-placed": (("claimed",), ("unclaimed", "draft")),
        "lapsed": (("lapsed",), ()),
        "kept-by-law": (("law", "lapsed"), ("unclaimed", "draft")),
        "consented": (("consent",), ()),
        "withdrawn": ((), ("consent",)),
        "never-consented": ((), ("consent",)),
        "signed-in": (("proven",), ()),
        "stranger": ((), ("proven", "staff")),
        "staff-signed-in": (("staff",), ("proven",)),
        "granted": (("granted",), ("proven",)),
    }
)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the person and the moment a question is about.

    `names` of STATES, `conditions` that hold besides, `age` of what is held in seconds (None: not said),
    `contract_ended` to ask as if the party's contract were over, `day` to judge it by.
    """

    names: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    age: int | None = None
    contract_ended: bool = False
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One condition: whether it holds, whether the rule needs it, and from what that is known."""

    name: str
    holds: bool
    needed: bool
    why: str
    is_said: bool


def standings(
    policy: Policy, state: State, party: str | None, needed: frozenset[str]
) -> tuple[Standing, ...]:
    """Tell of each condition whether it holds in a state.

    Raises: UnknownWord for a state or condition there is not, or a state that contradicts another.
    """
    known = _from_states(state)
    for word in state.conditions:
        if word not in CONDITIONS:
            raise UnknownWord("condition", word, tuple(CONDITIONS))
        known[word] = (True, "as you say")
    if CONTRACT not in known and party is not None and state.day is not None:
        contract = policy.parties[party].contract
        runs = contract.running(state.day)
        when = f"contract {contract.id} {'runs' if runs else 'does not run'} on {state.day}"
        known[CONTRACT] = (runs, f"{when}: from {contract.since}, until {contract.ends}")
    if state.contract_ended:
        known[CONTRACT] = (False, "as you say")
    unsaid = (False, "not said, so taken as no")
    found = ((word, *known.get(word, unsaid)) for word in CONDITIONS)
    return tuple(Standing(word, holds, word in needed, why, word in known) for word, holds, why in found)


def _from_states(state: State) -> dict[str, tuple[bool, str]]:
    known: dict[str, tuple[bool, str]] = {}
    for name in state.names:
        if name in CONDITIONS and name not in STATES:
            known[name] = (True, "as you say")
            continue
        if name not in STATES:
            raise UnknownWord("state", name, (*STATES, *CONDITIONS))
        for words, holds in zip(STATES[name], (True, False), strict=True):
            for word in words:
                if known.get(word, (holds,))[0] is not holds:
                    raise UnknownWord("state together with the others", name, tuple(STATES))
                known[word] = (holds, f"state {name}")
    return known
