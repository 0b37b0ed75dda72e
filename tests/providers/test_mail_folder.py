"""Mail kept as files, and read again for the sample store's mailbox (design.md: no other file may hold it)."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.fakes.test_mail import SENDER, message, to
from tests.outside import ROOT

from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import read as mailbox
from microkitten.providers.mail.folder import FolderMailer


def test_one_file_however_often_it_is_sent(tmp_path: Path) -> None:
    """The first stays; a later try does not even touch it."""
    mailer, about = FolderMailer(tmp_path / "mail", SENDER), message()
    mailer.send(to(about), about)
    (file,) = (tmp_path / "mail").iterdir()
    before = (file.name, file.read_bytes(), file.stat().st_mtime_ns)
    mailer.send(to(about, name="Someone Else"), about)
    (file,) = (tmp_path / "mail").iterdir()
    assert (file.name, file.read_bytes(), file.stat().st_mtime_ns) == before
    assert file.name == f"{about.message_id}.eml"


@pytest.mark.parametrize(("is_shared", "found", "folder", "file"), [
    (False, None, 0o700, 0o600), (False, 0o755, 0o700, 0o600),
    (True, None, 0o750, 0o640), (True, 0o2777, 0o2750, 0o640), (True, 0o2750, 0o2750, 0o640),
])  # fmt: skip
def test_only_the_operator_can_read_it(
    tmp_path: Path, is_shared: bool, found: int | None, folder: int, file: int
) -> None:
    """Whatever the folder was before, and whatever the umask says."""
    place, about = tmp_path / "mail", message()
    if found is not None:
        place.mkdir()
        place.chmod(found)
    before = os.umask(0)
    try:
        FolderMailer(place, SENDER, is_shared=is_shared).send(to(about), about)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == folder
    assert [stat.S_IMODE(one.stat().st_mode) for one in place.iterdir()] == [file]


@pytest.mark.slow
def test_a_kill_at_any_call_leaves_one_whole_file_after_the_next_try(tmp_path: Path) -> None:
    """Killed before and after each call that touches the disk; the next try leaves exactly one whole file."""
    code = """
import os, signal, sys
from pathlib import Path
import tests.fakes.test_mail as kit
from microkitten.providers.mail.folder import FolderMailer
step, count = int(sys.argv[2]), 0
def audit(event, args):
    global count
    touches = event in ("open", "os.mkdir", "os.rename", "os.remove", "os.chmod")
    if event == "fcntl.flock" or touches and any("mail" in str(one) for one in args):
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
about = kit.message(message_id="order-1")
disclosure, mailer = kit.to(about), FolderMailer(Path(sys.argv[1]) / "mail", kit.SENDER)
sys.addaudithook(audit)
mailer.send(disclosure, about)
"""
    statuses = []
    for step in range(1, 12):
        store = tmp_path / str(step)
        store.mkdir()
        command = [sys.executable, "-c", code, str(store)]
        path = {"PYTHONPATH": f"{ROOT}/src:{ROOT}"}
        statuses.append(subprocess.run([*command, str(step)], env=path, timeout=60).returncode)
        found = list((store / "mail").glob("*.eml"))
        assert len(found) <= 1
        subprocess.run([*command, "0"], env=path, timeout=60, check=True)
        (kept,) = (store / "mail").iterdir()
        assert kept.name == "order-1.eml"
        assert mailbox.letter(store / "mail", "order-1").text.endswith("From here on.\n")
        if statuses[-1] == 0:
            break
    assert statuses[-1] == 0, "every call was tried"
    assert len(statuses) >= 4
    assert set(statuses[:-1]) == {-signal.SIGKILL}


def test_several_workers_at_once_leave_one_file_each(tmp_path: Path) -> None:
    """The same message by many, and many messages by each."""
    about = [message(message_id=f"order-{n}") for n in range(5)]
    mailer = FolderMailer(tmp_path, SENDER)

    def send_all() -> None:
        for one in about:
            mailer.send(to(one), one)

    threads = [threading.Thread(target=send_all) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"order-{n}.eml" for n in range(5)]
    assert len(mailbox.letters(tmp_path)) == 5


def test_a_folder_that_cannot_be_written_is_a_passing_error(tmp_path: Path) -> None:
    """A full disk, or a file where the folder should be: the mail waits; the error names nobody."""
    (tmp_path / "mail").write_text("in the way")
    about = message()
    with pytest.raises(ProviderError) as refused:
        FolderMailer(tmp_path / "mail", SENDER).send(to(about), about)
    assert not refused.value.permanent
    assert "anna" not in str(refused.value).lower()


@pytest.mark.parametrize("email", ["anna@customer.example", "用户@例え.example"])
def test_a_kept_mail_can_be_read_again(tmp_path: Path, email: str) -> None:
    """Head, text, page and the names of what is attached; newest first."""
    mailer = FolderMailer(tmp_path, SENDER)
    for _ in range(3):
        about = message()
        mailer.send(to(about, email=email, name="עומר Ñandú 🐈"), about)
    kept = mailbox.letters(tmp_path)
    assert len(kept) == 3
    one = mailbox.letter(tmp_path, about.message_id)
    assert one.text.startswith("Hello עומר Ñandú 🐈,")
    assert "<b>עומר Ñandú 🐈</b>" in one.html
    assert email.split("@")[0] in one.to
    assert dict(one.headers)["Subject"] == about.subject
    assert "Hello" not in repr(one)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "", ".", "order-1.eml/..", "a\0b", "link", "folder", "long" * 50]
)
def test_the_mailbox_reads_nothing_but_its_own_mail(tmp_path: Path, name: str) -> None:
    """No way out of the folder, by name or by link."""
    (tmp_path / "secret.eml").write_text("Subject: secret\n\nsecret")
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "link.eml").symlink_to(tmp_path / "secret.eml")
    (folder / "folder.eml").mkdir()
    with pytest.raises(mailbox.NoSuchLetter):
        mailbox.letter(folder, name)
    assert mailbox.letters(folder) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"no head at all",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=\n\n",
        b"To: " + b"(" * 5000,
    ],
)
def test_a_broken_file_does_not_close_the_mailbox(tmp_path: Path, content: bytes) -> None:
    """It is shown as far as it goes, or left out."""
    (tmp_path / "broken.eml").write_bytes(content)
    about = message()
    FolderMailer(tmp_path, SENDER).send(to(about), about)
    assert about.message_id in [one.name for one in mailbox.letters(tmp_path)]


def test_no_folder_means_no_mail(tmp_path: Path) -> None:
    """Before the first message there is none."""
    assert mailbox.letters(tmp_path / "none") == []
