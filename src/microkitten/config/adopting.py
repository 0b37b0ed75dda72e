"""Puts an edited policy in force: at the start of a store, by `microkitten policy adopt`, and in `--reload` (P0, P42).

What cannot be adopted changes nothing: the policy in force goes on, and every problem is said.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from microkitten import policy
from microkitten.config import runtime
from microkitten.config.countries import consent_comes_first
from microkitten.config.reporting import say
from microkitten.policy import PolicyError, Problem, versions
from microkitten.policy.lines import Lines
from microkitten.policy.versions import Version
from microkitten.web.store import Store

SIGNAL = signal.SIGUSR1  # tells the process that serves a store that another policy is in force
_RED, _PLAIN = "\033[31m", "\033[0m"


def misfit(loaded: policy.Policy, countries: tuple[str, ...]) -> str:
    """Return why a policy's profile is not for the countries that a store sells to; empty if it is."""
    asking = consent_comes_first(countries)
    if loaded.profile == "classic" and not countries:
        return "no countries are set, so profile `classic` is not allowed"
    if loaded.profile == "classic" and asking:
        return f"profile `classic`, but consent comes first in {', '.join(asking)}"
    return ""


def check(store: Store) -> policy.Policy:
    """Return the edited policy if this store may adopt it. Raises: PolicyError with every problem."""
    loaded = versions.check(store.folder)
    if wrong := misfit(loaded, store.countries):
        edited = store.folder / versions.EDITED
        line = Lines(edited.read_text("utf-8")).of(("policy", "profile"))
        remedy = 'set  profile = "strict",  or sell elsewhere (countries in store.toml)'
        raise PolicyError([Problem(str(edited), line, wrong, remedy)])
    return loaded


def adopt(store: Store, *, at: datetime) -> Version:
    """Put the edited policy in force. Raises: PolicyError with every problem; then nothing has changed."""
    check(store)
    return versions.adopt(store.folder, at=at)


def adopt_or_say(store: Store, *, at: datetime) -> Version | None:
    """Put the edited policy in force, or say why not and keep the one that is.

    Returns: the version now in force, None if there is none yet that this release reads. Raises: PolicyError if a
    version that has been in force was touched.
    """
    before = versions.history(store.folder)
    try:
        now = adopt(store, at=at)
    except PolicyError as error:
        if not before or not is_read(before[-1].path):
            return None
        red = (_RED, _PLAIN) if sys.stderr.isatty() else ("", "")
        say(
            f"{red[0]}{versions.EDITED} cannot be adopted; version {before[-1].version} stays in force{red[1]}"
        )
        for problem in error.problems:
            say(f"  {problem.file}:{problem.line}: {problem.message}\n    -> {problem.hint}")
        return before[-1]
    if now not in before:
        say(f"version {now.version} of the policy is in force")
    return now


def is_read(path: Path) -> bool:
    """Whether a kept version, perhaps of an earlier release, can govern under this one.

    Raises: PolicyError if it is not what was adopted.
    """
    versions.unaltered(path)
    try:
        policy.load(path)
    except PolicyError:
        return False
    return True


def at_start(store: Store, *, at: datetime) -> None:
    """Have a policy in force before anything is served. Raises: PolicyError if none is and none can be adopted."""
    if adopt_or_say(store, at=at) is None:
        adopt(store, at=at)


def renumber(store: Store, *, at: datetime) -> str:
    """Give an edited policy the next version and today's date, where it still has an old version.

    Returns: the new version, empty if the file was left as it is. Raises: PolicyError if it could not be adopted
    even so; then it is left as it is, too.
    """
    path = store.folder / versions.EDITED
    try:
        check(store)
    except PolicyError:
        before = versions.history(store.folder)
    else:
        return ""
    used = {one.version for one in before}
    loaded = policy.load(path)  # before its text is read: it says what is wrong with a file that is not there
    text = path.read_text("utf-8")
    if loaded.version not in used and loaded.date >= before[-1].date:
        return ""
    try:
        changed = versions.renumbered(text, used=used, day=at.date())
    except ValueError as error:
        raise PolicyError(
            [Problem(str(path), 1, f"cannot be renumbered: {error}", "write both by hand")]
        ) from None
    version = policy.parse(changed, file=str(path)).version
    _replace(path, changed)
    return version


def tell(folder: Path) -> bool:
    """Tell the process that serves the store that another policy may be in force; returns whether one serves it.

    It finds out by itself too, if a little later.
    """
    if not runtime.is_served(folder):
        return False
    if pid := runtime.served_by(folder):
        try:
            os.kill(pid, SIGNAL)
        except (ProcessLookupError, PermissionError):
            return runtime.is_served(folder)
    return True


def _replace(path: Path, text: str) -> None:
    """Write the file anew in place of the old one, with its owner and mode."""
    before = path.stat()
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(handle)
        os.fchmod(handle, before.st_mode & 0o777)
        if os.geteuid() == 0:
            os.fchown(handle, before.st_uid, before.st_gid)
    draft.replace(path)
