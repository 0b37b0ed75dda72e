"""The default custody: the root in a file of its own, which no backup holds that also has the database."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Final

from microkitten.vault.server.custody import LEGACY, ROOT_BYTES, Context, Lost, Refused
from microkitten.vault.server.custody.files import clear_drafts, destroy, read_ours
from microkitten.vault.server.folder import Doubt, write_new

TAG_BYTES: Final = 32


class KeyFile:
    """`root-<epoch>.key`: 32 bytes of root, then 32 that bind it to its store, place and epoch. Serves `P35`.

    The second half keeps a file of another place or epoch from being taken for this one; it hides nothing.
    """

    def __init__(self, folder: Path, context: Context) -> None:
        self._folder = folder
        self._context = context

    def keep(self, epoch: int, root: bytes) -> None:
        """Write the file, whole or not at all, 0600. Raises: Doubt if another root is kept under that epoch."""
        if len(root) != ROOT_BYTES:
            raise ValueError(f"a root has {ROOT_BYTES} bytes")
        path = self._path(epoch)
        clear_drafts(path)
        if self._is_kept(epoch, root):
            return
        try:
            write_new(path, root + self._tag(epoch, root))
        except FileExistsError:
            raise Doubt(f"{path} is there already and is never written over") from None

    def bring(self, epoch: int) -> bytes:
        """Return the root. Raises: Lost if there is no file; Refused if it is not ours alone, or another's."""
        path = self._path(epoch)
        try:
            data = read_ours(path, bytes_max=ROOT_BYTES + TAG_BYTES)
        except Lost:
            if epoch or not (self._folder / LEGACY).exists():
                raise
            return self._legacy()
        root, tag = data[:ROOT_BYTES], data[ROOT_BYTES:]
        if len(data) != ROOT_BYTES + TAG_BYTES:
            raise Refused(
                f"{path} is no root key: {ROOT_BYTES + TAG_BYTES} bytes are wanted, not {len(data)}"
            )
        if not hmac.compare_digest(tag, self._tag(epoch, root)):
            raise Refused(f"{path} was kept for another store, place or epoch, or was changed since")
        return root

    def drop(self, epoch: int) -> None:
        """Overwrite and remove the file; harmless if there is none."""
        destroy(self._path(epoch))
        if epoch == 0:
            destroy(self._folder / LEGACY)

    def _legacy(self) -> bytes:
        path = self._folder / LEGACY
        root = read_ours(path, bytes_max=ROOT_BYTES)
        if len(root) != ROOT_BYTES:
            raise Refused(f"{path} is no root key: {ROOT_BYTES} bytes are wanted, not {len(root)}")
        return root

    def _is_kept(self, epoch: int, root: bytes) -> bool:
        """Return whether this very root is kept already. Raises: Doubt if another is."""
        try:
            kept = self.bring(epoch)
        except Lost:
            return False
        if not hmac.compare_digest(kept, root):
            raise Doubt(f"another root is kept as epoch {epoch} in {self._folder} and is never written over")
        return True

    def _path(self, epoch: int) -> Path:
        return self._folder / f"root-{epoch}.key"

    def _tag(self, epoch: int, root: bytes) -> bytes:
        return hmac.digest(root, self._context.at(epoch), "sha256")
