"""Figures that the ledger itself gives: what went out to whom, what was used for what, and that nothing was sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from microkitten.policy.render import ENGLISH, Words
from microkitten.policy.words import FACTS
from microkitten.vault import door

DISCLOSED = "disclosure"
UNTOLD = ""  # the party of what went out before the ledger was counted by party


@dataclass(frozen=True, slots=True)
class Handed:
    """How often a party got something within a month, for a purpose, and what it gave for it."""

    month: str
    month_words: str
    party: str
    title: str
    purpose: str
    purpose_title: str
    purpose_inside: str
    entries: int
    consideration: str


@dataclass(frozen=True, slots=True)
class NeverSold:
    """All hand-overs by month and party; `sold` counts those for which anything was given in return."""

    handed: tuple[Handed, ...]
    totals: tuple[tuple[str, str, int], ...]
    total: int
    sold: int
    most: int
    checkpoint: str

    @property
    def size(self) -> str:
        """How many entries the checkpoint sums up."""
        return self.checkpoint.splitlines()[1]


@dataclass(frozen=True, slots=True)
class Triple:
    """An allowed hand-over (party, purpose, group) and how often the ledger has seen one of that party and purpose.

    `untold` are those of the purpose to whichever party, from before the ledger was counted by party.
    """

    party: str
    title: str
    purpose: str
    purpose_title: str
    group_title: str
    things: str
    rule: str
    entries: int
    untold: int


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose on the page, in the table and in the ledger: the three that must be one list (P11)."""

    name: str
    title: str
    why: str
    groups: tuple[str, ...]
    rows: int
    kinds: tuple[tuple[str, int], ...]
    entries: int


@dataclass(frozen=True, slots=True)
class Uses:
    """The closed list, and whatever the ledger has beside it; `strange` would be purposes that no page names."""

    uses: tuple[Use, ...]
    strange: tuple[str, ...]
    unnamed: int


def never_sold(words: Words = ENGLISH) -> NeverSold:
    """Count what went out, from the ledger's own tallies (P20)."""
    policy, counts = settings.POLICY, door.counts()
    handed = tuple(
        Handed(
            month=one.month,
            month_words=words.month(one.month),
            party=one.party,
            title=_party_title(one.party, words),
            purpose=one.purpose,
            purpose_title=_purpose_title(one.purpose, words),
            purpose_inside=_purpose_title(one.purpose, words, inside=True),
            entries=one.entries,
            consideration=_consideration(one.party),
        )
        for one in sorted(counts, key=lambda one: (one.month, one.party, one.purpose))
        if one.kind == DISCLOSED
    )
    totals = Counter({name: 0 for name in policy.parties})
    for one in handed:
        totals[one.party] += one.entries
    return NeverSold(
        handed=handed,
        totals=tuple((name, _party_title(name, words), entries) for name, entries in totals.items()),
        total=sum(totals.values()),
        sold=sum(one.entries for one in handed if one.consideration != "none"),
        most=max((one.entries for one in handed), default=1),
        checkpoint=door.checkpoint(),
    )


def never_sold_json() -> dict[str, Any]:
    """Return the same figures for machines; `checkpoint` binds them to the ledger."""
    found = never_sold()
    return {
        "policy": settings.POLICY.hash,
        "never": list(settings.POLICY.never),
        "sold": found.sold,
        "disclosures": [
            {
                "month": one.month, "party": one.party, "purpose": one.purpose, "entries": one.entries,
                "consideration": one.consideration,
            }
            for one in found.handed
        ],
        "total": found.total,
        "checkpoint": found.checkpoint,
    }  # fmt: skip


def triples(words: Words = ENGLISH) -> tuple[Triple, ...]:
    """List each allowed hand-over with how often it was made; one that never was says 0 (P22)."""
    policy, made = settings.POLICY, _made()
    found = []
    for rule in policy.rules.values():
        if rule.party is None:
            continue
        groups: dict[str, list[str]] = {}
        for name in rule.fields:
            entry = policy.field(name)
            groups.setdefault(words.told(policy.groups[entry.group].title), []).append(
                words.told(entry.title)
            )
        if rule.facts:
            about = words.say("About the purchase, and about nobody")
            groups[about] = [words.say(FACTS[fact]) for fact in rule.facts]
        found += [
            Triple(
                party=rule.party,
                title=words.told(policy.parties[rule.party].title),
                purpose=str(rule.purpose),
                purpose_title=words.told(policy.purposes[str(rule.purpose)].title),
                group_title=title,
                things=words.listed(things),
                rule=rule.id,
                entries=made[rule.party, str(rule.purpose)],
                untold=made[UNTOLD, str(rule.purpose)],
            )
            for title, things in groups.items()
        ]
    return tuple(found)


def uses(words: Words = ENGLISH) -> Uses:
    """Compare page, table and ledger: the purposes named, the rows they have, the entries made for them (P11)."""
    policy, counts = settings.POLICY, door.counts()
    rows = Counter(str(why) for (_, _, why, _, _) in policy.table.rows)
    listed = tuple(
        Use(
            name=name,
            title=words.told(entry.title),
            why=words.told(entry.why),
            groups=_groups_of(name, words),
            rows=rows[name],
            kinds=_kinds([one for one in counts if one.purpose == name]),
            entries=sum(one.entries for one in counts if one.purpose == name),
        )
        for name, entry in policy.purposes.items()
    )
    strange = sorted({one.purpose for one in counts if one.purpose and one.purpose not in policy.purposes})
    unnamed = sum(one.entries for one in counts if not one.purpose)
    return Uses(listed, tuple(strange), unnamed)


def _made() -> Counter[tuple[str, str]]:
    made = Counter[tuple[str, str]]()
    for one in door.counts():
        if one.kind == DISCLOSED:
            made[one.party, one.purpose] += one.entries
    return made


def _kinds(counts: Sequence[Any]) -> tuple[tuple[str, int], ...]:
    kinds = Counter[str]()
    for one in counts:
        kinds[one.kind] += one.entries
    return tuple(kinds.items())


def _groups_of(purpose: str, words: Words) -> tuple[str, ...]:
    policy = settings.POLICY
    names = [name for rule in policy.rules.values() if str(rule.purpose) == purpose for name in rule.fields]
    return tuple(dict.fromkeys(words.told(policy.group_of(name).title) for name in names))


def _purpose_title(name: str, words: Words, *, inside: bool = False) -> str:
    entry = settings.POLICY.purposes.get(name)
    if entry is None:
        return name
    return words.midway(entry.title) if inside else words.told(entry.title)


def _party_title(name: str, words: Words) -> str:
    if name == UNTOLD:
        return words.say("by an earlier release, which did not count by party")
    entry = settings.POLICY.parties.get(name)
    return words.told(entry.title) if entry else name


def _consideration(party: str) -> str:
    """What a party gave in return: a party that is on the list no more was on it under the same closed word."""
    entry = settings.POLICY.parties.get(party)
    return entry.consideration if entry else "none"
