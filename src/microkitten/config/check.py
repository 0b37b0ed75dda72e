"""Checks policy against code against deployment, and says what to type: `microkitten check`.

An *error* means that they do not agree: the command ends with 1. A *warning* is true and should be known (red in
a terminal), a *note* is worth knowing; neither fails. What a sample store may do, a real one may not always: there
one user for all processes, and a certificate no browser knows, are errors.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from microkitten import policy
from microkitten.config import adopting, certificates, check_keys, check_live, check_parties
from microkitten.config.conformity.run import theme
from microkitten.config.copies import rehearsing
from microkitten.config.processes import local_name
from microkitten.config.store import LOCAL_HOSTS, Serving, StoreError, read, unknown_variables
from microkitten.policy import versions
from microkitten.web.store import Store

WARN_DAYS = 21


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a stable id, how bad it is, what it is, what to do."""

    id: str
    severity: Severity
    what: str
    remedy: str = ""


Findings = Iterator[Finding]


def check(folder: Path) -> list[Finding]:
    """Return all findings about the store in `folder`, errors first; opens nothing personal."""
    try:
        store, serving = read(folder)
    except StoreError as error:
        return [_error("E001", str(problem)) for problem in error.problems]
    parts: tuple[Callable[[Store, Serving], Findings], ...] = (
        _variables, _policy, _policy_files, _parties, _theme, _selling, _secrets, _users, _keys, _restore, _certificate,
        _swap, _running,
    )  # fmt: skip
    found = [finding for part in parts for finding in part(store, serving)]
    order = list(Severity)
    return sorted(found, key=lambda finding: (order.index(finding.severity), finding.id))


def _error(number: str, what: str, remedy: str = "") -> Finding:
    return Finding(f"microkitten.{number}", Severity.ERROR, what, remedy)


def _warning(number: str, what: str, remedy: str = "") -> Finding:
    return Finding(f"microkitten.{number}", Severity.WARNING, what, remedy)


def _note(number: str, what: str, remedy: str = "") -> Finding:
    return Finding(f"microkitten.{number}", Severity.NOTE, what, remedy)


def _variables(_store: Store, _serving: Serving) -> Findings:
    for name in unknown_variables(os.environ):
        yield _warning("W002", f"the variable {name} is no setting", "docs/operating/settings.md names all")


def _policy(store: Store, _serving: Serving) -> Findings:
    try:
        loaded = versions.check(store.folder)
        before = versions.history(store.folder)
        for one in before:
            versions.unaltered(one.path)
        versions.governing(store.folder)
    except policy.PolicyError as error:
        for problem in error.problems:
            yield _error("E003", f"{problem.file}, line {problem.line}: {problem.message}", problem.hint)
        return
    if wrong := adopting.misfit(loaded, store.countries):
        yield _error("E004", wrong, 'set  profile = "strict"  in policy.toml')
    if before and loaded.version != before[-1].version:
        what = f"version {loaded.version} in policy.toml is not in force; version {before[-1].version} is"
        yield _warning("W006", what, f"microkitten policy adopt {store.folder}")


def _policy_files(store: Store, _serving: Serving) -> Findings:
    """What is in force is the store's: neither web nor worker may write it, nor put another beside it."""
    kept = store.folder / versions.FOLDER
    if not kept.is_dir():
        return
    root_or_us = {0, (store.folder / "store.toml").stat().st_uid}
    for path in (kept, *sorted(kept.iterdir()), store.folder / versions.EDITED):
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            yield _error(
                "E005", f"{path} is a link; what governs must lie in the store", "put the file there"
            )
        elif stat.S_IMODE(found.st_mode) & 0o022:
            right = 0o755 if stat.S_ISDIR(found.st_mode) else 0o644
            yield _error("E005", f"{path} can be written by others", f"chmod {right:o} {path}")
        elif found.st_uid not in root_or_us:
            yield _error(
                "E005",
                f"{path} belongs to another user than the store",
                f"chown it to that of {store.folder}",
            )


def _theme(store: Store, _serving: Serving) -> Findings:
    """Judge the store's own templates and scripts as our own are judged at home (docs/adding.md)."""
    folder = store.folder / "theme"
    if not folder.is_dir():
        return
    try:
        governing = policy.load(versions.in_force(store.folder))
    except policy.PolicyError:
        return  # `_policy` tells
    for finding in theme(folder, governing):
        yield _error("E050", f"{finding.where}: {finding.what}", finding.remedy)


def _parties(store: Store, _serving: Serving) -> Findings:
    try:
        governing = policy.load(versions.in_force(store.folder))
    except policy.PolicyError:
        return  # `_policy` tells
    for live in check_parties.check(governing, is_sample=store.sample, day=datetime.now(UTC).date()):
        yield Finding(f"microkitten.{live.id}", Severity(live.severity), live.what, live.remedy)


def _selling(store: Store, _serving: Serving) -> Findings:
    if not store.shipping:
        yield _error("E010", "there is no way to ship, so nothing can be sold", "add a [[shipping]] table")
    if store.cards.kind == "none":
        yield _warning("W011", "no card processor is set, so nobody can pay", "set cards.kind")
    if store.cards.kind == "sandbox" and not store.sample:
        yield _error("E012", "the sandbox takes cards that are not real", "set cards.kind, or sample = true")
    if store.mail.kind == "smtp" and not store.mail.host:
        yield _error("E013", "mail.kind is smtp, but no server is named", "set mail.host")
    if store.mail.kind == "folder" and not store.sample:
        yield _warning("W014", "mails stay in the store's folder and reach nobody", 'set mail.kind = "smtp"')


def _secrets(store: Store, serving: Serving) -> Findings:
    folder = store.folder
    ours_alone = {folder / "vault": 0o077}
    with suppress(OSError):
        ours_alone |= dict.fromkeys((folder / "vault").glob("root*.key"), 0o177)
    not_for_others = [folder / "secret.key", folder / "tls/key.pem", folder / "sandbox/webhook.key"]
    not_for_others += [path for path in (store.cards.key_file, store.mail.password_file) if path]
    not_for_others.append(serving.password_file)
    for path, forbidden in {**dict.fromkeys(not_for_others, 0o007), **ours_alone}.items():
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if stat.S_IMODE(mode) & forbidden:
            right = 0o700 if stat.S_ISDIR(mode) else 0o600
            yield _error("E020", f"{path} can be read by others", f"chmod {right:o} {path}")
    for named in (store.mail.password_file, store.cards.key_file):
        if named and store.cards.kind != "none" and not store.sample and not named.exists():
            yield _error("E021", f"{named} is named in store.toml and missing", "put the secret there")


def _users(store: Store, serving: Serving) -> Findings:
    workers = "static" if serving.database else "shop.sqlite3"
    try:
        owners = {(store.folder / name).stat().st_uid for name in ("vault", workers)}
    except OSError:
        yield _note("N022", "the store has never been started", f"microkitten serve {store.folder}")
        return
    if len(owners) == 1:
        what = "one user runs everything: who breaks into the web process can read the vault's key and memory"
        remedy = "start `microkitten serve` as root, with code and store where other users can read them"
        yield (_warning if store.sample else _error)("W023" if store.sample else "E023", what, remedy)


def _keys(store: Store, serving: Serving) -> Findings:
    for found in check_keys.check(store, serving):
        yield Finding(f"microkitten.{found.id}", Severity(found.severity), found.what, found.remedy)


def _restore(store: Store, _serving: Serving) -> Findings:
    for what, remedy in rehearsing.check(store, at=datetime.now(UTC)):
        yield _note("N027", what, remedy) if store.sample else _warning("W027", what, remedy)


def _certificate(store: Store, _serving: Serving) -> Findings:
    tls = store.folder / "tls"
    if not (tls / certificates.CERTIFICATE).exists():
        return
    days = certificates.days_left(tls / certificates.CERTIFICATE, at=datetime.now(UTC))
    remedy = "put a new one into tls/ and send SIGHUP to `microkitten serve`"
    if days <= 0:
        yield _error("E030", "the certificate has ended", remedy)
    elif days < WARN_DAYS:
        yield _warning("W031", f"the certificate ends in {days:.0f} days", remedy)
    if certificates.is_local(tls) and not (store.sample or local_name(store) in LOCAL_HOSTS):
        what = "the certificate was made here: no browser knows its authority"
        yield _error("E032", what, "put cert.pem and key.pem of a known authority into tls/")


def _swap(store: Store, _serving: Serving) -> Findings:
    try:
        lines = Path("/proc/swaps").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return
    if lines and not store.sample and not all("/dev/dm-" in line or "zram" in line for line in lines):
        yield _warning("W033", "memory may be written to a disk that is not encrypted", "swapoff -a")


def _running(store: Store, serving: Serving) -> Findings:
    for live in check_live.check(store, serving):
        yield Finding(f"microkitten.{live.id}", Severity(live.severity), live.what, live.remedy)
