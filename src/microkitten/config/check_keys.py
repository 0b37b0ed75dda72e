"""Checks that the vault's keys survive a lost disk: a second place, up to date, whose loss has been rehearsed (P35)."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from microkitten.config import processes
from microkitten.config.store import Serving
from microkitten.web.store import Store

REHEARSED_DAYS_MAX = 180


@dataclass(frozen=True, slots=True)
class Found:
    """One finding; `severity` is a word of `check.Severity`."""

    id: str
    severity: str
    what: str
    remedy: str


def check(store: Store, serving: Serving) -> Iterator[Found]:
    """Yield what is wrong with the places of the keys; a warning in a sample store, an error in any other."""
    if len(serving.places) < 2:
        what = "the vault's keys lie in one place: if it is lost, everything sealed is lost"
        remedy = "name a folder on another disk in vault.replicas (docs/operating/keys.md)"
        if store.sample and not (store.folder / "vault").exists():
            yield Found(
                "N024", "note", what, remedy
            )  # nobody's data yet: red from the first minute teaches nothing
        else:
            yield _found(store, "024", what, remedy)
        return
    if not (store.folder / "vault").exists():
        return  # `_users` tells that it was never started
    said = processes.vault_command("keys-status", store.folder, subprocess.PIPE, as_vault=True).stdout
    try:
        places = json.loads(said)["places"]
    except (ValueError, KeyError):
        words = said.decode(errors="replace").strip()
        yield _found(
            store, "025", f"the vault's keys cannot be looked at: {words}", "microkitten keys status"
        )
        return
    today = datetime.now(UTC).date()
    for place in places:
        if place["said"]:
            yield _found(
                store, "025", f"the keys at {place['place']}: {place['said']}", _remedy(store, place["place"])
            )
        elif place["change"] != places[0]["change"]:
            what = f"the keys at {place['place']} are not up to date: what was erased opens from there still"
            yield _found(store, "026", what, f"stop the store, then: microkitten keys sync {store.folder}")
        if _is_stale(place["rehearsed"], today):
            what = f"it was not tried in {REHEARSED_DAYS_MAX} days whether the keys at {place['place']} alone would do"
            yield _found(store, "027", what, f"microkitten keys rehearse {store.folder}")


def _remedy(store: Store, place: str) -> str:
    act = "bring-back" if place == "vault" else "sync"
    return f"stop the store, then: microkitten keys {act} {store.folder}"


def _is_stale(rehearsed: str | None, today: date) -> bool:
    return rehearsed is None or (today - date.fromisoformat(rehearsed)).days > REHEARSED_DAYS_MAX


def _found(store: Store, number: str, what: str, remedy: str) -> Found:
    return Found(*(("W" + number, "warning") if store.sample else ("E" + number, "error")), what, remedy)
