"""Brings a store's policy.toml up to the present release: by itself where nobody had changed it, else when asked
(P0, P42)."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from microkitten.config import adopting
from microkitten.config.reporting import say
from microkitten.policy import Policy, PolicyError, Problem, merge, parse, past, versions
from microkitten.policy.load import packaged_text
from microkitten.policy.words import PROFILES

BASE = "base.toml"  # beside the versions: the shipped text that policy.toml was last merged with
FIRST = "0001"
VAULT = "vault"  # made at a store's first start, and the ledger's public key in it never written again
VERIFIER = "ledger.key.pub"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upgrade would write: the policy `before` and `after`, and what became of the merchant's changes."""

    before: Policy
    after: Policy
    text: str
    shipped: str
    is_untouched: bool
    kept: tuple[str, ...]
    conflicts: tuple[merge.Conflict, ...]

    def text_of_choices(self) -> str:
        """Say what was kept and what was not."""
        lines = [f"kept as you have it: {', '.join(self.kept)}"] if self.kept else ["you had changed nothing"]
        for one in self.conflicts:
            if one.choice == "mine":
                lines.append(f"changed by you and by the release, yours kept: {one.part}")
            else:
                lines.append(f"does not fit this release, the release's taken: {one.part}; yours was:")
                lines += [f"    {line}" for line in one.yours.strip().splitlines()]
        return "\n".join(lines)


def plan(folder: Path) -> Plan | None:
    """Return what an upgrade of the store in `folder` would write; None if it is of this release already.

    Raises: PolicyError if policy.toml cannot be read at all.
    """
    edited = folder / versions.EDITED
    before = past.read(edited)
    text = edited.read_text("utf-8")
    shipped = packaged_text(PROFILES[0])
    base = _base(folder, text)
    if base == shipped:
        return None
    now = datetime.now(UTC).date()
    used = tuple(one.version for one in versions.history(folder))
    merged = merge.merge(
        base, text, packaged_text(before.profile, day=now), merge.finisher(text, used=used, day=now)
    )
    return Plan(
        before=before,
        after=parse(merged.text, file=str(edited)),
        text=merged.text,
        shipped=shipped,
        is_untouched=merge.is_untouched(text, base),
        kept=merged.kept,
        conflicts=merged.conflicts,
    )  # fmt: skip


def write(folder: Path, what: Plan) -> None:
    """Write the upgraded policy.toml whole or not at all; what was in force before lies in policies/ (P42)."""
    kept = folder / versions.FOLDER
    kept.mkdir(mode=0o755, exist_ok=True)
    _keep_first(folder, what.before)
    _put(folder / versions.EDITED, what.text.encode())
    _put(kept / BASE, what.shipped.encode())


def _keep_first(folder: Path, before: Policy) -> None:
    """Keep what governed under a release that kept no versions as the first one, before it is written over.

    That it does not load any more is no hindrance: it is shown, and nothing is decided by it.
    """
    if not (folder / VAULT).is_dir() or versions.history(folder):
        return  # it never governed, or what governed is kept
    edited, kept = folder / versions.EDITED, folder / versions.FOLDER
    data, moments = edited.read_bytes(), [edited.stat().st_mtime]
    with suppress(OSError):  # the vault's folder may be closed to this user
        moments.append((folder / VAULT / VERIFIER).stat().st_mtime)
    # It governed from its writing on, and not before the store first ran.
    since = datetime.fromtimestamp(max(moments), UTC)
    _put(kept / f"{FIRST}.json", versions.facts(before, data, since=since))
    _put(kept / f"{FIRST}.toml", data)


def at_start(folder: Path) -> None:
    """Upgrade a policy.toml that nobody has changed, and say so; of a changed one that does not load any more,
    say how to upgrade it.

    Raises: PolicyError with that remedy alone, if nothing in force loads either: to this release an earlier one's
    words are mistakes by the dozen, and none of them is the merchant's.
    """
    try:
        found = plan(folder)
    except PolicyError:
        return  # no policy at all: whoever loads it says what is wrong
    if found is None:
        return
    if found.is_untouched:
        write(folder, found)
        say(
            f"policy.toml upgraded from version {found.before.version} to {found.after.version} of this release"
        )
        return
    try:
        versions.check(folder)
    except PolicyError:
        message = "is of an earlier release, with changes of yours"
        remedy = f"to see and take what this release brings:  microkitten policy upgrade {folder}"
        if not versions.history(folder) or not adopting.is_read(versions.in_force(folder)):
            raise PolicyError([Problem(str(folder / versions.EDITED), 1, message, remedy)]) from None
        say(f"{versions.EDITED} {message};")
        say(f"  {remedy}")


def _base(folder: Path, text: str) -> str:
    known = folder / versions.FOLDER / BASE
    return known.read_text("utf-8") if known.is_file() else merge.nearest(text)


def _put(path: Path, data: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with part.open("xb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.exists() and os.geteuid() == 0:
        found = path.stat()
        os.chown(part, found.st_uid, found.st_gid)
    part.replace(path)
