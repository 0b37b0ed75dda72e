"""A file cannot hide from readers what it allows, nor from the loader what it is (P0)."""

import os
import re
import time
from pathlib import Path

import pytest

from microkitten import policy
from microkitten.policy import PolicyError, versions

GOOD = policy.packaged_text("strict")


def refused(text: str) -> str:
    """Return all that is said of a text that does not load."""
    with pytest.raises(PolicyError) as caught:
        policy.parse(text, file="policy.toml")
    return str(caught.value)


def put(old: str, new: str) -> str:
    """Return the good text with one change."""
    assert old in GOOD, old
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\u200d", "\u00ad", "\u202e", "\u2066", "\ufeff", "\\u0000", "\\u0007", "\u3164", "\u2028"],
)
@pytest.mark.parametrize("shape", ["{}", "We {} deliver"])
def test_a_text_holds_what_people_can_see(hidden: str, shape: str) -> None:
    """A title of nothing, or one whose letters turn round on the page, tells nobody anything."""
    said = refused(put('title = "We deliver"', f'title = "{shape.format(hidden)}"'))
    assert "statement 13.title holds a character that cannot be seen" in said


def test_the_joiners_that_some_scripts_need_are_letters_among_letters() -> None:
    """Persian is not written without them."""
    loaded = policy.parse(put('title = "We deliver"', 'title = "می\u200cفرستیم"'), file="policy.toml")
    assert loaded.statement("P12").title == "می\u200cفرستیم"


@pytest.mark.parametrize("kind", ["party", "cookie", "group", "purpose"])
def test_two_of_a_kind_have_two_titles(kind: str) -> None:
    """The page names parties and the rest by their titles: one title for two would make one of two."""
    text = re.sub(rf'(\[{kind}\.[-\w]+\]\s*\ntitle = )"[^"]*"', r'\1"The same"', GOOD)
    assert f"{kind} " in (said := refused(text))
    assert "has the title of" in said


def test_two_fields_have_two_titles() -> None:
    """Else a telephone number could pass for a second name."""
    text = put("the receiver's telephone number", "The receiver\u2019s name".replace("\u2019", "'"))
    assert "field recipient.phone has the title of recipient.name" in refused(text)


def test_a_name_is_of_plain_letters() -> None:
    """A Cyrillic letter would make another group, to which no bound of `visitor` holds."""
    said = refused(GOOD.replace("[group.visitor]", '[group."visit\u043er"]'))
    assert "bad name 'visit\u043er'" in said


@pytest.mark.parametrize("number", ["P01", "P00", "P012"])
def test_a_statement_has_one_number(number: str) -> None:
    """P1 and P01 would be two sentences under one number."""
    assert f"bad statement id '{number}'" in refused(put('id = "P12"', f'id = "{number}"'))


def test_nothing_is_kept_past_the_last_day_there_is() -> None:
    """9,999 years from now no clock can tell; the vault would fail at the first order."""
    text = re.sub(r'(\[group\.recipient\][^\[]*?life = )"[^"]*"', r'\1"P9999Y"', GOOD)
    assert "group recipient would be kept for 9999 years" in refused(text)


@pytest.mark.parametrize(
    "bomb",
    [
        "x" + ".a" * 100_000 + " = 1",
        'x = { "y"' + " . 'a'" * 30_000 + " = 1 }",
        f"[{'a.' * 100_000}b]",
        "\n".join(f"[a{number}]" for number in range(60_000)),
        "never = [" + '"sell", ' * 100_000 + "]",
        "x = " + "[" * 200_000,
        "x = " + "9" * 5_000,
    ],
)
def test_a_file_made_to_keep_us_busy_is_refused_at_once(bomb: str) -> None:
    """A key of fifty thousand parts took the standard library four minutes."""
    began = time.process_time()
    refused(f"{GOOD}\n{bomb}\n")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "long"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    """Whoever opens a named pipe waits for somebody to write into it: the store would wait for ever."""
    edited = tmp_path / versions.EDITED
    if kind == "pipe":
        os.mkfifo(edited)
    elif kind == "folder":
        edited.mkdir()
    elif kind == "device":
        edited.symlink_to("/dev/zero")
    else:
        edited.write_bytes(b"#" * (policy.load.__globals__["FILE_BYTES_MAX"] + 1))
    with pytest.raises(PolicyError, match="longer than" if kind == "long" else "cannot be read"):
        versions.check(tmp_path)


def test_digest_and_rules_are_of_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is swapped while the vault starts never governs under the digest of another (P0)."""
    folder = tmp_path / versions.FOLDER
    folder.mkdir()
    (folder / "0001.toml").write_text(GOOD)
    reads = []

    def swapping(path: Path) -> bytes:
        reads.append(path)
        return path.read_bytes()

    monkeypatch.setattr(versions, "read_bytes", swapping)
    with pytest.raises(PolicyError, match="does not tell when"):
        versions.sworn(tmp_path)
    assert reads == [folder / "0001.toml"]
