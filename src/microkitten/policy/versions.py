"""Keeps the versions of a store's policy that have been in force, apart from the file a merchant edits (P0, P42).

`policy.toml` is edited. `policies/NNNN.toml` are byte copies of what was in force, numbered, never changed; the
highest is in force. `policies/NNNN.json` beside each says what it is; one without its `.toml` is no version.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from microkitten.policy.desk import PolicyError, Problem
from microkitten.policy.lines import Lines
from microkitten.policy.load import from_bytes, load, read_bytes
from microkitten.policy.parts import Policy

EDITED: Final = "policy.toml"
FOLDER: Final = "policies"
_KEYS: Final = frozenset({"version", "date", "profile", "hash", "since", "sha256"})
_NUMBERED: Final = re.compile(r"(\d{4,9})\.toml")
_VERSION_LINE: Final = re.compile(r"""(\s*version\s*=\s*)(?:"[^"\n]*"|'[^'\n]*')(.*)""")
_DATE_LINE: Final = re.compile(r"(\s*date\s*=\s*)\d{4}-\d{2}-\d{2}(.*)")


@dataclass(frozen=True, slots=True)
class Version:
    """One policy that has been in force: `hash` as it was when adopted, `since` when, `sha256` of its bytes."""

    number: int
    version: str
    date: date
    profile: str
    hash: str
    since: datetime
    path: Path
    sha256: str


def history(store: Path) -> tuple[Version, ...]:
    """Return every version that has been in force, oldest first; none before the first start.

    Raises: PolicyError if what is told of a version is missing or was edited.
    """
    return tuple(_told(number, path) for number, path in _numbered(store))


def in_force(store: Path) -> Path:
    """Return the file of the policy in force; the edited file where nothing has been in force yet."""
    found = _numbered(store)
    return found[-1][1] if found else store / EDITED


def governing(store: Path) -> Policy:
    """Load the policy in force, as web, worker and vault read it.

    Raises: PolicyError if it does not load, or is not what was adopted (P0: nobody edits what governs).
    """
    return sworn(store)[0]


def sworn(store: Path) -> tuple[Policy, str]:
    """Return the policy in force and the SHA-256 of the very bytes it was read from. Raises: PolicyError."""
    path = in_force(store)
    data = read_bytes(path)
    return from_bytes(data, file=str(path)), _digest(path, data)


def unaltered(path: Path) -> str:
    """Return the SHA-256 of a policy file's bytes. Raises: PolicyError if a kept version's are not those adopted."""
    return _digest(path, read_bytes(path))


def _digest(path: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    if path.name != EDITED and digest != (told := _told(int(path.stem), path)).sha256:
        raise _problem(
            path,
            f"was edited after it was adopted (version {told.version}); what has been in force is never changed",
            f"put the file back as it was; then edit {EDITED} and type: microkitten policy adopt",
        )
    return digest


def check(store: Path) -> Policy:
    """Return the edited policy if it may be adopted, or is in force already.

    Raises: PolicyError with every problem: it does not load, or has other words or rules under an old version.
    """
    edited = store / EDITED
    loaded, before = load(edited), history(store)
    if before and not _is_same(loaded, edited, before[-1]):
        _check_follows(loaded, edited, before)
    return loaded


def adopt(store: Path, *, at: datetime) -> Version:
    """Put the edited policy in force; what is in force already stays, with the version it has.

    A comment is no promise: text that says and allows the same makes no version. Whenever this is interrupted,
    either the old or the new version is in force, whole.

    Params: `at`, the moment, with its zone. Raises: PolicyError as `check` does; then nothing has changed.
    """
    folder = store / FOLDER
    with _alone(folder):
        edited = store / EDITED
        data = read_bytes(edited)
        loaded, before = check(store), history(store)
        if before and _is_same(loaded, edited, before[-1]):
            unaltered(before[-1].path)
            return before[-1]
        if read_bytes(edited) != data:  # what was checked is what is kept, even if somebody is writing it now
            raise _problem(edited, "was changed while it was read", "save it, then adopt it")
        number = before[-1].number + 1 if before else 1
        _put(folder / f"{number:04}.json", facts(loaded, data, since=at))
        _put(folder / f"{number:04}.toml", data)
    return _told(number, folder / f"{number:04}.toml")


def facts(loaded: Policy, data: bytes, *, since: datetime) -> bytes:
    """Return what is written beside a version: `data` are its file's bytes, `since` the moment, with its zone."""
    told = {
        "version": loaded.version,
        "date": loaded.date.isoformat(),
        "profile": loaded.profile,
        "hash": loaded.hash,
        "since": since.astimezone(UTC).isoformat(timespec="seconds"),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return f"{json.dumps(told, indent=1, sort_keys=True)}\n".encode()


def renumbered(text: str, *, used: Iterable[str], day: date) -> str:
    """Return the text of a policy with the next unused version and `day` as its date; all else stays.

    Raises: ValueError if the two lines are not found below [policy], each on a line of its own.
    """
    lines, head = text.splitlines(keepends=True), ""
    taken, changed = set(used), set()
    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            head = line.strip().partition("#")[0].strip()
        elif head == "[policy]" and (found := _VERSION_LINE.fullmatch(line.rstrip("\r\n"))):
            now = re.split("[\"']", line)[1]
            version = _next(now, taken | {now})
            lines[number] = f'{found[1]}"{version}"{found[2]}{_end(line)}'
            changed.add("version")
        elif head == "[policy]" and (found := _DATE_LINE.fullmatch(line.rstrip("\r\n"))):
            lines[number] = f"{found[1]}{day.isoformat()}{found[2]}{_end(line)}"
            changed.add("date")
    if changed != {"version", "date"}:
        raise ValueError("no lines  version = ...  and  date = ...  below [policy]")
    return "".join(lines)


def _next(version: str, taken: set[str]) -> str:
    """Return a version that follows: its last number plus one, until nobody has it."""
    found = re.fullmatch(r"(.*?)(\d{1,9})", version)
    stem, count = (found[1], int(found[2])) if found else (f"{version}-", 1)
    while f"{stem}{count}" in taken:
        count += 1
    return f"{stem}{count}"


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _check_follows(loaded: Policy, edited: Path, before: tuple[Version, ...]) -> None:
    """Refuse a changed policy that does not say that it is another one."""
    lines = Lines(edited.read_text("utf-8"))
    problems = []
    by_version = {one.version: one for one in before}
    if (old := by_version.get(loaded.version)) is not None:
        following = _next(before[-1].version, set(by_version))
        what = "is in force with other words or rules" if old is before[-1] else "has been in force before"
        problems.append(
            Problem(
                str(edited),
                lines.of(("policy", "version")),
                f"version {loaded.version!r} {what}",
                f'write version = "{following}" and date = YYYY-MM-DD (today),'
                " or type: microkitten policy adopt --renumber",
            )
        )
    if loaded.date < before[-1].date:
        problems.append(
            Problem(
                str(edited),
                lines.of(("policy", "date")),
                f"date {loaded.date} is before that of the version in force, {before[-1].date}",
                "write the day on which the new version begins",
            )
        )
    if problems:
        raise PolicyError(problems)


def _is_same(loaded: Policy, edited: Path, last: Version) -> bool:
    """Whether the edited file is the version in force: byte for byte, or but for comments and where lines stand."""
    if hashlib.sha256(read_bytes(edited)).hexdigest() == last.sha256:
        return True
    try:  # `last.hash` may be an older release's; what the file says to this one counts
        return load(last.path).hash == loaded.hash
    except PolicyError:
        return False


def _numbered(store: Path) -> list[tuple[int, Path]]:
    try:
        names = os.listdir(store / FOLDER)
    except FileNotFoundError:
        return []
    found = [(int(match[1]), store / FOLDER / name) for name in names if (match := _NUMBERED.fullmatch(name))]
    return sorted(found)


def _told(number: int, path: Path) -> Version:
    beside = path.with_suffix(".json")
    try:
        told = json.loads(beside.read_bytes())
        if not isinstance(told, dict) or not told.keys() >= _KEYS:
            raise ValueError(beside)
        return Version(
            number=number,
            version=str(told["version"]),
            date=date.fromisoformat(told["date"]),
            profile=str(told["profile"]),
            hash=str(told["hash"]),
            since=datetime.fromisoformat(told["since"]),
            path=path,
            sha256=str(told["sha256"]),
        )
    except (OSError, ValueError, TypeError):
        raise _problem(
            beside,
            f"does not tell when and as what {path.name} was adopted",
            "bring it back from a copy of the store; it is written once, with its policy",
        ) from None


def _problem(path: Path, message: str, hint: str) -> PolicyError:
    return PolicyError([Problem(str(path), 1, message, hint)])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder of versions, made if need be, against another who adopts at this moment."""
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise _problem(
            folder, "cannot be used", f"{error.strerror}; it must be a folder of this user"
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_uid == os.geteuid():
            os.fchmod(handle, 0o755)  # whatever the umask: all processes read it, nobody else writes
        yield
    finally:
        os.close(handle)


def _put(path: Path, data: bytes) -> None:
    """Write a file readable by all, writable by us: whole or not at all, and on disk when this returns."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o644)
            file.write(data)
            file.flush()
            os.fsync(handle)
        draft.replace(path)
    except OSError as error:
        raise _problem(path, "cannot be written", error.strerror or "is the disk full?") from None
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
