"""A key service that stops a key, as somebody does in an emergency: nothing at the vault is destroyed over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("boto3", reason="the library boto3 is not installed")

from botocore.exceptions import ClientError

from microkitten.vault.server.custody import Context, Lost
from microkitten.vault.server.custody.kms import KeyService
from microkitten.vault.server.folder import Doubt

ROOT, OTHER = b"r" * 32, b"o" * 32


class Service:
    """As much of the service as one root needs; `codes` says what it refuses which call with."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    def encrypt(self, **told: Any) -> dict[str, bytes]:
        """Wrap a root."""
        return self._answer("Encrypt", CiphertextBlob=told["Plaintext"][::-1])

    def decrypt(self, **told: Any) -> dict[str, bytes]:
        """Unwrap it."""
        return self._answer("Decrypt", Plaintext=told["CiphertextBlob"][::-1])

    def _answer(self, call: str, **answer: bytes) -> dict[str, bytes]:
        if call in self.codes:
            raise ClientError({"Error": {"Code": self.codes[call]}}, call)
        return answer


@pytest.fixture
def service() -> Service:
    """It, answering."""
    return Service()


@pytest.fixture
def held(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> KeyService:
    """A custody that keeps one root at it."""
    monkeypatch.setattr(KeyService, "_key_of", lambda *_: "arn:key/1")
    monkeypatch.setattr(KeyService, "_retire", lambda _: None)
    held = KeyService("aws-kms:region=eu-central-1", tmp_path, Context("store", "vault"))
    held._made = service
    held.keep(3, ROOT)
    return held


@pytest.mark.parametrize("code", ["DisabledException", "KMSInvalidStateException"])
def test_a_stopped_key_is_in_doubt_and_what_is_kept_outlives_it(
    held: KeyService, service: Service, tmp_path: Path, code: str
) -> None:
    """Disabled and about to be deleted can both be undone: then the root is there as it was (P35)."""
    before = (tmp_path / "root-3.wrapped").read_bytes()
    service.codes = {"Decrypt": code}
    for act in (lambda: held.bring(3), lambda: held.keep(3, ROOT), lambda: held.keep(3, OTHER)):
        with pytest.raises(Doubt, match="has stopped the key") as told:
            act()
        assert type(told.value) is Doubt
    assert (tmp_path / "root-3.wrapped").read_bytes() == before
    service.codes = {}
    assert held.bring(3) == ROOT


def test_what_no_key_opens_is_replaced_once_the_next_wrapping_is_there(
    held: KeyService, service: Service, tmp_path: Path
) -> None:
    """A service that refuses the next one leaves the last one lying, whatever it is still worth (P35)."""
    before = (tmp_path / "root-3.wrapped").read_bytes()
    service.codes = {"Decrypt": "NotFoundException", "Encrypt": "AccessDeniedException"}
    with pytest.raises(Lost):
        held.bring(3)
    with pytest.raises(Doubt, match="refuses Encrypt"):
        held.keep(3, ROOT)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("root-3.wrapped", before)]
    service.codes = {"Decrypt": "NotFoundException"}
    held.keep(3, OTHER)
    service.codes = {}
    assert held.bring(3) == OTHER
