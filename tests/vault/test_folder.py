"""Doubtful states: a vault that is not sure of its keys, its tables or its past does not start (P35, P42)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.vault.conftest import a_sale, calling
from tests.vault_database import ENGINE, copy_vault, lose_database, vault_line
from tests.vault_process import remove_vault, run_vault, start_vault

from microkitten import policy
from microkitten.policy import versions
from microkitten.vault import door

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a vault that has sold something and was stopped."""
    running = start_vault(tmp_path_factory.mktemp("kept"), profile="classic")
    with calling(running):
        a_sale()
        door.checkpoint()
        a_sale()
    remove_vault(running)
    return running.folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to do harm to."""
    return copy_vault(kept, tmp_path / "store")


def test_making_a_vault_gives_private_files_and_never_a_second_key(folder: Path) -> None:
    """The key is made once, whole, for one user; making it again changes nothing."""
    (root,) = (folder / "vault").glob("root-*.key")
    key = root.read_bytes()
    for path in [folder / "vault", *(folder / "vault").iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert run_vault(folder, "migrate").returncode == 0
    assert [path.read_bytes() for path in (folder / "vault").glob("root*.key")] == [key]
    assert run_vault(folder, "verify").returncode == 0


def swap_hash(folder: Path) -> None:
    """Change one stored hash."""
    with vault_line(folder) as line:
        line.execute("UPDATE vault_node SET hash = zeroblob(32) WHERE number = 0")


def swap_leaf(folder: Path) -> None:
    """Change an entry of the past."""
    with vault_line(folder) as line:
        (leaf,) = line.execute("SELECT leaf FROM vault_entry WHERE number = 1").fetchone()
        other = leaf.replace(b"collection", b"use")
        assert other != leaf
        line.execute("UPDATE vault_entry SET leaf = ? WHERE number = 1", (other,))


def retyped(folder: Path) -> None:
    """Write an entry as text."""
    with vault_line(folder) as line:
        line.execute("UPDATE vault_entry SET leaf = CAST(leaf AS TEXT) WHERE number = 1")


# PostgreSQL holds a column to its type.
ON_SQLITE = [retyped] if ENGINE == "sqlite" else []


def cut(folder: Path) -> None:
    """Put back an older ledger: fewer entries than were signed for."""
    with vault_line(folder) as line:
        line.execute("DELETE FROM vault_entry WHERE number > 1")
        line.execute("DELETE FROM vault_node WHERE number > 2")


def fork(folder: Path) -> None:
    """Put another past of the same length in place, hashes and all."""
    from microkitten.ledger.tree import Tree, leaf_hash

    with vault_line(folder) as line:
        leaves = [bytes(leaf) for (leaf,) in line.execute("SELECT leaf FROM vault_entry ORDER BY number")]
        leaves[1] = leaves[1].replace(b'"collection"', b'"use"')
        tree, nodes = Tree(), []
        for leaf in leaves:
            nodes += tree.append(leaf_hash(leaf))
        line.execute("UPDATE vault_entry SET leaf = ? WHERE number = 1", (leaves[1],))
        line.execute("DELETE FROM vault_node")
        line.executemany("INSERT INTO vault_node (number, hash) VALUES (?, ?)", nodes)


@pytest.mark.parametrize("harm", [swap_hash, swap_leaf, *ON_SQLITE, cut, fork])
def test_verify_sees_every_change_of_the_past(folder: Path, harm: Callable[[Path], None]) -> None:
    """Edited, cut, forked or rotten: the ledger shows it without any key."""
    harm(folder)
    found = run_vault(folder, "verify")
    assert found.returncode == 1
    assert found.stderr.startswith("vault: ")


@pytest.mark.parametrize("harm", [cut, fork])
def test_what_does_not_extend_what_was_signed_is_not_served(
    folder: Path, harm: Callable[[Path], None]
) -> None:
    """An old copy, or another past, would be signed by the same key: so it is not started at all (P42)."""
    harm(folder)
    found = run_vault(folder, "serve")
    assert found.returncode == 1
    assert "signed for" in found.stderr


def missing(path: Path) -> None:
    """Take the file away."""
    path.unlink()


def short(path: Path) -> None:
    """Cut it."""
    path.write_bytes(path.read_bytes()[:31])


def long(path: Path) -> None:
    """Add a byte."""
    path.write_bytes(path.read_bytes() + b"\n")


def another(path: Path) -> None:
    """Put another key in its place."""
    path.write_bytes(os.urandom(32))


def readable(path: Path) -> None:
    """Let others read it."""
    path.chmod(0o640)


def link(path: Path) -> None:
    """Put a link in its place."""
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def owned(path: Path) -> None:
    """Give it to somebody else."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(path, 65534, 65534)


@pytest.mark.parametrize("harm", [missing, short, long, another, readable, link, owned])
@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_with_an_odd_root_key_nothing_starts(
    folder: Path, harm: Callable[[Path], None], command: str
) -> None:
    """Least of all is a new key made: it would open nothing and hide the loss."""
    (root,) = (folder / "vault").glob("root-*.key")
    harm(root)
    before = sorted(path.name for path in (folder / "vault").iterdir())
    found = run_vault(folder, command)
    assert found.returncode == 1
    assert "key" in found.stderr
    assert "Traceback" not in found.stderr
    assert {path.name for path in (folder / "vault").iterdir()} - set(before) <= {"lock"}


def lose_checkpoint(folder: Path) -> None:
    """Make the signed checkpoint be gone."""
    (folder / "vault" / "checkpoint.signed").unlink()


@pytest.mark.parametrize("lose", [lose_checkpoint, lose_database])
def test_without_database_or_signed_checkpoint_nothing_is_served(
    folder: Path, lose: Callable[[Path], None]
) -> None:
    """What is gone is brought back by a person, not made anew by a program."""
    lose(folder)
    found = run_vault(folder, "serve")
    assert found.returncode == 1
    assert "Traceback" not in found.stderr


def test_a_second_vault_on_one_folder_refuses(folder: Path) -> None:
    """Two writers would sign two pasts."""
    running = start_vault(folder)
    try:
        found = run_vault(folder, "serve")
        assert found.returncode == 1
        assert "another vault" in found.stderr
        assert run_vault(folder, "verify").returncode == 0
        assert "entries" in run_vault(folder, "status").stdout
        assert len(run_vault(folder, "staff-token").stdout.strip()) == 32
    finally:
        remove_vault(running)


def test_a_changed_policy_is_entered_as_a_deployment_and_an_unchanged_one_is_not(folder: Path) -> None:
    """From which entry on which words held is public (P0, P42)."""

    def deployments() -> list[tuple[str]]:
        with vault_line(folder) as line:
            return line.execute("SELECT policy FROM vault_deployment ORDER BY entry").fetchall()

    before = deployments()
    running = start_vault(folder)
    running.restart()
    assert deployments() == before
    text = policy.packaged_text("strict", day=datetime.now(UTC).date())
    edited = versions.renumbered(text, used=(), day=date(2027, 1, 2))
    (folder / "policy.toml").write_text(edited)
    running.restart()
    assert deployments() == [*before, (policy.load(folder / "policy.toml").hash,)]
    remove_vault(running)
