"""The versions of the policy that have been in force, each as it was, and what changed from one to the next (P42)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from microkitten import policy
from microkitten.policy import diff as differences
from microkitten.policy import past, versions
from microkitten.policy.diff import Difference, StatementChange
from microkitten.policy.render import Page as PolicyPage
from microkitten.policy.render import page as lay_out
from microkitten.policy.versions import Version
from microkitten.vault import door
from microkitten.vault.types import VaultAway
from microkitten.web.store import company, current

# What an old file may raise in a program that has learned other words since: it is shown as its text then.
UNREADABLE: Final = (policy.PolicyError, LookupError, ValueError, TypeError, AttributeError)


class NoSuchVersion(LookupError):
    """A number under which no policy has been in force."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of a file that today's program cannot read as a policy: its words as they stand there."""

    id: str
    title: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it was: laid out if today's vocabulary still reads it, else its sentences, and always its file.

    `entry` is the ledger's entry of its first deployment, and `minute` when; None if the vault does not tell.
    """

    version: Version
    is_in_force: bool
    page: PolicyPage | None
    told: tuple[Told, ...]
    text: str
    entry: int | None
    minute: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Every version there is a file of; and as `unkept` hash, entry and minute of what governed without one (P42).

    A file that somebody took away shows itself by this; so does a hash that an earlier release gave to a kept file.
    """

    kept: list[Kept]
    unkept: list[tuple[str, int, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two versions; `difference` is None where one of them is not read any more, and then
    `sentences` alone is told.
    """

    old: Version
    new: Version
    difference: Difference | None
    sentences: tuple[StatementChange, ...]


def listed() -> Listing:
    """Return all versions, the one in force first, without laying them out; and what the ledger alone knows."""
    found = versions.history(current().folder)
    deployed = _deployments()
    known = {version.hash for version in found} | {policy_hash()}
    return Listing(
        [
            _kept(version, is_in_force=version is found[-1], deployed=deployed, whole=False)
            for version in reversed(found)
        ],
        [(hashed, *place) for hashed, place in deployed.items() if hashed not in known],
    )


def kept(number: int) -> Kept:
    """Return one version as it was. Raises: NoSuchVersion."""
    found = versions.history(current().folder)
    version = _of(found, number)
    return _kept(version, is_in_force=version is found[-1], deployed=_deployments(), whole=True)


def changes(number: int) -> Changes:
    """Compare a version with the one before. Raises: NoSuchVersion, also for the first."""
    found = versions.history(current().folder)
    new, old = _of(found, number), _of(found, number - 1)
    try:
        difference = differences.diff(past.read(old.path), past.read(new.path), company())
    except UNREADABLE:
        return Changes(
            old, new, None, _compared(sentences(_text(old), old.profile), sentences(_text(new), new.profile))
        )
    return Changes(old, new, difference, difference.statements)


def in_force_text() -> bytes:
    """Return the file of the policy in force, as it is."""
    return versions.in_force(current().folder).read_bytes()


def _of(found: tuple[Version, ...], number: int) -> Version:
    for version in found:
        if version.number == number:
            return version
    raise NoSuchVersion(number)


def _kept(
    version: Version, *, is_in_force: bool, deployed: Mapping[str, tuple[int, str]], whole: bool
) -> Kept:
    page, text = None, _text(version) if whole else ""
    if whole:
        try:
            page = lay_out(past.read(version.path), company())
        except UNREADABLE:
            page = None  # written in words that the program has since changed; its text is shown all the same
    told = () if page is not None else sentences(text, version.profile)
    entry, minute = deployed.get(version.hash, (None, ""))
    return Kept(version, is_in_force, page, told, text, entry, minute)


def _text(version: Version) -> str:
    return version.path.read_bytes().decode("utf-8", "replace")


def _deployments() -> dict[str, tuple[int, str]]:
    """Map each policy hash to the entry and minute of its first deployment."""
    try:
        found = door.deployments()
    except VaultAway:
        return {}
    first: dict[str, tuple[int, str]] = {}
    for hashed, entry, minute in found:
        first.setdefault(hashed, (entry, minute))
    return first


def sentences(text: str, profile: str) -> tuple[Told, ...]:
    """Read the sentences of a policy file with as few demands as there can be; none if it is no TOML."""
    try:
        read = tomllib.loads(text).get("statement", [])
    except (ValueError, RecursionError):
        return ()
    if not isinstance(read, list):
        return ()
    return tuple(
        Told(*(_said(one.get(part), profile) for part in ("id", "title", "text", "meaning")))
        for one in read
        if isinstance(one, dict)
    )


def _said(value: Any, profile: str) -> str:
    if isinstance(value, dict):
        value = value.get(profile, next(iter(value.values()), ""))
    return "" if value is None else " ".join(str(value).split())


def _compared(old: tuple[Told, ...], new: tuple[Told, ...]) -> tuple[StatementChange, ...]:
    was, now = ({one.id: f"{one.title}\n{one.text}\n{one.meaning}" for one in side} for side in (old, new))
    found = []
    for name in [*now, *(name for name in was if name not in now)]:
        before, after = was.get(name, ""), now.get(name, "")
        if before != after:
            what = "changed" if before and after else "added" if after else "removed"
            found.append(StatementChange(name, what, before, after, differences.compared(before, after)))
    return tuple(found)


def policy_hash() -> str:
    """Return the hash of the policy in force."""
    return str(settings.POLICY.hash)
