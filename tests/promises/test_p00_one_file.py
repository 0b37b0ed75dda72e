"""P0: what the page says is what the store does, because both are made from one file."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.buying import text_of
from tests.promises.outsider import Outsider


@pytest.mark.shows("lock.one-file")
def test_every_statement_of_the_file_stands_on_the_page_and_no_other(either: Outsider) -> None:
    """Feature: title, text and meaning of each, each once, in the profile's words."""
    page = either.privacy()
    shown = re.findall(r'<h[23] id="(P\w+)"', page)
    assert sorted(shown) == sorted(one["id"] for one in either.policy["statement"])
    said = text_of(page)
    for one in either.policy["statement"]:
        for part in ("title", "text", "meaning"):
            for piece in re.split(r"\{[^}]*\}", " ".join(one[part].split())):
                assert piece.strip() in said, one["id"]


@pytest.mark.shows("lock.one-file", "lock.ledger")
def test_page_and_ledger_name_one_policy(either: Outsider) -> None:
    """Evidence: the hash at the head of the page is the one that the ledger has of the deployment."""
    shown = re.search(r"\b([0-9a-f]{64})\b", either.privacy())
    assert shown
    deployed = [leaf for leaf in either.ledger() if leaf["k"] == "deployment"]
    assert deployed
    assert deployed[-1]["policy"] == shown[1]
    assert shown[1] in either.command("policy", "check").stdout


@pytest.fixture
def edited(shop: Outsider, tmp_path: Path) -> Path:
    """A folder with a copy of the store's two files, to be edited."""
    for name in ("policy.toml", "store.toml"):
        shutil.copy(shop.folder / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('binds = ["lock.tls"]', "binds = []", "P36 is bound to no rule"),
        ('"rights.own_card", ', "", "rights.own_card is told by no statement"),
        ("[policy]\n", '[policy]\nmood = "good"\n', "unknown key 'mood'"),
        ('actors = ["shipping"]', 'actors = ["marketing"]', "unknown actor 'marketing'"),
    ],
)
def test_a_sentence_without_a_rule_and_a_rule_without_a_sentence_stop_the_store(
    shop: Outsider, edited: Path, old: str, new: str, complaint: str
) -> None:
    """Attack: words that bind nothing, rights that nobody is told of; each is refused with its line."""
    text = (edited / "policy.toml").read_text()
    assert old in text
    (edited / "policy.toml").write_text(text.replace(old, new, 1))
    done = shop.command("policy", "check", str(edited))
    assert done.returncode == 1
    assert complaint in done.stderr
    assert re.search(r"policy\.toml, line \d+", done.stderr)


def test_each_rule_is_explained_as_the_file_has_it(shop: Outsider) -> None:
    """Feature: `policy explain` quotes rule and statement, and a mistyped question is an error, not a no."""
    holding = ("--condition", "staff", "--condition", "claimed", "--age", "P30D")
    answer = shop.explain("shipping", "recipient.name", "deliver", *holding)
    assert (answer["verdict"], answer["rule"]) == ("yes", "deliver.open")
    mistyped = shop.command("policy", "explain", "shiping", "recipient.name", "deliver", *holding)
    assert mistyped.returncode == 2
    assert "did you mean 'shipping'?" in mistyped.stderr


def test_the_page_has_no_hole_and_names_the_profile(either: Outsider) -> None:
    """Evidence: no placeholder is left, and the profile on the page is the one of the file."""
    page = text_of(either.privacy())
    assert not re.search(r"\{\w+[^}]*\}", page)
    told = tomllib.loads((either.folder / "policy.toml").read_text())["policy"]["profile"]
    assert f'the profile is "{told}"' in page
