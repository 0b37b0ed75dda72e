"""The calendar of ends: how many records lapse and leave in which month, and how old the addresses are that can still
be opened to ship; counts, and nobody (P7)."""

from __future__ import annotations

from typing import Any, Final

from microkitten.policy.words import ENDS_FOR_STAFF, PASSES
from microkitten.vault.server.clock import moment
from microkitten.vault.server.work import Work

DAY_SECONDS: Final = 86_400  # stands in the statements as well
ASKERS: Final = frozenset({"operator", "merchant"})


def calendar(work: Work) -> dict[str, Any]:
    """Count by group. Returns: for each what `lapses` (daily use ends) and `leaves` (it goes), by month, and how many
    are `held`; `ages`, in weeks since the order, of what may still be opened to ship. Raises: Refusal.
    """
    if work.actor not in ASKERS:
        work.refuse("actor")
    if work.actor in PASSES and work.actor not in work.roles():
        work.refuse("pass")
    if not work.vault.limits.allow("calendar"):
        work.refuse("rate")
    groups = {
        name: {"held": 0, "lapses": dict[str, int](), "leaves": dict[str, int]()}
        for name in work.vault.policy.groups
    }
    for group, lapse, until, count in work.vault.database.rows(
        "SELECT group_name, lapse_at / 86400, until_at / 86400, COUNT(*) FROM vault_record"
        " WHERE until_at > ? GROUP BY 1, 2, 3",
        work.at,
    ):
        told: dict[str, Any] | None = groups.get(group)
        if told is None:
            continue  # of a policy that has been replaced; the sweeper knows it
        told["held"] += count
        if (lapse + 1) * DAY_SECONDS > work.at:
            _add(told["lapses"], lapse, count)
        _add(told["leaves"], until, count)
    return {"at": work.at, "groups": groups, "ages": _ages(work)}


def _add(months: dict[str, int], day: int, count: int) -> None:
    month = moment(day * DAY_SECONDS).date().isoformat()[:7]
    months[month] = months.get(month, 0) + count


def _ages(work: Work) -> list[int]:
    """Return how many addresses are in their first, second, third week since the order, and so on."""
    weeks: list[int] = []
    for group in sorted(ENDS_FOR_STAFF & work.vault.policy.groups.keys()):
        for week, count in work.vault.database.rows(
            "SELECT (? - claimed_at) / 604800, COUNT(*) FROM vault_record"
            " WHERE group_name = ? AND claimed_at > ? AND lapse_at > ? GROUP BY 1",
            work.at, group, work.at - _right(work, group), work.at,
        ):  # fmt: skip
            weeks += [0] * (week + 1 - len(weeks))
            weeks[week] += count
    return weeks


def _right(work: Work, group: str) -> int:
    """Return for how many seconds after the order staff may open a group at the longest."""
    policy = work.vault.policy
    fields = set(policy.fields_of(group))
    ends = [
        (rule.within or policy.groups[group].life).seconds_max()
        for rule in policy.rules.values()
        if rule.act == "use" and set(rule.actors) & PASSES.keys() - {"person"} and fields & set(rule.fields)
    ]
    return max(ends, default=0)
