"""Today's keys for a restore: from the vault's own place, or, where that is lost, from the replica that is furthest."""

from __future__ import annotations

import sqlite3

from microkitten.vault.server.copies.boxes import Boxes
from microkitten.vault.server.custody.files import destroy
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys.chain import Chain
from microkitten.vault.server.keys.held import Held, copy_store, custody_of
from microkitten.vault.server.keys.store import NAME
from microkitten.vault.server.places import Place, places

_AWAY = (OSError, sqlite3.Error, Doubt)


def open_today(folder: Folder, *, decided: int | None) -> Chain:
    """Open all places of the keys. Params: `decided`, the change that the present database holds; None where it is
    lost: then what was pending is gone on with if its root was kept, for it may have taken a key away. Raises: Doubt
    if no place opens.
    """
    primary, *replicas = places(folder.store)
    if not (primary.folder / NAME).exists():
        _bring_back(primary, replicas)
    return Chain([primary, *replicas], decided=_last(primary) if decided is None else decided)


def boxes(chain: Chain) -> Boxes:
    """Return them as a restore reads them."""
    return Boxes(chain.primary.store, chain.root)


def _last(place: Place) -> int:
    held = Held(place)
    try:
        return held.last()
    finally:
        held.close()


def _bring_back(primary: Place, replicas: list[Place]) -> None:
    """Make the vault's own place again from the replica that has seen the most changes."""
    found: list[tuple[int, Held, bytes]] = []
    said = []
    for place in replicas:
        try:
            held = Held(place)
            held.recover(held.last())
            found.append((held.store.epoch, held, held.root()))
        except _AWAY as error:
            said.append(f"{place.name}: {error if isinstance(error, Doubt) else type(error).__name__}")
    if not found:
        where = "; ".join(said) or "store.toml names no replica"
        raise Doubt(
            f"there are no keys at {primary.folder}, and no replica opens ({where}):"
            " without today's keys a backup is noise"
        )
    _, held, root = max(found, key=lambda one: one[0])
    for rest in (f"{NAME}-wal", f"{NAME}-shm"):
        (primary.folder / rest).unlink(missing_ok=True)
    for left in sorted(primary.folder.glob("root-*")):
        destroy(left)
    # The root first and the store last, whole: killed in between, it is simply done again.
    primary.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    custody_of(primary, held.store.state("store")).keep(held.store.root_epoch, root)
    copy_store(held.store, primary.folder)
    for _, one, _ in found:
        one.close()
