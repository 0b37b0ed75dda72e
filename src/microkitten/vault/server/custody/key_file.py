"""The default custody: the root in a file of its own, which no backup holds that also has the database."""

from __future__ import annotations

import hmac
from pathlib import Path

from microkitten.vault.server.custody import LEGACY, REMEDY, ROOT_BYTES, Context, Lost, Refused
from microkitten.vault.server.custody.files import clear_drafts, destroy, destroy_superseded, read_ours
from microkitten.vault.server.custody.payload import PAYLOAD_BYTES, bound, unbound
from microkitten.vault.server.folder import Doubt, write_new


class KeyFile:
    """`root-<epoch>.key`: 32 bytes of root, then 32 that bind it to its store, place and epoch. Serves `P35`.

    The second half keeps a file of another place or epoch from being taken for this one; it hides nothing.
    """

    def __init__(self, folder: Path, context: Context) -> None:
        self._folder = folder
        self._context = context

    def keep(self, epoch: int, root: bytes) -> None:
        """Write the file, whole or not at all, 0600. Raises: Doubt if another root is kept under that epoch."""
        payload, path = bound(root, self._context, epoch), self._path(epoch)
        clear_drafts(path)
        try:
            kept = self.bring(epoch)
        except Lost:
            write_new(path, payload)
        else:
            if not hmac.compare_digest(kept, root):
                raise Doubt(f"another root is kept as epoch {epoch} in {self._folder}; none is written over")
        destroy_superseded(path)

    def bring(self, epoch: int) -> bytes:
        """Return the root. Raises: Lost if there is no file; Refused if it is not ours alone, or another's."""
        path = self._path(epoch)
        try:
            payload = read_ours(path, bytes_max=PAYLOAD_BYTES)
        except Lost:
            if epoch or not (self._folder / LEGACY).exists():
                raise
            return self._legacy()
        return unbound(payload, self._context, epoch, where=path)

    def drop(self, epoch: int) -> None:
        """Overwrite and remove the file; harmless if there is none."""
        destroy(self._path(epoch))
        destroy_superseded(self._path(epoch))
        if epoch == 0:
            destroy(self._folder / LEGACY)

    def _legacy(self) -> bytes:
        path = self._folder / LEGACY
        root = read_ours(path, bytes_max=ROOT_BYTES)
        if len(root) != ROOT_BYTES:
            raise Refused(f"{path} is no root key: {ROOT_BYTES} bytes are wanted, not {len(root)}; {REMEDY}")
        return root

    def _path(self, epoch: int) -> Path:
        return self._folder / f"root-{epoch}.key"
