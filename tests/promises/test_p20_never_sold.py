"""P20: there is no act of selling, nobody on the list pays, and the opt-out signal is honored."""

from pathlib import Path

import pytest

from tests.buying import text_of
from tests.promises.outsider import COOKIE, Outsider, cookies_of


def test_nobody_on_the_list_pays_for_what_they_get(either: Outsider) -> None:
    """Lock: by the file, no party gives anything in return."""
    assert {party["consideration"] for party in either.policy["party"].values()} == {"none"}


@pytest.mark.parametrize("price", ["money", "a discount", ""])
def test_a_party_that_pays_stops_the_store(shop: Outsider, price: str, tmp_path: Path) -> None:
    """Attack: somebody writes a price into the file; it governs nothing any more."""
    for name in ("policy.toml", "store.toml"):
        text = (shop.folder / name).read_text()
        (tmp_path / name).write_text(text.replace('consideration = "none"', f'consideration = "{price}"', 1))
    assert shop.command("policy", "check", str(tmp_path)).returncode == 1


@pytest.mark.shows("lock.never-sold")
@pytest.mark.parametrize("act", ["sell", "rent", "transfer", "export", "share"])
def test_the_program_knows_no_act_of_selling(shop: Outsider, act: str) -> None:
    """Attack: acts by which lists are handed on are not refused but unknown."""
    done = shop.command("policy", "explain", "operator", "customer.email", "confirm", "--act", act)
    assert done.returncode == 2
    assert f"unknown act '{act}'" in done.stderr


def test_the_acts_in_use_are_these(either: Outsider) -> None:
    """Evidence: the file's own list of acts, none of which gives for something in return."""
    assert {rule["act"] for rule in either.rules.values()} == {
        "collect",
        "use",
        "compare",
        "disclose",
        "restrict",
        "erase",
    }


@pytest.mark.shows("lock.opt-out-signal")
def test_the_signal_is_honored_and_the_page_says_so(either: Outsider) -> None:
    """Feature: a browser with the signal gets no identifier, and machines are told."""
    guest = either.visit(**{"Sec-GPC": "1"})
    assert COOKIE not in cookies_of(guest.get("/"))
    assert guest.get("/.well-known/gpc.json").json()["gpc"] is True
    assert "Global Privacy Control" in either.sentence("P20")
    assert "Global Privacy Control" in text_of(guest.get("/your-cookie").text)
