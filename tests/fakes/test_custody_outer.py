"""What token and key service each promise beyond the common suite: what an old copy of the file opens, and when the
custodian does not answer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pkcs11
import pytest
from tests.fakes.custodians import PIN, Custodian, custodian, softhsm

from microkitten.vault.server.custody import Context, Lost, made
from microkitten.vault.server.custody.kms import KeyService
from microkitten.vault.server.custody.pkcs11 import Token
from microkitten.vault.server.folder import Doubt

ROOT, OTHER = b"r" * 32, b"o" * 32
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Custodian]:
    """A token."""
    with custodian("pkcs11", tmp_path_factory.mktemp("token")) as found:
        yield found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Custodian]:
    """A key service."""
    with custodian("aws-kms", tmp_path_factory.mktemp("service")) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place's folder."""
    made = tmp_path / "place"
    made.mkdir(mode=0o700)
    return made


def _objects(store: str) -> list[str]:
    """Return the labels of all keys of a store in the token."""
    with pkcs11.lib(str(softhsm())).get_token(token_label="shop").open(user_pin=PIN) as session:
        found = [
            one.label for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY})
        ]
    return sorted(label for label in found if label.startswith(f"microkitten/{store}/"))


# The token


def test_an_old_copy_of_the_file_opens_nothing_once_the_tokens_key_is_gone(
    token: Custodian, folder: Path
) -> None:
    """The copy a thief took before the erasure is noise, with token and PIN in hand."""
    custody = token.at(folder, store="copied")
    custody.keep(1, ROOT)
    shutil.copy2(token.file(folder, 1), folder / "copy")
    custody.drop(1)
    assert _objects("copied") == []
    shutil.copy2(folder / "copy", token.file(folder, 1))
    with pytest.raises(Lost, match="no key"):
        custody.bring(1)
    custody.keep(1, OTHER)  # nor does the next key of that epoch open it
    token.file(folder, 1).unlink()
    shutil.copy2(folder / "copy", token.file(folder, 1))
    with pytest.raises(Doubt):
        custody.bring(1)


def test_a_key_cannot_leave_the_token_and_serves_nothing_else(token: Custodian, folder: Path) -> None:
    """Sensitive, not extractable, for wrapping roots alone; one object for each epoch."""
    token.at(folder, store="objects").keep(6, ROOT)
    assert _objects("objects") == ["microkitten/objects/vault/6"]
    with pkcs11.lib(str(softhsm())).get_token(token_label="shop").open(user_pin=PIN) as session:
        key = session.get_key(label="microkitten/objects/vault/6")
        assert key[pkcs11.Attribute.SENSITIVE]
        assert not key[pkcs11.Attribute.EXTRACTABLE]
        assert not key[pkcs11.Attribute.MODIFIABLE]
        with pytest.raises(pkcs11.PKCS11Error):
            _ = key[pkcs11.Attribute.VALUE]


def test_keys_whose_files_are_lost_are_destroyed_at_the_next_change(token: Custodian, folder: Path) -> None:
    """A lost folder must not leave keys in the token with which an older copy of it opens."""
    custody = token.at(folder, store="lost")
    custody.keep(1, ROOT)
    custody.keep(2, OTHER)
    token.file(folder, 1).unlink()
    assert len(_objects("lost")) == 2
    custody.keep(3, ROOT)
    assert _objects("lost") == ["microkitten/lost/vault/2", "microkitten/lost/vault/3"]


def test_a_token_without_gcm_wraps_by_cbc_and_binds_the_context_all_the_same(
    token: Custodian, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older modules have no AES-GCM; the tag inside the payload binds there."""
    held = token.at(folder, store="cbc")
    assert isinstance(held, Token)
    with monkeypatch.context() as patch:
        patch.setattr("microkitten.vault.server.custody.pkcs11._GCM_MECHANISM", "a mechanism it lacks")
        held.keep(1, ROOT)
        held.keep(2, OTHER)
    assert token.file(folder, 1).read_bytes()[:1] == b"\x02"
    assert (held.bring(1), held.bring(2)) == (ROOT, OTHER)
    whole = token.file(folder, 1).read_bytes()
    for at in range(1, len(whole)):
        token.file(folder, 1).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Doubt):
            held.bring(1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("token=shop", "token=nobody"), "there is no token 'nobody'"),
        (("pin-source=file:", "pin-source=file:/nowhere"), "with the token's PIN"),
        ((f"module-path={softhsm()}", "module-path=/nowhere.so"), "cannot be used"),
        (("token=shop", "token=shop;serial=no"), "there is no token"),
    ],
)
def test_a_token_that_does_not_answer_is_said_in_a_sentence(
    token: Custodian, folder: Path, change: tuple[str, str], sentence: str
) -> None:
    """Absent, unknown or without its module: each says what it is, and none is taken for a lost root."""
    token.at(folder, store="away").keep(1, ROOT)
    away = made(token.spec.replace(*change), folder, Context("away", "vault"))
    for act in (lambda: away.bring(1), lambda: away.keep(2, ROOT), lambda: away.drop(1)):
        with pytest.raises(Doubt, match=sentence) as told:
            act()
        assert type(told.value) is Doubt
    assert token.at(folder, store="away").bring(1) == ROOT


def test_a_wrong_pin_and_a_pin_that_others_can_read_are_refused(
    token: Custodian, tmp_path: Path, folder: Path
) -> None:
    """The PIN comes from a file of this user's alone, and a wrong one is said to be wrong."""
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    spec = f"{token.spec.partition('&pin-source')[0]}&pin-source=file:{pin}"
    custody = made(spec, folder, Context("pins", "vault"))
    custody.keep(1, ROOT)
    pin.write_text("9999")
    with pytest.raises(Doubt, match="refuses the PIN"):
        custody.bring(1)
    pin.write_text(PIN)
    pin.chmod(0o644)
    with pytest.raises(Doubt, match="chmod 600"):
        custody.bring(1)
    pin.chmod(0o600)
    assert custody.bring(1) == ROOT


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("pkcs11:token=shop?module-path=/a.so&pin-value=1234", "no parameter"),
        ("pkcs11:token=shop?module-path=/a.so&pin-source=1234", "never stands in a setting"),
        ("pkcs11:token=shop?module-path=/a.so", "pin-source must be given"),
        ("pkcs11:token=a;token=b?module-path=/a.so&pin-source=/p", "must stand once"),
        ("aws-kms:endpoint=http://localhost", "region must be given"),
        ("aws-kms:region=eu-central-1?secret=1", "no parameter"),
        ("gcp-kms:x", "is no custody"),
    ],
)
def test_a_spec_that_is_not_understood_is_said_so(spec: str, sentence: str, tmp_path: Path) -> None:
    """Before anything is kept anywhere."""
    with pytest.raises(Doubt, match=sentence):
        made(spec, tmp_path, Context("s", "vault"))


# The key service


class Days:
    """A calendar that the test turns."""

    def __init__(self) -> None:
        self.today = MONDAY

    def __call__(self) -> date:
        """Return the day it is."""
        return self.today


def _states(held: KeyService) -> dict[str, str]:
    """Return the state of each key of a place by its day, as the service tells it."""
    ask, states = held._service(), {}
    for one in ask.list_keys()["Keys"]:
        tags = {tag["TagKey"]: tag["TagValue"] for tag in ask.list_resource_tags(KeyId=one["KeyId"])["Tags"]}
        if tags.get("microkitten:store") == held._context.store_id:
            states[tags["microkitten:day"]] = ask.describe_key(KeyId=one["KeyId"])["KeyMetadata"]["KeyState"]
    return states


def _strictly(held: KeyService) -> KeyService:
    """Refuse what the service refuses by its documentation, and its double does not: keys about to be destroyed."""
    ask = held._service()

    def refuse(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        key = ask.describe_key(KeyId=json.loads(params["body"])["KeyId"])["KeyMetadata"]
        if key["KeyState"] == "Enabled":
            return None
        error = {"Code": "KMSInvalidStateException", "Message": f"{key['Arn']} is pending deletion."}
        return SimpleNamespace(status_code=400), {"Error": error}

    ask.meta.events.register("before-call.kms.Decrypt", refuse)
    return held


def test_each_day_has_its_key_and_the_last_days_is_destroyed_once_unneeded(
    service: Custodian, folder: Path
) -> None:
    """An old copy of the file opens until its day's key is given up for destruction, and not after."""
    days = Days()
    held = _strictly(KeyService(service.spec, folder, Context("days", "vault"), today=days))
    held.keep(1, ROOT)
    held.keep(2, OTHER)
    shutil.copy2(service.file(folder, 1), folder / "copy")
    held.drop(1)
    with pytest.raises(Lost):
        held.bring(1)
    assert _states(held) == {"2026-11-23": "Enabled"}
    shutil.copy2(folder / "copy", service.file(folder, 1))
    assert held.bring(1) == ROOT, "within the day a copy opens still: the decision record says so"
    service.file(folder, 1).unlink()

    days.today = TUESDAY
    held.keep(3, ROOT)
    assert _states(held) == {"2026-11-23": "Enabled", "2026-11-24": "Enabled"}, (
        "the second root still needs it"
    )
    held.drop(2)
    assert _states(held) == {"2026-11-23": "PendingDeletion", "2026-11-24": "Enabled"}
    shutil.copy2(folder / "copy", service.file(folder, 1))
    with pytest.raises(Doubt, match="has stopped the key"):
        held.bring(1)
    assert held.bring(3) == ROOT


def test_keeping_the_same_root_on_a_later_day_puts_it_under_that_days_key(
    service: Custodian, folder: Path
) -> None:
    """So that a quiet week after an erasure does not keep the key alive that old copies open with."""
    days = Days()
    held = _strictly(KeyService(service.spec, folder, Context("renewed", "vault"), today=days))
    held.keep(1, ROOT)
    shutil.copy2(service.file(folder, 1), folder / "copy")
    days.today = TUESDAY
    held.keep(1, ROOT)
    assert _states(held) == {"2026-11-23": "PendingDeletion", "2026-11-24": "Enabled"}
    assert held.bring(1) == ROOT
    shutil.copy2(folder / "copy", service.file(folder, 1))
    with pytest.raises(Doubt, match="has stopped the key"):
        held.bring(1)


def test_a_key_that_is_about_to_be_destroyed_is_not_used_again(service: Custodian, folder: Path) -> None:
    """A clock set back, or a hasty hand at the service, must not wrap a root under a dying key."""
    held = KeyService(service.spec, folder, Context("dying", "vault"), today=Days())
    held.keep(1, ROOT)
    ask = held._service()
    key = ask.describe_key(KeyId=f"{held._aliases}2026-11-23")["KeyMetadata"]["KeyId"]
    ask.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    again = _strictly(KeyService(service.spec, folder, Context("dying", "vault"), today=Days()))
    again.keep(2, OTHER)
    assert again.bring(2) == OTHER
    with pytest.raises(Doubt, match="cancel its deletion"):
        again.bring(1)


def test_a_service_that_does_not_answer_is_said_in_a_sentence(service: Custodian, folder: Path) -> None:
    """Nothing is lost by it: what was kept is there when it answers again; a drop destroys the file all the same."""
    service.at(folder, store="silent").keep(1, ROOT)
    here, closed = service.spec.partition("endpoint=")[::2]
    deaf = f"{here}endpoint=http://127.0.0.1:9&{closed.partition('&')[2]}"
    silent = made(deaf, folder, Context("silent", "vault"))
    for act in (lambda: silent.bring(1), lambda: silent.keep(2, ROOT)):
        with pytest.raises(Doubt, match="does not answer") as told:
            act()
        assert type(told.value) is Doubt
    assert service.at(folder, store="silent").bring(1) == ROOT
    silent.drop(1)
    assert list(folder.iterdir()) == []


def test_nothing_but_the_three_methods_goes_out(
    service: Custodian, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making the custody and listing what is kept ask nobody; one change asks once for each step."""
    asked: list[str] = []
    held = KeyService(service.spec, folder, Context("quiet", "vault"), today=Days())
    held.keep(1, ROOT)
    client = held._service()
    client.meta.events.register("before-call.kms", lambda model, **_: asked.append(model.name))
    held.keep(2, OTHER)
    assert asked == ["Encrypt"]
    held.bring(2)
    held.drop(1)
    assert asked == ["Encrypt", "Decrypt"]
