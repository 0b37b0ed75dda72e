"""One suite for every custody of the root key: what the key store relies on holds of file, token and service."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fakes.custodians import CUSTODIES, Custodian, custodian

from microkitten.vault.server.custody import Context, Lost, Refused, epochs, made
from microkitten.vault.server.folder import Doubt

ROOT, OTHER = b"r" * 32, b"o" * 32


@pytest.fixture(scope="module", params=CUSTODIES)
def holder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Custodian]:
    """A file, then a token, then a key service."""
    with custodian(request.param, tmp_path_factory.mktemp("custodian")) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place's folder; its path is part of the place's name, so that no test meets another's keys."""
    made = tmp_path / "place"
    made.mkdir(mode=0o700)
    return made


def test_what_is_kept_can_be_brought_until_it_is_dropped(holder: Custodian, folder: Path) -> None:
    """Several epochs stand beside each other; dropping one leaves the others."""
    custody = holder.at(folder, store=str(folder))
    roots = {epoch: os.urandom(32) for epoch in (0, 1, 2, 41)}
    for epoch, root in roots.items():
        custody.keep(epoch, root)
    assert epochs(folder) == [0, 1, 2, 41]
    again = holder.at(folder, store=str(folder))
    assert {epoch: again.bring(epoch) for epoch in roots} == roots
    again.drop(1)
    assert epochs(folder) == [0, 2, 41]
    with pytest.raises(Lost):
        custody.bring(1)
    assert (custody.bring(0), custody.bring(41)) == (roots[0], roots[41])


def test_keeping_the_same_again_is_harmless_and_another_is_not_written_over(
    holder: Custodian, folder: Path
) -> None:
    """A change that is tried again keeps the same root; a different one would lose everybody."""
    custody = holder.at(folder, store=str(folder))
    custody.keep(3, ROOT)
    custody.keep(3, ROOT)
    with pytest.raises(Doubt, match="another root"):
        custody.keep(3, OTHER)
    assert custody.bring(3) == ROOT
    with pytest.raises(ValueError, match="32 bytes"):
        custody.keep(4, b"short")


def test_dropping_twice_or_what_never_was_is_harmless(holder: Custodian, folder: Path) -> None:
    """A crash after the first drop leads to a second."""
    custody = holder.at(folder, store=str(folder))
    custody.drop(7)
    custody.keep(7, ROOT)
    custody.drop(7)
    custody.drop(7)
    with pytest.raises(Lost):
        custody.bring(7)
    assert list(folder.iterdir()) == []
    custody.keep(7, OTHER)
    assert custody.bring(7) == OTHER


def _swap(holder: Custodian, folder: Path) -> None:
    """Put the files of two epochs in each other's place."""
    one, two, aside = holder.file(folder, 1), holder.file(folder, 2), folder / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


@pytest.mark.parametrize("other", [{"store": "other"}, {"place": "/mnt/replica"}])
def test_another_stores_or_places_file_is_refused(
    holder: Custodian, folder: Path, other: dict[str, str]
) -> None:
    """A root kept in one context opens in no other, though whoever asks has the same file, token and service."""
    ours = {"store": str(folder), "place": "vault"}
    holder.at(folder, **ours).keep(1, ROOT)
    theirs = folder.parent / "theirs"
    foreign = holder.at(theirs, **(ours | other))
    foreign.keep(1, OTHER)
    shutil.copy2(holder.file(folder, 1), holder.file(theirs, 1))
    with pytest.raises(Refused, match="another store, place or epoch"):
        foreign.bring(1)
    with pytest.raises(Refused):
        foreign.keep(1, OTHER)


def test_swapped_files_are_refused(holder: Custodian, folder: Path) -> None:
    """The epoch is part of the context."""
    custody = holder.at(folder, store=str(folder))
    custody.keep(1, ROOT)
    custody.keep(2, OTHER)
    _swap(holder, folder)
    for epoch in (1, 2):
        with pytest.raises(Refused, match="another store, place or epoch"):
            custody.bring(epoch)
    _swap(holder, folder)
    assert custody.bring(1) == ROOT


def test_every_changed_byte_and_every_cut_is_refused(holder: Custodian, folder: Path) -> None:
    """No byte of the file can be changed, none left out, none added."""
    custody = holder.at(folder, store=str(folder))
    custody.keep(1, ROOT)
    path = holder.file(folder, 1)
    whole = path.read_bytes()
    step = 1 if len(whole) < 200 else 37
    spoilt = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), step)]
    spoilt += [b"", whole[:1], whole[:-1], whole[: len(whole) // 2], whole + b"x" * 20_000, os.urandom(80)]
    for bad in spoilt:
        path.write_bytes(bad)
        with pytest.raises((Refused, Lost, Doubt)):
            custody.bring(1)
    path.write_bytes(whole)
    assert custody.bring(1) == ROOT


def _open_to_others(path: Path) -> None:
    path.chmod(0o640)


def _unreadable(path: Path) -> None:
    path.chmod(0o000)


def _a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("spoil", [_open_to_others, _a_link, _a_folder, _a_pipe])
def test_a_file_that_is_not_ours_alone_is_refused_in_a_sentence(
    holder: Custodian, folder: Path, spoil: Callable[[Path], None]
) -> None:
    """Links, folders, pipes and files that others may read are said to be that, with what to do."""
    custody = holder.at(folder, store=str(folder))
    custody.keep(1, ROOT)
    spoil(holder.file(folder, 1))
    with pytest.raises(Refused, match=r"chmod 600|is a link|is a folder"):
        custody.bring(1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read_is_said_so(holder: Custodian, folder: Path) -> None:
    """Not a traceback."""
    custody = holder.at(folder, store=str(folder))
    custody.keep(1, ROOT)
    _unreadable(holder.file(folder, 1))
    with pytest.raises(Refused, match="cannot be read"):
        custody.bring(1)


def test_the_files_are_for_one_user_and_no_draft_stays(holder: Custodian, folder: Path) -> None:
    """One file for each epoch, 0600, and nothing of its writing beside it."""
    custody = holder.at(folder, store=str(folder))
    custody.keep(1, ROOT)
    assert [path.name for path in folder.iterdir()] == [holder.file(folder, 1).name]
    assert holder.file(folder, 1).stat().st_mode & 0o777 == 0o600
    draft = folder / f".{holder.file(folder, 2).name}-crashed"
    draft.write_bytes(OTHER)
    custody.drop(2)
    assert not draft.exists()


def test_only_the_key_file_shows_the_root(holder: Custodian, folder: Path) -> None:
    """What token and service leave in the folder says nothing without them."""
    root = os.urandom(32)
    holder.at(folder, store=str(folder)).keep(1, root)
    assert (root in holder.file(folder, 1).read_bytes()) is (holder.kind == "file")


def test_moving_to_another_custody_destroys_what_the_last_one_left(holder: Custodian, folder: Path) -> None:
    """A shop that moves to a token must not leave its root in a file."""
    context = Context(str(folder), "vault")
    made("file", folder, context).keep(4, ROOT)
    custody = holder.at(folder, store=str(folder))
    custody.keep(4, ROOT)
    assert [path.name for path in folder.iterdir()] == [holder.file(folder, 4).name]
    made("file", folder, context).keep(5, OTHER)
    custody.drop(5)
    assert epochs(folder) == [4]
