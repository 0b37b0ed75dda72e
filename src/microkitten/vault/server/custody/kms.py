"""The root under a cloud key service (AWS KMS): a key for each day, destroyed by the service once nothing needs it.

The vault process's one way out to a network, and only with this custody: in `keep`, `bring` and `drop`, never on a
read. What goes out is the root, to the service that wraps it; nothing of any person does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import boto3  # noqa: TID251 # the one exception: the custodian of this kind is reached by network
import botocore.session  # noqa: TID251 # the same
from botocore.config import Config  # noqa: TID251 # the same
from botocore.exceptions import BotoCoreError, ClientError  # noqa: TID251 # the same

from microkitten.vault.server.custody import REMEDY, Context, Lost, Refused, epochs
from microkitten.vault.server.custody.files import clear_drafts, destroy, destroy_superseded, read_ours
from microkitten.vault.server.custody.parameters import read_parameters
from microkitten.vault.server.custody.payload import bound, unbound
from microkitten.vault.server.folder import Doubt, write_over

_WANTED: Final = frozenset({"region"})
_KNOWN: Final = frozenset({"region", "endpoint", "credentials-file", "profile"})
_WRAPPED_BYTES_MAX: Final = 16_384
_DAYS_UNTIL_DESTROYED: Final = 7  # the service's least
_GONE: Final = frozenset({"NotFoundException"})
_STOPPED: Final = frozenset({"DisabledException", "KMSInvalidStateException"})  # each can be undone
_NOT_OURS: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_NO_KEY: Final = ("", "")  # a day and its key
log = logging.getLogger("microkitten.vault")
for _name in ("boto3", "botocore", "urllib3"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below that they write what is sent: roots
_DYING: Final = frozenset({"PendingDeletion", "PendingReplicaDeletion"})


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """What stands in a file: the day and its key, and the root as the service sealed it."""

    day: str
    key: str
    sealed: bytes


class KeyService:
    """`root-<epoch>.wrapped`: the root encrypted under the day's key, with store, place and epoch as its context.

    Serves `P35`; of `P43` as much as the service allows: what a copy of the file can open ends when the day's key
    does, seven days after the first change on a later day.
    """

    def __init__(
        self, spec: str, folder: Path, context: Context, *, today: Callable[[], date] = _today
    ) -> None:
        self._told = read_parameters(spec, wanted=_WANTED, known=_KNOWN)
        self._folder = folder
        self._context = context
        self._today = today
        self._aliases = f"alias/microkitten/{hashlib.sha256(context.at(0)).hexdigest()[:32]}/"
        self._made: Any = None
        self._key = _NO_KEY

    def keep(self, epoch: int, root: bytes) -> None:
        """Encrypt the root under today's key and write the file.

        The same root again, on a later day, puts it under that day's key. Keys of earlier days that no file here
        needs any more are given to the service to destroy. Raises: Doubt.
        """
        payload, path = bound(root, self._context, epoch), self._path(epoch)
        clear_drafts(path)
        try:
            kept: bytes | None = self.bring(epoch)
        except Lost:
            kept = None
        if kept is not None and not hmac.compare_digest(kept, root):
            raise Doubt(f"another root is kept as epoch {epoch} in {self._folder}; none is written over")
        day = self._today().isoformat()
        if kept is None or self._read(path).day != day:
            is_first = self._key[0] != day
            told = self._encrypted(payload, day, epoch)
            write_over(path, _written(told))  # what lay there stays until the next wrapping is on the disk
            if is_first:
                self._retire()
        if path.with_suffix(".key").exists() and hmac.compare_digest(self.bring(epoch), root):
            destroy_superseded(path)

    def bring(self, epoch: int) -> bytes:
        """Return the root, decrypted by the service. Raises: Lost; Refused; Doubt if it does not answer."""
        path = self._path(epoch)
        told = self._read(path)
        with self._asking(path) as service:
            payload = service.decrypt(
                KeyId=told.key,
                CiphertextBlob=told.sealed,
                EncryptionContext=self._bound_to(epoch, told.day, told.key),
            )["Plaintext"]
        return unbound(payload, self._context, epoch, where=path)

    def drop(self, epoch: int) -> None:
        """Destroy the file, then give keys of earlier days that no file here needs to the service to destroy."""
        path = self._path(epoch)
        is_kept = path.exists()
        try:
            is_todays = is_kept and self._read(path).day == self._today().isoformat()
        except Refused:
            is_todays = False
        destroy(path)
        destroy_superseded(path)
        if is_kept and not is_todays:
            self._retire()

    def _encrypted(self, payload: bytes, day: str, epoch: int) -> _Wrapped:
        (known, key), self._key = self._key, _NO_KEY  # if what follows fails, it is looked for again
        with self._asking() as service:
            if known != day:
                key = self._key_of(service, day)
            sealed = service.encrypt(
                KeyId=key, Plaintext=payload, EncryptionContext=self._bound_to(epoch, day, key)
            )["CiphertextBlob"]
        self._key = (day, key)
        return _Wrapped(day, key, sealed)

    def _read(self, path: Path) -> _Wrapped:
        data = read_ours(path, bytes_max=_WRAPPED_BYTES_MAX)
        try:
            told = json.loads(data)
            found = _Wrapped(
                str(told["day"]), str(told["key"]), base64.b64decode(told["root"], validate=True)
            )
        except (ValueError, KeyError, TypeError):
            found = None
        if found is None or _written(found) != data:
            raise Refused(f"{path} is no wrapped root key: it was cut or changed; {REMEDY}")
        return found

    def _key_of(self, service: Any, day: str) -> str:
        """Return the key of a day; the first asking of a day makes it."""
        alias = self._aliases + day
        try:
            found = service.describe_key(KeyId=alias)["KeyMetadata"]
            if found["KeyState"] == "Enabled":
                return str(found["Arn"])
            in_the_way = True
        except ClientError as error:
            if _code(error) != "NotFoundException":
                raise
            in_the_way = False
        tags = {
            "microkitten:store": self._context.store_id,
            "microkitten:place": self._context.place,
            "microkitten:day": day,
        }
        made = service.create_key(
            Description="microkitten: wraps the root key of a vault for a day",
            Tags=[{"TagKey": name, "TagValue": _tag(value)} for name, value in tags.items()],
        )["KeyMetadata"]
        name = service.update_alias if in_the_way else service.create_alias
        name(AliasName=alias, TargetKeyId=made["KeyId"])
        return str(made["Arn"])

    def _retire(self) -> None:
        """Have keys of earlier days destroyed that no file in the folder needs, found by their names at the service,
        so that none outlives a crash or a lost folder. If that fails it is tried again on the next day with a change.
        """
        try:
            needed = self._needed()
            with self._asking() as service:
                for name, key in self._outlived(service):
                    if key in needed:
                        continue
                    if service.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] not in _DYING:
                        service.schedule_key_deletion(KeyId=key, PendingWindowInDays=_DAYS_UNTIL_DESTROYED)
                    service.delete_alias(AliasName=name)
        except Doubt as error:
            log.warning("keys of earlier days are not destroyed yet: %s", error)

    def _needed(self) -> set[str]:
        paths = [self._path(epoch) for epoch in epochs(self._folder)]
        return {self._read(path).key.rpartition("/")[2] for path in paths if path.exists()}

    def _outlived(self, service: Any) -> list[tuple[str, str]]:
        """Return alias and key of each day before today."""
        today = self._aliases + self._today().isoformat()
        aliases = [
            (one["AliasName"], one.get("TargetKeyId", ""))
            for page in service.get_paginator("list_aliases").paginate()
            for one in page["Aliases"]
        ]
        return [(name, key) for name, key in aliases if name.startswith(self._aliases) and name < today]

    @contextmanager
    def _asking(self, path: Path | None = None) -> Iterator[Any]:
        """Ask the service. Raises: Lost or Refused for what it says about `path`; Doubt for anything else."""
        try:
            yield self._service()
        except ClientError as error:
            code = _code(error)
            if path and code in _GONE:
                raise Lost(f"the key service has no key for {path} any more: {REMEDY}") from None
            if path and code in _STOPPED:
                raise Doubt(
                    f"the key service has stopped the key for {path} ({code}): enable it again there, or cancel its"
                    " deletion"
                ) from None
            if path and code in _NOT_OURS:
                raise Refused(
                    f"{path} was kept for another store, place or epoch, or was changed since; {REMEDY}"
                ) from None
            raise Doubt(
                f"the key service in {self._told['region']} refuses {error.operation_name}: {code}"
            ) from None
        except BotoCoreError as error:
            raise Doubt(
                f"the key service in {self._told['region']} does not answer: {type(error).__name__}"
            ) from None

    def _service(self) -> Any:
        if self._made is None:
            session = botocore.session.Session(profile=self._told.get("profile"))
            if "credentials-file" in self._told:
                session.set_config_variable("credentials_file", self._told["credentials-file"])
            self._made = boto3.Session(botocore_session=session, region_name=self._told["region"]).client(
                "kms",
                endpoint_url=self._told.get("endpoint"),
                config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3}),
            )
        return self._made

    def _bound_to(self, epoch: int, day: str, key: str) -> dict[str, str]:
        """Return what the service binds the root to, and writes into its own log."""
        context = self._context
        return {
            "for": "microkitten root",
            "store": context.store_id,
            "place": context.place,
            "epoch": str(epoch),
            "day": day,
            "key": key,
        }

    def _path(self, epoch: int) -> Path:
        return self._folder / f"root-{epoch}.wrapped"


def _written(told: _Wrapped) -> bytes:
    return json.dumps(
        {"day": told.day, "key": told.key, "root": base64.b64encode(told.sealed).decode()}
    ).encode()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _tag(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9 _.:/=+@-]", "_", value)[:256]
