"""The root in a hardware module: wrapped by a key that cannot leave the token and is destroyed with its epoch."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final, Protocol, cast
from urllib.parse import quote, urlsplit

from pkcs11 import (
    Attribute,
    GCMParams,
    KeyType,
    Mechanism,
    ObjectClass,
    PKCS11Error,
    Session,
    exceptions,
)
from pkcs11 import lib as load

from microkitten.vault.server.custody import REMEDY, Context, Lost, Refused, epochs
from microkitten.vault.server.custody.files import clear_drafts, destroy, destroy_superseded, read_ours
from microkitten.vault.server.custody.parameters import read_parameters
from microkitten.vault.server.custody.payload import PAYLOAD_BYTES, bound, unbound
from microkitten.vault.server.folder import Doubt, write_new

_KNOWN: Final = frozenset({"token", "serial", "module-path", "pin-source"})
_WANTED: Final = frozenset({"token", "module-path", "pin-source"})
_GCM, _CBC = b"\x01", b"\x02"
_GCM_MECHANISM: Final = Mechanism.AES_GCM
_GCM_NONCE_BYTES: Final = 12
_CBC_IV_BYTES: Final = 16
_TAG_BITS: Final = 128
_WRAPPED_BYTES_MAX: Final = 1 + 16 + PAYLOAD_BYTES + 16
_PIN_BYTES_MAX: Final = 255
_TEMPLATE: Final = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.MODIFIABLE: False,
    Attribute.ENCRYPT: True,
    Attribute.DECRYPT: True,
    Attribute.SIGN: False,
    Attribute.VERIFY: False,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
    Attribute.DERIVE: False,
}
_one_session = Lock()  # a process has one login at a token, whichever place it is for


class _Key(Protocol):
    """A secret key in a token, as far as it is used here."""

    label: str

    def encrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams | bytes) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams | bytes) -> bytes: ...

    def destroy(self) -> None: ...


class Token:
    """`root-<epoch>.wrapped`: the root under an AES-256 key of that epoch's own in the token. Serves `P35`, `P43`.

    An old copy of the file is noise once the epoch is dropped: its key is gone from the token.
    """

    def __init__(self, spec: str, folder: Path, context: Context) -> None:
        told = read_parameters(spec, wanted=_WANTED, known=_KNOWN)
        self._module, self._token, self._serial = told["module-path"], told["token"], told.get("serial")
        self._pin_file = _path_of(told["pin-source"])
        self._folder = folder
        self._context = context
        # All objects of one place share an id; the label says the epoch.
        self._id = hashlib.sha256(context.at(0)).digest()[:16]

    def keep(self, epoch: int, root: bytes) -> None:
        """Make the epoch's key in the token, wrap the root under it, write the file.

        What a crash or a lost folder left in the token for this place, without a file that it opens, is destroyed.
        """
        payload, path = bound(root, self._context, epoch), self._path(epoch)
        clear_drafts(path)
        with self._session() as session:
            try:
                kept = self._bring(session, epoch)
            except Lost:
                destroy(path)
                self._sweep(session)
                self._write(session, payload, epoch)
                kept = self._bring(session, epoch)
        if not hmac.compare_digest(kept, root):
            raise Doubt(f"another root is kept as epoch {epoch} in {self._folder}; none is written over")
        destroy_superseded(path)

    def bring(self, epoch: int) -> bytes:
        """Return the root, unwrapped in the token. Raises: Lost; Refused; Doubt if the token does not answer."""
        with self._session() as session:
            return self._bring(session, epoch)

    def drop(self, epoch: int) -> None:
        """Destroy the epoch's key in the token, then the file; harmless if they are gone."""
        with self._session() as session:
            for key in self._keys(session, epoch):
                key.destroy()
        destroy(self._path(epoch))
        destroy_superseded(self._path(epoch))

    def _bring(self, session: Session, epoch: int) -> bytes:
        path = self._path(epoch)
        wrapped = read_ours(path, bytes_max=_WRAPPED_BYTES_MAX)
        keys = self._keys(session, epoch)
        if not keys:
            raise Lost(f"the token {self._token!r} has no key for {path}: {REMEDY}")
        suite, rest = wrapped[:1], wrapped[1:]
        for key in keys:
            with suppress(
                PKCS11Error
            ):  # which error a token gives for a wrong tag differs from maker to maker
                return unbound(self._unwrapped(key, suite, rest, epoch), self._context, epoch, where=path)
        raise Refused(f"{path} was kept for another store, place or epoch, or was changed since; {REMEDY}")

    def _write(self, session: Session, payload: bytes, epoch: int) -> None:
        key = session.generate_key(
            KeyType.AES, 256, id=self._id, label=self._label(epoch), store=True, template=_TEMPLATE
        )
        write_new(self._path(epoch), self._wrapped(session, cast("_Key", key), payload, epoch))

    def _wrapped(self, session: Session, key: _Key, payload: bytes, epoch: int) -> bytes:
        if _GCM_MECHANISM in session.token.slot.get_mechanisms():
            nonce = os.urandom(_GCM_NONCE_BYTES)
            params = GCMParams(nonce, self._context.at(epoch), _TAG_BITS)
            return _GCM + nonce + key.encrypt(payload, mechanism=Mechanism.AES_GCM, mechanism_param=params)
        start = os.urandom(_CBC_IV_BYTES)
        return _CBC + start + key.encrypt(payload, mechanism=Mechanism.AES_CBC_PAD, mechanism_param=start)

    def _unwrapped(self, key: _Key, suite: bytes, rest: bytes, epoch: int) -> bytes:
        if suite == _GCM:
            params = GCMParams(rest[:_GCM_NONCE_BYTES], self._context.at(epoch), _TAG_BITS)
            sealed = rest[_GCM_NONCE_BYTES:]
            return key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=params)
        if suite == _CBC:
            start, sealed = rest[:_CBC_IV_BYTES], rest[_CBC_IV_BYTES:]
            return key.decrypt(sealed, mechanism=Mechanism.AES_CBC_PAD, mechanism_param=start)
        return b""

    def _keys(self, session: Session, epoch: int | None) -> list[_Key]:
        """Return this place's keys in the token: one epoch's, or all."""
        wanted: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.ID: self._id}
        if epoch is not None:
            wanted[Attribute.LABEL] = self._label(epoch)
        return [cast("_Key", one) for one in session.get_objects(wanted)]

    def _sweep(self, session: Session) -> None:
        filed = {self._label(epoch) for epoch in epochs(self._folder)}
        for key in self._keys(session, None):
            if key.label not in filed:
                key.destroy()

    def _label(self, epoch: int) -> str:
        parts = (self._context.store_id, self._context.place, str(epoch))
        return "microkitten/" + "/".join(quote(part, safe="") for part in parts)

    def _path(self, epoch: int) -> Path:
        return self._folder / f"root-{epoch}.wrapped"

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """Sign in at the token for one operation. Raises: Doubt with what is wrong and what to do."""
        with _one_session:
            pin = _read_pin(self._pin_file)
            try:
                wanted = {"token_label": self._token} | (
                    {"token_serial": self._serial.encode()} if self._serial else {}
                )
                session = load(self._module).get_token(**wanted).open(rw=True, user_pin=pin)
            except exceptions.NoSuchToken:
                raise Doubt(
                    f"there is no token {self._token!r} at {self._module}; put it in, or start it"
                ) from None
            except exceptions.MultipleTokensReturned:
                raise Doubt(f"several tokens are called {self._token!r}; name one by serial=") from None
            except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange):
                raise Doubt(f"the token {self._token!r} refuses the PIN in {self._pin_file}") from None
            except exceptions.PinLocked:
                raise Doubt(
                    f"the token {self._token!r} is locked after wrong PINs; unlock it with its SO PIN"
                ) from None
            except PKCS11Error as error:
                raise Doubt(f"the token {self._token!r} cannot be used: {_said(error)}") from None
            try:
                yield session
            except PKCS11Error as error:
                raise Doubt(f"the token {self._token!r} did not do what was asked: {_said(error)}") from None
            finally:
                session.close()


def _path_of(source: str) -> Path:
    parts = urlsplit(source)
    if parts.scheme not in {"", "file"} or parts.netloc or not Path(parts.path).is_absolute():
        raise Doubt(
            "custody pkcs11: pin-source must be file:/an/absolute/path; a PIN never stands in a setting"
        )
    return Path(parts.path)


def _read_pin(path: Path) -> str:
    try:
        state = path.lstat()
        if (
            not stat.S_ISREG(state.st_mode)
            or stat.S_IMODE(state.st_mode) & 0o177
            or state.st_uid != os.geteuid()
        ):
            raise Doubt(f"{path} must be a file of this user's alone; type: chmod 600 {path}")
        return path.read_bytes()[:_PIN_BYTES_MAX].decode().strip()
    except FileNotFoundError:
        raise Doubt(f"there is no file {path} with the token's PIN") from None
    except (OSError, UnicodeDecodeError):
        raise Doubt(f"{path} cannot be read as a PIN") from None


def _said(error: PKCS11Error) -> str:
    return f"{type(error).__name__} {error}".strip()
