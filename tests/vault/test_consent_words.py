"""A consent holds while its words do: under others it opens nothing, and what hung on it is erased (P42)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.vault.conftest import VISITORS, calling
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten import policy
from microkitten.policy import purpose, versions
from microkitten.vault import door
from microkitten.vault.types import Given, Refused

pytestmark = pytest.mark.slow
MINTS: dict[str, Callable[..., str]] = {"classic": door.assign_visitor, "strict": door.consent_visitor}
WORDS = "It lets the shop recognize a browser that comes back"  # of P9, which the consent rests on
OTHER = "You pay what you saw, once."  # of another promise


@pytest.fixture(params=["classic", "strict"])
def profile(request: pytest.FixtureRequest) -> str:
    """Either profile."""
    return str(request.param)


@pytest.fixture
def fresh(tmp_path: Path, profile: str) -> Iterator[RunningVault]:
    """A vault of this test's alone; it sweeps at its start and then no more for a while."""
    made = start_vault(tmp_path, profile=profile)
    yield made
    remove_vault(made)


def remember(running: RunningVault, profile: str) -> str:
    """Mint a cookie, hang something on it, and return it."""
    with calling(running):
        cookie = MINTS[profile](by=VISITORS)
        person = door.find("visitor.cookie", cookie, by=VISITORS)
        assert person is not None
        given = {"visitor.seen": Given(["mug"], "product.page")}
        door.collect(person, "visitor", given, purpose=purpose.customize, by=VISITORS)
    return cookie


def change(running: RunningVault, old: str) -> None:
    """Let another policy govern from now on: a few other words."""
    path = running.folder / "policy.toml"
    text = path.read_text("utf-8")
    assert old in text
    changed = versions.renumbered(
        text.replace(old, f"{old} (so it is)", 1), used=(), day=datetime.now(UTC).date()
    )
    path.write_text(changed, "utf-8")
    running.restart()


def rows(running: RunningVault, table: str) -> int:
    """Count a table's rows."""
    with vault_line(running.folder) as line:
        return int(line.execute(f"SELECT COUNT(*) FROM vault_{table}").fetchone()[0])


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that another process does by itself."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_while_its_words_stay_a_consent_stays(fresh: RunningVault, profile: str) -> None:
    cookie = remember(fresh, profile)
    change(fresh, OTHER)
    with calling(fresh):
        person = door.find("visitor.cookie", cookie, by=VISITORS)
        assert person is not None
        with door.use(purpose.customize, {person: ["visitor.seen"]}, by=VISITORS) as opened:
            assert opened.reveal(person, "visitor.seen") == ["mug"]


def test_under_other_words_it_lapses_and_what_hung_on_it_is_erased(fresh: RunningVault, profile: str) -> None:
    cookie = remember(fresh, profile)
    with calling(fresh):
        person = door.find("visitor.cookie", cookie, by=VISITORS)
        assert person is not None
    change(fresh, WORDS)
    with calling(fresh):
        assert door.find("visitor.cookie", cookie, by=VISITORS) is None
        with pytest.raises(Refused):
            door.use(purpose.customize, {person: ["visitor.seen"]}, by=VISITORS)
        until(lambda: rows(fresh, "worded") == 0)
        assert [rows(fresh, table) for table in ("person", "record", "consent")] == [0, 0, 0]
        again = MINTS[profile](by=VISITORS)
        assert door.find("visitor.cookie", again, by=VISITORS) is not None
        door.forget_visitor(cookie, by=VISITORS)  # it is gone; asking again is no error


def test_the_sealed_box_tells_under_which_words(fresh: RunningVault, profile: str) -> None:
    """Nobody ends a consent, or makes an old one hold, by writing into the table that the sweeper looks at."""
    cookie = remember(fresh, profile)
    fresh.stop()
    with vault_line(fresh.folder) as line:
        assert line.execute("UPDATE vault_worded SET wording = ''").rowcount == 1
    fresh.start()
    with calling(fresh):
        assert door.find("visitor.cookie", cookie, by=VISITORS) is not None
    before = policy.load(fresh.folder / "policy.toml")
    fresh.stop()
    with vault_line(fresh.folder) as line:
        line.execute("DELETE FROM vault_worded")
    change(fresh, WORDS)
    now = policy.load(fresh.folder / "policy.toml")
    assert before.wording(purpose.customize) != now.wording(purpose.customize)
    with calling(fresh):
        assert door.find("visitor.cookie", cookie, by=VISITORS) is None
