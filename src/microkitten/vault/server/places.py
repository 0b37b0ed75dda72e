"""Reads from store.toml where this vault's keys lie; what is wrong there keeps the vault from starting."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from microkitten.vault.places import PRIMARY, Place, all_places, read_table
from microkitten.vault.server.folder import Doubt

__all__ = ["PRIMARY", "Place", "places"]
CUSTODY_VARIABLE: Final = "MICROKITTEN_VAULT_CUSTODY"
REPLICAS_VARIABLE: Final = "MICROKITTEN_VAULT_REPLICAS"


def places(store: Path, environ: Mapping[str, str] | None = None) -> list[Place]:
    """Return every place of the keys of the store in this folder, the vault's own first.

    Params: `environ`, the process's by default; its variables go before the file, as for every setting. A store
    without a store.toml (a bare vault) has one place and a key file. Raises: Doubt, naming the setting.
    """
    environ = os.environ if environ is None else environ
    table = _table(store / "store.toml")
    if CUSTODY_VARIABLE in environ:
        table["custody"] = environ[CUSTODY_VARIABLE]
    if REPLICAS_VARIABLE in environ:
        table["replicas"] = [part.strip() for part in environ[REPLICAS_VARIABLE].split(",") if part.strip()]
    try:
        custody, replicas = read_table(table)
        return list(all_places(store, custody=custody, replicas=replicas))
    except ValueError as error:
        raise Doubt(f"store.toml, [vault]: {error}") from None


def _table(path: Path) -> dict[str, object]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("vault", {})
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Doubt(f"{path} cannot be read: {error}") from None
    if not isinstance(table, dict):
        raise Doubt("store.toml, [vault]: must be a table with custody and replicas")
    return dict(table)
