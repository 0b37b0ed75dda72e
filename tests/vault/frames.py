"""Frames for fuzzing: batches as the door writes them for every verb there is, and the same with something wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from microkitten.policy import Policy, Purpose
from microkitten.policy.words import ACTORS, PEOPLE
from microkitten.vault import wire
from microkitten.vault.ids import uuid7
from microkitten.vault.server import shapes
from microkitten.vault.server.verbs import VERBS

Values = st.SearchStrategy[Any]
JSON: Values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def batches(policy: Policy, persons: Sequence[UUID], tokens: Sequence[str]) -> Values:
    """Yield batches that are well formed, by anybody, about people who are there and who are not."""
    shaped = _shaped(policy, persons, tokens)
    asks: list[Values] = []
    for name, verb in VERBS.items():
        parts = {part: shaped.get(shape, JSON) for part, shape in verb.shape.items()}
        asks.append(st.fixed_dictionaries({"do": st.just(name), **parts}))
    actor = st.fixed_dictionaries(
        {"name": st.sampled_from([*ACTORS, "root", ""]), "token": st.sampled_from(["", "x", *tokens])}
    )
    several = st.lists(st.one_of(asks), min_size=1, max_size=4)
    one = st.one_of(asks).map(lambda ask: [ask])
    return st.fixed_dictionaries({"by": actor | st.none(), "asks": one | several})


def _shaped(
    policy: Policy, persons: Sequence[UUID], tokens: Sequence[str]
) -> dict[Callable[[Any], Any], Values]:
    """Return for each shape what fits it, most of it known to the vault."""
    fields = sorted(policy.fields)
    sources = sorted({form for one in policy.fields.values() for form in (*one.forms, *one.compares)})
    words = st.sampled_from([*map(str, Purpose.every()), *PEOPLE, *policy.parties, *fields, *sources, "x"])
    person = st.sampled_from([one.hex for one in persons]) | st.uuids().map(lambda one: one.hex)
    text = st.text(max_size=60) | st.sampled_from(["a@example.com", "4242424242424242", "visitor", *tokens])
    address = st.dictionaries(st.sampled_from(["line1", "city", "country"]), text, max_size=3)
    given = st.tuples(text | address | st.lists(text, max_size=3), st.sampled_from(sources)).map(list)
    field = st.sampled_from(fields)
    return {
        shapes.word: words,
        shapes.short: text.map(lambda one: one[:200]),
        shapes.text: text,
        shapes.number: st.integers(0, 2**53),
        shapes.identity: person,
        shapes.identities: st.lists(person, max_size=4, unique=True),
        shapes.words: st.lists(field, max_size=4, unique=True),
        shapes.given: given,
        shapes.given_values: st.dictionaries(field, given, min_size=1, max_size=3),
        shapes.wanted: st.dictionaries(person, st.lists(field, max_size=3, unique=True), max_size=3),
        shapes.facts: st.dictionaries(words, st.integers(-5, 5) | text, max_size=2),
    }


def spoilt(batch: Values) -> Values:
    """Yield the batches as they are, and with one thing taken away, put in, or put in another's place."""
    return st.builds(_spoil, batch, st.integers(0, 5), st.integers(0, 10_000), JSON)


def _spoil(batch: dict[str, Any], how: int, where: int, other: Any) -> dict[str, Any]:
    message = {**wire.decode(_encoded(batch)), "id": uuid7().hex}
    if how < 2:
        return message
    places = list(_places(message))
    holder, key = places[where % len(places)]
    if how == 2:
        holder[key] = other
    elif how == 3:
        del holder[key]
    elif how == 4 and type(holder) is dict:
        holder[str(other)[:20]] = holder[key]
    else:
        elsewhere, name = places[(where * 7 + 1) % len(places)]
        holder[key] = wire.decode(_encoded(elsewhere[name]))
    return message


def _places(node: Any) -> Any:
    """Yield each place in a message: what holds it, and under which key."""
    inner = node.items() if type(node) is dict else enumerate(node) if type(node) is list else ()
    for key, value in list(inner):
        yield node, key
        yield from _places(value)


def _encoded(message: Any) -> bytes:
    """Write a message; what cannot be written is nobody's to send."""
    try:
        return wire.encode(message)
    except wire.Malformed:
        return b"null"


def frame(message: Any) -> bytes:
    """Return a frame with its length."""
    data = _encoded(message)
    return len(data).to_bytes(4, "big") + data


def damaged(whole: Values) -> Values:
    """Yield frames with bytes changed, cut off, put in, or of another length than they say."""
    return st.builds(_damage, whole, st.integers(0, 5), st.integers(0, 100_000), st.binary(max_size=64))


def _damage(data: bytes, how: int, where: int, noise: bytes) -> bytes:
    at = where % len(data)
    match how:
        case 0:
            return data[:at] + noise[:1] + data[at + 1 :]
        case 1:
            return data[:at]
        case 2:
            return data[:at] + noise + data[at:]
        case 3:
            return noise + data
        case 4:
            return where.to_bytes(4, "big") + data[4:]
        case _:
            return len(noise).to_bytes(4, "big") + noise
