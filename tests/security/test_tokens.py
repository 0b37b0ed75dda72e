"""Every personal value is a word that is nowhere else; then every byte that the store left is searched (P1, P35).

Exact words need no model of what a name looks like, and miss nothing that stands there in any usual writing.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running import RunningStore, a_folder, free_port
from tests.security.drive import ALLOWED_IN_MAIL, COUNTRIES, Drive, text_of_mail
from tests.security.tokens import Hit, Search, word

pytestmark = pytest.mark.slow


@dataclass
class Driven:
    """A store after the drive: what was found while it ran, and what afterwards."""

    store: RunningStore
    drive: Drive
    search: Search
    while_running: list[Hit]
    wal_bytes: int
    afterwards: list[Hit]


@pytest.fixture(scope="module")
def driven() -> Iterator[Driven]:
    """One store of one drive; stopped before the tests begin, its folder still there."""
    with a_folder() as folder:
        temporary = folder.parent / "temporary"
        temporary.mkdir(mode=0o1777)
        temporary.chmod(0o1777)
        environ = {
            "MICROKITTEN_SAMPLES_PICTURES": "none",
            "MICROKITTEN_COUNTRIES": ",".join(COUNTRIES),
            "TMPDIR": str(temporary),
        }
        store = RunningStore(folder, free_port(), environ).start()
        try:
            drive = Drive(store)
            drive.everything()
            search = Search(drive.tokens)
            wal = sum(path.stat().st_size for path in folder.rglob("*-wal"))
            running = search.folder(folder.parent, apart=["store/mail"])
        finally:
            store.stop()
        afterwards = search.folder(folder.parent, apart=["store/mail"])
        yield Driven(store, drive, search, running, wal, afterwards)


def test_no_token_lies_in_any_file_while_the_store_runs(driven: Driven) -> None:
    """The write-ahead logs still hold every page that was written: what was only passing by would be there."""
    assert driven.wal_bytes > 100_000
    assert driven.while_running == []


def test_no_token_lies_in_any_file_after_the_store_has_stopped(driven: Driven) -> None:
    """A stolen disk or backup holds nobody: databases, queue, vault, sandbox, static, media, temporary files."""
    assert driven.afterwards == []
    search, drive = driven.search, driven.drive
    print(
        f"\ntokens {len(drive.tokens)}, needles {search.needles}, files {search.files}, cells {search.cells},"
        f" {search.bytes / 1e6:.0f} MB searched; write-ahead logs {driven.wal_bytes / 1e6:.1f} MB; hits 0"
    )


def test_no_process_has_said_a_token(driven: Driven) -> None:
    """Logs travel further than databases; an error with people in every frame was among what happened."""
    assert re.search(r"error [0-9a-f]{8}", driven.store.output), "the error page's number stands in the log"
    assert driven.search.data(driven.store.output.encode(), "the output of all processes") == []


def test_an_error_is_logged_by_its_class_and_place(driven: Driven) -> None:
    """A merchant who reports an error's number must be able to say where it happened, without any words (P27)."""
    assert re.search(r"OperationalError at \w+\.py:\d+", driven.store.output)


def test_only_name_and_address_of_the_customer_stand_in_the_mail(driven: Driven) -> None:
    """Where no mail server is set the mail lies in a file; the recipients and all else are not in it (P15)."""
    mails = driven.store.mails()
    assert len(mails) == 1
    raw = Search(driven.drive.tokens).folder(driven.store.folder / "mail")
    text = driven.search.data(text_of_mail(mails[0]).encode(), "the mail's words")
    assert {hit.token for hit in raw} | {hit.token for hit in text} <= set(ALLOWED_IN_MAIL)
    assert {hit.token for hit in text} == set(ALLOWED_IN_MAIL), "the search does find what is there"


def test_a_security_code_stands_in_no_cell(driven: Driven) -> None:
    """Four digits are too short to search bytes for; no cell of any database is, or ends with, the code (P4)."""
    for path in driven.store.folder.rglob("*.sqlite3"):
        with closing(sqlite3.connect(path)) as connection:
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
            ).fetchall()
            for (table,) in tables:
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    assert not {"4711", 4711, b"4711"} & {cell for cell in row if not isinstance(cell, float)}


@pytest.mark.parametrize("how", ["file", "row", "WAL", "name", "output"])
def test_the_search_finds_what_is_planted(driven: Driven, how: str, tmp_path: Path) -> None:
    """A search that finds nothing has shown nothing until it has found something."""
    token = driven.drive.tokens["recipient 1 line1"]
    tmp_path = tmp_path / "a" / "store"
    tmp_path.mkdir(parents=True)
    if how == "file":
        (tmp_path / "cache.bin").write_bytes(b"\0" * 5000 + token.encode("utf-16-le") + b"\0")
    elif how == "name":
        (tmp_path / f"{token.lower()}.tmp").touch()
    elif how == "output":
        assert driven.search.data(f"error at {token.upper()}\n".encode(), "output")
        return
    connection = sqlite3.connect(tmp_path / "shop.sqlite3")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE note (id INTEGER, said BLOB)")
    if how in {"row", "WAL"}:
        connection.execute("INSERT INTO note VALUES (1, ?)", (b"x" * 4090 + token.encode() + b"y" * 9000,))
    connection.commit()
    if how != "WAL":
        connection.close()
    hits = driven.search.folder(tmp_path.parent)
    connection.close()
    assert {hit.token for hit in hits} == {"recipient 1 line1"}


def test_every_writing_is_found() -> None:
    """Each writing that is looked for would be found if it were all there is."""
    import base64
    import hashlib
    import urllib.parse

    token = word()
    search = Search({"it": token})
    for data in (
        token, token.upper(), token[::-1], token.encode().hex(), token.encode().hex().upper(),
        urllib.parse.quote(token), hashlib.sha256(token.encode()).hexdigest(),
        hashlib.sha1(token.encode(), usedforsecurity=False).hexdigest(),
        hashlib.md5(token.encode(), usedforsecurity=False).hexdigest(),
        *(base64.b64encode(b"x" * pad + token.encode() + b"yz").decode() for pad in range(6)),
        *(base64.urlsafe_b64encode(b"~" * pad + token.encode() + b"yz").decode() for pad in range(6)),
        token.encode("utf-16-be").decode("latin-1"),
    ):  # fmt: skip
        assert search.data(b"before " + data.encode("latin-1") + b" after", "here"), data
    assert not search.data(word().encode(), "elsewhere")
