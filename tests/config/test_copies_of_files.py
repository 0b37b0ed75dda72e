"""Which of a store's own files a backup brings back: what one takes, and nothing that governs above today's."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from microkitten.config.copies import files, manifest


def backup(at: Path, *names: str) -> manifest.Manifest:
    """Write a backup of files by these names, and its manifest."""
    entries = []
    for name in names:
        path = at / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"then")
        entries.append(manifest.Entry(f"files/{name}", 4, hashlib.sha256(b"then").hexdigest()))
    made = manifest.Manifest(
        "t", "0.1.0", "s", "p", "1", "o", 0, 0, 0, "c", 0, {}, files=tuple(entries)
    )  # fmt: skip
    made.write(at)
    told = manifest.read(at)
    manifest.verify(at, told)
    return told


def tree(store: Path) -> set[str]:
    """Return the files of a store."""
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "name",
    [
        "vault/keys.sqlite3-wal", "vault/root-99.key", "secret.key", "run/x", "shop.sqlite3", "policies",
        "policy.toml.bak", "theme/.hidden", ".policy.toml", "theme/x/.x.restoring",
    ],
)  # fmt: skip
def test_a_backup_that_names_what_none_takes_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing comes back of it, not even what would be right."""
    (tmp_path / "store").mkdir()
    told = backup(tmp_path / "backup", "media/mug.png", name)
    with pytest.raises(manifest.NoBackup, match="which no backup takes"):
        files.check(told)
    with pytest.raises(manifest.NoBackup, match="which no backup takes"):
        files.bring_back(tmp_path / "store", tmp_path / "backup", told)
    assert tree(tmp_path / "store") == set()


def test_all_that_a_backup_takes_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into an empty store; also where it was interrupted after any file."""
    names = ["store.toml", "policy.toml", "policy.de.toml", "theme/css/a.css", "media/mug.png"]
    names += [f"policies/{number}.{kind}" for number in ("0001", "0002", "0003") for kind in ("toml", "json")]
    told, replace = backup(tmp_path / "backup", *names), Path.replace
    for count in range(len(names)):
        store = tmp_path / str(count)
        store.mkdir()
        left = [count]

        def stopping(path: Path, to: Path) -> Path:
            left[0] -= 1  # noqa: B023 # called within this turn alone
            if left[0] < 0:  # noqa: B023 # as above
                raise KeyboardInterrupt
            return replace(path, to)

        monkeypatch.setattr(Path, "replace", stopping)
        with pytest.raises(KeyboardInterrupt):
            files.bring_back(store, tmp_path / "backup", told)
        monkeypatch.setattr(Path, "replace", replace)
        files.bring_back(store, tmp_path / "backup", told)
        assert tree(store) >= set(names)
        assert {str(path) for path in files.listed(store)} == set(names)


def test_no_policy_comes_back_above_todays(tmp_path: Path) -> None:
    """What was in force before today's does, with what is told of it."""
    store = tmp_path / "store"
    (store / "policies").mkdir(parents=True)
    (store / "policies" / "0002.toml").write_text("today's")
    names = [
        f"policies/{number}.{kind}"
        for number in ("0001", "0002", "0003", "9999")
        for kind in ("toml", "json")
    ]
    files.bring_back(store, tmp_path / "backup", backup(tmp_path / "backup", *names))
    assert tree(store) == {
        "policies/0001.toml", "policies/0001.json", "policies/0002.toml", "policies/0002.json",
    }  # fmt: skip
    assert (store / "policies" / "0002.toml").read_text() == "today's"
