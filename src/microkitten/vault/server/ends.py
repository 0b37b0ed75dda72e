"""Until when a record can be opened for what: told to the person on their page, and to the merchant in counts (P7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from microkitten.policy import Policy, purpose
from microkitten.policy.words import BOOKS, LAW

if TYPE_CHECKING:
    from microkitten.vault.server.work import Record, Work

OPENING: Final = ("use", "disclose")
OF_AN_ORDER: Final = frozenset({"claimed", LAW})  # what no order has claimed is neither


class _Right(NamedTuple):
    """A right of the shop's to open a group or hand it over: for what, for how long, and on which conditions."""

    purpose: str
    within: int | None
    is_law: bool
    is_of_an_order: bool


_known: Final[dict[tuple[str, str], tuple[_Right, ...]]] = {}  # by policy and group: asked at each look


def _rights(policy: Policy, group: str) -> tuple[_Right, ...]:
    """Return the shop's rights to a group; the person's own look at it is not counted."""
    if (policy.hash, group) not in _known:
        _known[policy.hash, group] = _read(policy, group)
    return _known[policy.hash, group]


def _read(policy: Policy, group: str) -> tuple[_Right, ...]:
    fields = set(policy.fields_of(group))
    return tuple(
        _Right(
            rule.purpose.name,
            None if rule.within is None else rule.within.seconds_max(),
            LAW in rule.when,
            bool(rule.when & OF_AN_ORDER),
        )
        for rule in policy.rules.values()
        if rule.act in OPENING
        and rule.actors != ("person",)
        and rule.purpose is not purpose.rights
        and not fields.isdisjoint(rule.fields)
    )


def uses(work: Work, record: Record) -> dict[str, int]:
    """Return by purpose when the shop's last right ends to open the group or to hand it over."""
    ends = dict[str, int]()
    for right in _rights(work.vault.policy, record.group):
        if record.claimed_at is None and right.is_of_an_order:
            continue
        end = record.until_at if right.is_law else record.lapse_at
        if right.within is not None and record.claimed_at is not None:
            end = min(end, record.claimed_at + right.within)
        if end > work.at:
            ends[right.purpose] = max(ends.get(right.purpose, 0), end)
    return ends


def told(work: Work, record: Record) -> dict[str, int | None]:
    """Return until when a record serves daily work (None: no more), and until when the books keep of it what they need
    (None: nothing).
    """
    daily = [end for why, end in uses(work, record).items() if why not in BOOKS]
    group = work.vault.policy.groups[record.group]
    kept = record.until_at if group.law is not None and record.claimed_at is not None else None
    return {"usable": max(daily, default=None), "kept": kept}
