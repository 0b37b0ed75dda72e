"""Where keys lie is read twice, by the vault and by the command line, and both must read the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from microkitten.config.store import StoreError, read
from microkitten.vault.server.folder import Doubt
from microkitten.vault.server.places import Place, places

_STORE = """
name = "Shop"
address = "https://localhost:8443"
company = "Shop Ltd"
postal_address = "1 Road"
email = "shop@example.com"
country = "US"
countries = ["US"]
currency = "USD"
sample = true
[[shipping]]
id = "post"
title = "Post"
amount_minor = 500
days = 3
"""


def _write(store: Path, vault: str) -> Path:
    (store / "store.toml").write_text(f"{_STORE}\n[vault]\n{vault}\n")
    return store


@pytest.mark.parametrize(
    ("vault", "wanted"),
    [
        ("", [("vault", "file")]),
        (
            'custody = "pkcs11:token=a?module-path=/m&pin-source=/p"',
            [("vault", "pkcs11:token=a?module-path=/m&pin-source=/p")],
        ),
        ('replicas = ["/mnt/a", "/mnt/b/"]', [("vault", "file"), ("/mnt/a", "file"), ("/mnt/b", "file")]),
        (
            'custody = "aws-kms:region=x"\n'
            'replicas = [{folder = "/mnt/a"}, {folder = "/mnt/b", custody = "aws-kms:region=y"}]',
            [("vault", "aws-kms:region=x"), ("/mnt/a", "file"), ("/mnt/b", "aws-kms:region=y")],
        ),
    ],
)
def test_vault_and_command_line_read_the_same_places(
    tmp_path: Path, vault: str, wanted: list[tuple[str, str]]
) -> None:
    """The vault's own place first, then the replicas as written."""
    found = places(_write(tmp_path, vault), {})
    assert [(one.name, one.custody) for one in found] == wanted
    assert found[0] == Place("vault", tmp_path / "vault", wanted[0][1])
    assert read(tmp_path, {})[1].places == tuple(found)


@pytest.mark.parametrize(
    ("vault", "sentence"),
    [
        ('replicas = ["keys"]', "no absolute path"),
        ('replicas = ["/mnt/../keys"]', r"without `\.\.`"),
        ('replicas = ["/mnt/a", {folder = "/mnt/a/"}]', "twice"),
        ('replicas = "/mnt/a"', "must be a list such as"),
        ('replicas = [{folder = "/mnt/a", kind = "file"}]', "must be a list such as"),
        ('replicas = [{custody = "file"}]', "must be a list such as"),
        ('replicas = [{folder = "/mnt/a", custody = "drawer"}]', "is no custody"),
        ("replicas = [3]", "must be a list such as"),
        ('custody = "drawer"', "is no custody"),
        ('custody = "pkcs11"', "wants parameters"),
        ('custody = "file:/mnt"', "takes no parameters"),
        ("custody = 3", "must be a text"),
        (f"replicas = {[f'/mnt/{number}' for number in range(9)]}", "8 replicas at most"),
    ],
)
def test_a_bad_setting_is_refused_by_both_in_the_same_words(
    tmp_path: Path, vault: str, sentence: str
) -> None:
    """The vault does not start on it, and no command takes it for something else."""
    _write(tmp_path, vault)
    with pytest.raises(Doubt, match=sentence):
        places(tmp_path, {})
    with pytest.raises(StoreError, match=sentence):
        read(tmp_path, {})


def test_two_names_of_one_folder_and_a_folder_in_the_store_are_refused(tmp_path: Path) -> None:
    """Two places on one disk are one place; a replica in the store is lost with it."""
    store, folder, link = tmp_path / "store", tmp_path / "keys", tmp_path / "link"
    store.mkdir()
    folder.mkdir()
    link.symlink_to(folder)
    (tmp_path / "inside").symlink_to(store / "vault")
    for vault, sentence in [
        (f'replicas = ["{folder}", "{link}"]', "are one place"),
        (f'replicas = ["{store}/keys"]', "lies in the store"),
        (f'replicas = ["{tmp_path}/inside"]', "lies in the store"),
    ]:
        _write(store, vault)
        with pytest.raises(Doubt, match=sentence):
            places(store, {})
        with pytest.raises(StoreError, match=sentence):
            read(store, {})


def test_a_variable_goes_before_the_file_for_both(tmp_path: Path) -> None:
    """As for every setting."""
    _write(tmp_path, 'custody = "aws-kms:region=x"\nreplicas = ["/mnt/a"]')
    environ = {"MICROKITTEN_VAULT_CUSTODY": "file", "MICROKITTEN_VAULT_REPLICAS": "/mnt/b, /mnt/c"}
    found = places(tmp_path, environ)
    assert [(one.name, one.custody) for one in found] == [
        ("vault", "file"),
        ("/mnt/b", "file"),
        ("/mnt/c", "file"),
    ]
    assert read(tmp_path, environ)[1].places == tuple(found)


def test_a_folder_without_settings_is_a_bare_vault_and_a_broken_file_stops_it(tmp_path: Path) -> None:
    """A vault of tests and benches has no store.toml; one that cannot be read is no reason to assume defaults."""
    assert places(tmp_path, {}) == [Place("vault", tmp_path / "vault", "file")]
    (tmp_path / "store.toml").write_text("[vault\n")
    with pytest.raises(Doubt, match="cannot be read"):
        places(tmp_path, {})
    (tmp_path / "store.toml").write_text("vault = 3\n")
    with pytest.raises(Doubt, match="must be a table"):
        places(tmp_path, {})
