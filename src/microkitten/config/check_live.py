"""Checks what runs rather than what is written: the database connection, the vault's greeting, the live headers."""

import asyncio
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from microkitten.config import announcing, check_database, processes, runtime
from microkitten.config.store import Serving
from microkitten.web.store import Store

WAIT_SECONDS = 5.0
HSTS_SECONDS_MIN = 86_400
HEADERS = {
    "strict-transport-security": re.compile(r"max-age=\d{5,}"),
    "content-security-policy": re.compile(r"(?!.*unsafe-inline)(?!.*unsafe-eval).*default-src"),
    "x-content-type-options": re.compile("nosniff"),
    "referrer-policy": re.compile("same-origin|no-referrer"),
    "x-frame-options": re.compile("DENY|SAMEORIGIN"),
}


@dataclass(frozen=True, slots=True)
class Live:
    """A finding about what runs."""

    id: str
    severity: str
    what: str
    remedy: str = ""


def check(store: Store, serving: Serving) -> Iterator[Live]:
    """Yield what is wrong with the running store; of one that does not run only what can be said of it."""
    if not (store.folder / "secret.key").exists():
        return
    yield from _database(store, serving)
    if not runtime.is_served(store.folder):
        what = "the store is not being served: vault, headers and plain port were not looked at"
        yield Live("N040", "note", what, f"microkitten serve {store.folder}")
        return
    yield from _vault(store)
    yield from asyncio.run(_web(store, serving))


def _database(store: Store, serving: Serving) -> Iterator[Live]:
    for found in check_database.check(store, serving):
        yield Live(found.id, found.severity, found.what, found.remedy)


def _vault(store: Store) -> Iterator[Live]:
    """Ask the running vault how it is; it greets only who has its own policy, protocol and release."""
    done = processes.vault_command("status", store.folder, subprocess.PIPE)
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace").strip().rpartition("\n")[2]
        yield Live("E051", "error", f"the vault does not answer: {said}", "restart `microkitten serve`")
        return
    yield from doubts(done.stdout)
    yield from alarms(processes.vault_command("alarms", store.folder, subprocess.PIPE).stdout, store.folder)
    told = processes.vault_command("notices", store.folder, subprocess.PIPE).stdout
    yield from notices(told, at=datetime.now(UTC), address=store.address)


def doubts(told: bytes) -> Iterator[Live]:
    """Yield what the vault finds odd about its database, as its command `status` tells it (P35)."""
    for one in json.loads(told[told.index(b"{") :])["doubts"]:
        what, _, remedy = one.partition("; ")
        yield Live("W054", "warning", f"the vault's database: {what}", remedy)


def alarms(told: bytes, folder: Path) -> Iterator[Live]:
    """Yield what the vault was alarmed by and nobody has looked at, as its command `alarms` tells it (P35)."""
    try:
        unseen = json.loads(told[told.index(b"{") :])["alarms"]
    except (ValueError, KeyError):
        yield Live("E053", "error", "the vault does not tell its alarms", "restart `microkitten serve`")
        return
    for one in unseen:
        since = datetime.fromtimestamp(one["at"], UTC).strftime("%Y-%m-%d %H:%M UTC")
        who = ", ".join(str(one[part]) for part in ("role", "actor", "purpose") if one[part])
        what = f"the vault is alarmed: {one['kind']}, {one['count']} times since {since} ({who or 'nobody named'})"
        remedy = f"find out who it was; then: python -m microkitten.vault.server alarms --seen {folder}"
        yield Live("W052", "warning", what, remedy)


def notices(told: bytes, *, at: datetime, address: str) -> Iterator[Live]:
    """Yield which parties have not acknowledged what people asked for, as the vault's command `notices` tells it:
    a note while there is time, a warning after their 30 days (P43).
    """
    try:
        still_open = json.loads(told[told.index(b"{") :])["notices"]
    except (ValueError, KeyError):
        yield Live("E055", "error", "the vault does not tell its notices", "restart `microkitten serve`")
        return
    for party in sorted({one["party"] for one in still_open}):
        due = [one["due_at"] for one in still_open if one["party"] == party]
        late = sum(end < at.timestamp() for end in due)
        if late:
            what = f"{party} has not acknowledged {late} of {len(due)} open notices within 30 days"
            yield Live("W056", "warning", what, f"write to it; which ones: {address}/staff/notices")
        else:
            first = datetime.fromtimestamp(min(due), UTC).date()
            what = f"{party} has {len(due)} open notices, the first due on {first}"
            yield Live("N057", "note", what, f"the worker goes on telling it; {address}/staff/notices")


async def _web(store: Store, serving: Serving) -> list[Live]:
    found = []
    host = announcing.reach(serving.host)
    try:
        status, headers = await announcing.fetch(store, host, serving.port, store.address, "/")
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        return [
            Live(
                "E060",
                "error",
                f"the shop does not answer ({type(error).__name__})",
                "look at what `serve` says",
            )
        ]
    if not status.startswith("200"):
        found.append(Live("E061", "error", f"the home page answers {status}"))
    for name, wanted in HEADERS.items():
        if not wanted.search(headers.get(name, "")):
            found.append(Live("E062", "error", f"the header {name} is {headers.get(name, 'missing')!r}"))
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            reader, writer = await asyncio.open_connection(host, serving.plain_port)
            writer.write(
                f"GET /privacy HTTP/1.1\r\nHost: {store.address.partition('//')[2]}\r\n\r\n".encode()
            )
            answer = await reader.read(4096)
            writer.close()
    except (OSError, TimeoutError) as error:
        found.append(Live("E063", "error", f"the plain port does not answer ({type(error).__name__})"))
    else:
        if f"Location: {store.address}/privacy".encode() not in answer or b"set-cookie" in answer.lower():
            found.append(Live("E064", "error", "the plain port does something else than redirect"))
    return found
