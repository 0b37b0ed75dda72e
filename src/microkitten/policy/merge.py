"""Brings a store's policy up to a new release: what the merchant changed stays, the rest follows (P0, P42)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from microkitten.policy import blocks
from microkitten.policy.desk import PolicyError
from microkitten.policy.load import packaged_text, parse
from microkitten.policy.words import PROFILES

_SHIPPED = Path(__file__).with_name("shipped")
_FILE = "the upgraded policy"
#: Of [policy]: always the store's own, whatever a release says.
OWN = ("version", "date", "profile", "company")
Parts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A part that both the merchant and the release changed, or that does not fit the release any more.

    `choice` is what stands now, `mine` or `theirs`; `yours` is the merchant's text, to be put in again by hand.
    """

    part: str
    choice: str
    yours: str


@dataclass(frozen=True, slots=True)
class Merged:
    """An upgraded policy that loads: `kept` names the parts that the merchant had changed and that stand."""

    text: str
    kept: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def releases() -> dict[str, str]:
    """Return the policy each release shipped, oldest first; the last is the present one's."""
    past = sorted(_SHIPPED.glob("*.toml"), key=lambda path: int(path.stem))
    return {path.stem: path.read_text("utf-8") for path in past} | {"": packaged_text(PROFILES[0])}


def nearest(text: str) -> str:
    """Return the shipped text that a store's policy was made from: the one with most parts in common."""
    mine = blocks.blocks(text)

    def common(shipped: str) -> int:
        theirs = blocks.blocks(shipped)
        return sum(blocks.same(mine.get(name), block) for name, block in theirs.items()) - sum(
            name not in theirs for name in mine
        )

    known = list(releases().values())
    return max(reversed(known), key=common)  # of two alike the newer one


def is_untouched(text: str, shipped: str) -> bool:
    """Tell whether a policy is a shipped one but for version, date, profile, company and days of contracts."""
    mine, theirs = blocks.blocks(text), blocks.blocks(shipped)
    own, given = (blocks.entries(side.pop("policy", "")) for side in (mine, theirs))
    for key in OWN:
        own.pop(key, None)
        given.pop(key, None)
    return all(
        one.keys() == other.keys() and all(blocks.same(text, other[name]) for name, text in one.items())
        for one, other in ((mine, theirs), (own, given))
    )


def merge(base: str, mine: str, theirs: str, finish: Callable[[str], str]) -> Merged:
    """Merge three texts of a policy: the shipped one it began from, the store's, the new release's.

    Parts nobody but the release changed become the release's; the merchant's stay. Where both changed a part, or
    the merchant's does not load any more, it is a conflict: the merchant's is kept if the whole loads with it.

    Params: `finish` sets version and date of the result. Raises: PolicyError if even the release's own text does
    not load with the store's profile and company, which would be our mistake.
    """
    sides = tuple(blocks.blocks(text) for text in (base, mine, theirs))
    choice = _chosen(*sides)
    _, my, their = sides
    while True:
        text = finish(blocks.joined(_ordered(choice.parts, my, their)))
        if not _problems(text):
            return Merged(text, tuple(choice.kept), tuple(choice.conflicts))
        choice = _without_one(choice, my, their, finish)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which text stands for each part so far; `kept` and `conflicts` are those that the merchant had changed."""

    parts: Parts
    kept: tuple[str, ...]
    conflicts: tuple[Conflict, ...]

    def giving_up(self, name: str, my: Parts, their: Parts) -> _Choice:
        """Take the release's text for a part after all."""
        parts = {key: text for key, text in self.parts.items() if key != name}
        if name in their:
            given = _policy_of(my[name], their[name]) if name == "policy" and name in my else their[name]
            parts[name] = blocks.with_days_of(given, my.get(name))
        others = tuple(one for one in self.conflicts if one.part.partition(": ")[0] != name)
        given_up = Conflict(name, "theirs", my.get(name, "(taken out)"))
        return replace(
            self, parts=parts, kept=tuple(one for one in self.kept if one != name), conflicts=(*others, given_up)
        )  # fmt: skip


def _chosen(base: Parts, mine: Parts, theirs: Parts) -> _Choice:
    parts: Parts = {}
    kept: list[str] = []
    conflicts: list[Conflict] = []
    for name in {**theirs, **mine}:
        was, my, their = base.get(name), mine.get(name), theirs.get(name)
        if name == "policy" and my is not None and their is not None:
            their = _policy_of(my, their)  # what is each store's own is no change
            was = _policy_of(my, was) if was is not None else None
        their = blocks.with_days_of(their, my) if their is not None else None
        text, both = _one(was, my, their)
        if both and was is not None and my is not None and their is not None:
            text, keys = _by_entries(was, my, their)
            conflicts += [Conflict(f"{name}: {key}", "mine", my) for key in keys]
        elif both:
            conflicts.append(Conflict(name, "mine", my or "(taken out)"))
        if text is not None:
            parts[name] = text
        if not blocks.means_same(my, was):
            kept.append(name)
    return _Choice(parts, tuple(kept), tuple(conflicts))


def _one(was: str | None, my: str | None, their: str | None) -> tuple[str | None, bool]:
    """Return which of three stands (None: the part goes), and whether both sides changed it."""
    if blocks.means_same(my, was):
        return (my if blocks.same(their, was) else their), False
    if blocks.means_same(their, was) or blocks.means_same(my, their):
        return my, False
    return my, True


def _by_entries(was: str, my: str, their: str) -> tuple[str, list[str]]:
    """Merge one part key by key; returns it with the keys that both sides changed."""
    sides = [blocks.entries(text) for text in (was, my, their)]
    parts: Parts = {}
    both: list[str] = []
    for key in {**sides[2], **sides[1]}:
        text, is_conflict = _one(*(side.get(key) for side in sides))
        if text is not None:
            parts[key] = text
        both += [key] if is_conflict else []
    return blocks.joined(_ordered(parts, sides[1], sides[2])), both


def _policy_of(mine: str, theirs: str) -> str:
    """Return the release's [policy] with the lines that are each store's own."""
    own = blocks.entries(mine)
    return blocks.joined(
        {key: own[key] if key in OWN and key in own else text for key, text in blocks.entries(theirs).items()}
    )


def _ordered(parts: Mapping[str, str], mine: Parts, theirs: Parts) -> Parts:
    """Order parts as the release does; what only the store has comes after its neighbor there."""
    order = [name for name in theirs if name in parts]
    before = ""
    for name in mine:
        if name in parts and name not in theirs:
            order.insert(order.index(before) + 1 if before in order else len(order), name)
        before = name if name in parts else before
    return {name: parts[name] if parts[name].endswith("\n") else parts[name] + "\n" for name in order}


def _without_one(choice: _Choice, my: Parts, their: Parts, finish: Callable[[str], str]) -> _Choice:
    """Give up the one changed part without which fewest problems remain; conflicts before others."""
    given_up = {one.part for one in choice.conflicts if one.choice == "theirs"}
    conflicting = [one.part.partition(": ")[0] for one in choice.conflicts if one.choice == "mine"]
    names = [name for name in dict.fromkeys([*conflicting, *choice.kept]) if name not in given_up]
    if not names:
        parse(finish(blocks.joined(_ordered(choice.parts, my, their))), file=_FILE)
        raise AssertionError("a policy with problems was loaded")
    tried = {}
    for name in names:
        without = choice.giving_up(name, my, their)
        tried[name] = _problems(finish(blocks.joined(_ordered(without.parts, my, their))))
        if not tried[name]:
            break
    return choice.giving_up(min(tried, key=lambda name: tried[name]), my, their)


def _problems(text: str) -> int:
    try:
        parse(text, file=_FILE)
    except PolicyError as error:
        return len(error.problems)
    return 0


def finisher(mine: str, *, used: tuple[str, ...], day: date) -> Callable[[str], str]:
    """Return how an upgraded text gets its version, the next after those `used`, and its date, not before mine."""
    from microkitten.policy.versions import renumbered  # late: it opens files, and most callers need none

    own = blocks.entries(blocks.blocks(mine).get("policy", ""))
    since = own.get("date", "").partition("=")[2].partition("#")[0].strip()
    begins = max(day.isoformat(), since) if len(since) == 10 else day.isoformat()
    return lambda text: renumbered(text, used=used, day=date.fromisoformat(begins))
