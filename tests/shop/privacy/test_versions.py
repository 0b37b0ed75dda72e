"""Every version that was in force is shown as it was, whatever the program has learned since (P42)."""

import hashlib
import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import Http404
from django.test import RequestFactory

from microkitten import policy
from microkitten.policy import versions as kept
from microkitten.shop.privacy.actions import versions
from microkitten.shop.privacy.views import policy as views
from microkitten.vault import door
from microkitten.vault.types import Deployment, VaultAway
from tests.buying import text_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STRANGE = """
[policy]
version = "0"
mood = "sunny"
[[statement]]
id = "P7"
title = "Carried by owls"
text.classic = "An owl brings <it> to {store}."
text.strict = "No owl."
meaning = "Whoo."
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store's folder with one policy to edit; the vault has deployed what is told by `deployed`."""
    (tmp_path / "policy.toml").write_text(policy.packaged_text("classic"))
    monkeypatch.setattr(versions, "current", lambda: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(door, "deployments", lambda: ())
    return tmp_path


def edit(store: Path, *changes: tuple[str, str]) -> None:
    """Change words of the edited file; each stands there."""
    text = (store / "policy.toml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (store / "policy.toml").write_text(text)


def put(store: Path, number: int, data: bytes, **told: str) -> None:
    """Lay a version into the folder as a release of long ago left it."""
    folder = store / kept.FOLDER
    folder.mkdir(exist_ok=True)
    (folder / f"{number:04}.toml").write_bytes(data)
    facts = {
        "version": "0", "date": "2020-02-02", "profile": "classic", "hash": "ab" * 32,
        "since": NOON.isoformat(), "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    (folder / f"{number:04}.json").write_text(json.dumps(facts | told))


def page(view: Any, **places: int) -> str:
    """Return a page as it is answered."""
    request = RequestFactory().get("/")
    answer = view(request, **places)
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("public")
    return str(answer.content.decode())


def test_all_versions_are_listed_newest_first_with_their_entry(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Number, date, profile, hash, since when; and where the ledger has it."""
    first = kept.adopt(store, at=NOON)
    edit(store, ('version = "3"', 'version = "4"'), ("We deliver", "We bring it"))
    second = kept.adopt(store, at=NOON)
    told = (Deployment(first.hash, 0, "2026-11-22T12:00Z"), Deployment(second.hash, 71, "2026-11-22T12:05Z"))
    monkeypatch.setattr(door, "deployments", lambda: told)
    shown = page(views.history)
    assert re.findall(r'href="/privacy/versions/(\d+)"', shown) == ["2", "1"]
    assert [hashed in shown for hashed in (first.hash, second.hash)] == [True, True]
    said = text_of(shown)
    assert "71, 2026-11-22T12:05Z" in said
    assert said.count("in force") >= 1
    assert 'href="/privacy/versions/2/changes"' in shown
    assert 'href="/privacy/versions/1/changes"' not in shown


def test_a_version_whose_file_was_taken_away_is_known_to_the_ledger(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever removes a file cannot remove that it governed (P42)."""
    first = kept.adopt(store, at=NOON)
    told = [Deployment(first.hash, 0, "2026-11-22T12:00Z")]
    monkeypatch.setattr(door, "deployments", lambda: tuple(told))
    assert "Known to the ledger alone" not in page(views.history)
    told.append(Deployment("cd" * 32, 30, "2026-11-22T13:00Z"))
    said = text_of(page(views.history))
    assert "Known to the ledger alone" in said
    assert f"Entry 30, 2026-11-22T13:00Z {'cd' * 32}" in said


def test_a_vault_that_is_away_takes_no_version_off_the_list(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are the shop's own."""
    kept.adopt(store, at=NOON)

    def away() -> None:
        raise VaultAway

    monkeypatch.setattr(door, "deployments", away)
    assert "none told" in page(views.history)


def test_a_version_is_shown_as_it_was(store: Path) -> None:
    """Not as the one in force is."""
    kept.adopt(store, at=NOON)
    edit(store, ('version = "3"', 'version = "4"'), ("We deliver", "We bring it"))
    kept.adopt(store, at=NOON)
    old, new = page(views.version, number=1), page(views.version, number=2)
    assert ">We deliver</h3>" in old
    assert ">We bring it</h3>" in new
    assert "This version is over" in old
    assert "This is the version in force" in new
    assert html.escape('title = "We deliver"', quote=True) in old.replace("&#34;", "&quot;")


def test_changes_are_told_word_by_word_in_rights_and_in_consents(store: Path) -> None:
    """What a screen reader says is whole: each mark says what it is."""
    kept.adopt(store, at=NOON)
    edit(
        store,
        ('version = "3"', 'version = "4"'),
        ("One cookie may recognize your browser", "One cookie may know your browser"),
        ('life = "P6M"', 'life = "P4M"'),
        (', "rights.own_cookie"', ""),
        ('[rule.rights.own_cookie]\nact = "use"\nfields = ["visitor.cookie", "visitor.seen"]\n'
         'actors = ["web:visitors"]\nwhen = ["consent"]\n', ""),
    )  # fmt: skip
    kept.adopt(store, at=NOON)
    shown = page(views.changes, number=2)
    assert re.search(r"<del>.{0,60}recognize", shown)
    assert re.search(r"<ins>.{0,60}know", shown)
    said = text_of(shown)
    assert "gone: recognize end; new: know end;" in re.sub(r"\s+", " ", said)
    assert "rights.own_cookie" in said
    assert "life: 4 months" in said
    assert "is asked again" in said
    assert "Customize" in said


def test_only_words_that_no_yes_rests_on_leave_consents_alone(store: Path) -> None:
    """A better sentence about parcels asks nobody anything again."""
    kept.adopt(store, at=NOON)
    edit(store, ('version = "3"', 'version = "4"'), ("We deliver", "We bring it"))
    kept.adopt(store, at=NOON)
    assert "None lapsed" in text_of(page(views.changes, number=2))


def test_a_file_in_words_unknown_today_is_shown_as_its_sentences(store: Path) -> None:
    """Lenient reading, nothing of it taken as markup, and the whole file beneath."""
    put(store, 1, STRANGE.encode())
    kept.adopt(store, at=NOON)
    shown = page(views.version, number=1)
    said = text_of(shown)
    assert "Carried by owls" in said
    assert "An owl brings &lt;it&gt; to" in shown
    assert "Whoo." in said
    assert "mood" in said
    assert "owls" in text_of(page(views.changes, number=2))


@pytest.mark.parametrize(
    "data",
    [
        b"this is no TOML <b>at all</b>",
        b"\xff\xfe\x00 not even text <b>",
        b"",
        b"statement = 5",
        b"[[statement]]\nid = 5",
    ],
)
def test_a_file_that_is_no_policy_is_shown_raw(store: Path, data: bytes) -> None:
    """Whatever became of it, the page stands and shows the bytes that are there."""
    put(store, 1, data)
    kept.adopt(store, at=NOON)
    shown = page(views.version, number=1)
    assert "<b>" not in shown
    assert "The file itself" in shown
    assert page(views.changes, number=2)
    assert page(views.history)


def test_the_policy_of_the_release_before_is_laid_out(store: Path) -> None:
    """Its lists lack what came later, and say so."""
    old = (Path(policy.__file__).parent / "shipped/1.toml").read_bytes()
    put(store, 1, old, version="1", date="2026-11-22")
    kept.adopt(store, at=NOON)
    said = text_of(page(views.version, number=1))
    assert "The card processor" in said
    assert "not told in this version" in said
    assert "January 1, 1" not in said


@pytest.mark.parametrize(("view", "number"), [("version", 0), ("version", 7), ("changes", 1), ("changes", 7)])
def test_a_version_that_never_was_is_a_page_that_is_not_there(store: Path, view: str, number: int) -> None:
    """And the first version has nothing before it."""
    kept.adopt(store, at=NOON)
    with pytest.raises(Http404):
        getattr(views, view)(RequestFactory().get("/"), number=number)


def test_the_file_in_force_is_answered_byte_for_byte(store: Path) -> None:
    """Not the one that is being edited."""
    kept.adopt(store, at=NOON)
    before = (store / "policy.toml").read_bytes()
    edit(store, ('version = "3"', 'version = "4"'))
    answer = views.file(RequestFactory().get("/"))
    assert answer.content == before
    assert answer["Content-Type"].startswith("text/plain")
