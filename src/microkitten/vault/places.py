"""Where the keys lie: the vault's own folder and its replicas, as `[vault]` in store.toml names them.

Read by the vault's process, and by the command line, which names places but never opens what lies there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PRIMARY: Final = "vault"
FILE: Final = "file"
KINDS: Final = (FILE, "pkcs11", "aws-kms")
REPLICAS_MAX: Final = 8
_EXAMPLE: Final = '["/mnt/usb/keys", {folder = "/mnt/b", custody = "file"}]'


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the keys.

    `name` is bound into what is kept there: `vault`, or a replica's folder as written in store.toml; `folder` holds
    the key store and one file for each root; `custody` says who holds the roots (docs/operating/keys.md).
    """

    name: str
    folder: Path
    custody: str

    @property
    def is_primary(self) -> bool:
        """Whether this is the vault's own folder."""
        return self.name == PRIMARY


def read_custody(raw: Any) -> str:
    """Return a custody's spec. Raises: ValueError saying what it must be; who holds it reads the rest."""
    if not isinstance(raw, str) or not raw or not raw.isprintable() or len(raw) > 1000:
        raise ValueError(f"must be a text that begins with {', '.join(KINDS)}")
    kind, colon, rest = raw.partition(":")
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no custody of a root key; there are: {', '.join(KINDS)}")
    if kind == FILE and colon:
        raise ValueError(f"{FILE!r} takes no parameters; the folder of a replica is its own setting")
    if kind != FILE and not rest:
        raise ValueError(f"{kind!r} wants parameters, see docs/operating/keys.md")
    return raw


def read_replicas(raw: Any) -> tuple[Place, ...]:
    """Return the replicas that a list of folders and tables names.

    Raises: ValueError if it is no such list, a path is not absolute, or a folder is named twice.
    """
    if not isinstance(raw, list | tuple):
        raise ValueError(f"must be a list such as {_EXAMPLE}")
    found = tuple(_each(raw))
    if len(found) > REPLICAS_MAX:
        raise ValueError(f"must name {REPLICAS_MAX} replicas at most")
    _distinct(found)
    return found


def all_places(store: Path, *, custody: str, replicas: Sequence[Place]) -> tuple[Place, ...]:
    """Return every place of a store, the vault's own first. Raises: ValueError if a replica lies in the store."""
    primary = Place(PRIMARY, store / "vault", custody)
    for replica in replicas:
        if _real(replica.folder).is_relative_to(_real(store)):
            raise ValueError(
                f"{replica.folder} lies in the store, and is lost with it; name another disk or machine"
            )
    return (primary, *replicas)


def read_table(table: Mapping[str, Any]) -> tuple[str, tuple[Place, ...]]:
    """Return custody and replicas of a `[vault]` table; what is not set is a key file and no replica."""
    return read_custody(table.get("custody", FILE)), read_replicas(table.get("replicas", []))


def _each(raw: Sequence[Any]) -> Iterator[Place]:
    for one in raw:
        table = {"folder": one} if isinstance(one, str) else one
        if not isinstance(table, Mapping) or "folder" not in table or table.keys() - {"folder", "custody"}:
            raise ValueError(f"must be a list such as {_EXAMPLE}")
        name = table["folder"]
        if not isinstance(name, str) or not name.isprintable() or not Path(name).is_absolute():
            raise ValueError(f"names {name!r}, which is no absolute path; replicas lie on another disk")
        if ".." in Path(name).parts:
            raise ValueError(f"names {name!r}; write the path without `..`")
        yield Place(str(Path(name)), Path(name), read_custody(table.get("custody", FILE)))


def _distinct(replicas: Sequence[Place]) -> None:
    seen: dict[Path, str] = {}
    for one in replicas:
        real = _real(one.folder)
        if real in seen:
            same = f"names {one.name} twice" if seen[real] == one.name else f"{one.name} is {seen[real]}"
            raise ValueError(f"{same}; two places on one folder are one place")
        seen[real] = one.name


def _real(path: Path) -> Path:
    return path.resolve(strict=False)
