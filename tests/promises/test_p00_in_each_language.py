"""P0 in each language: other words, the same statements, figures and rules, and nothing that the file does not say."""

import re
from pathlib import Path

import pytest

from microkitten.policy import languages
from microkitten.policy.duration import Duration
from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider

OTHERS = ("es", "de")
EACH = pytest.mark.parametrize("code", OTHERS)
SENTENCE = "You are the customer here, never the goods."
# What the lasting cookie waits for, as each page says it in its profile.
GIVEN = {
    "de": {"classic": "Bei deinem ersten Besuch bekommt", "strict": "erst, nachdem du Ja gesagt hast"},
    "es": {
        "classic": "En tu primera visita tu navegador",
        "strict": "solo después de que hayas dicho que sí",
    },
}


def fetched(shop: Outsider, path: str, **headers: str) -> str:
    """Return a page as a browser gets it that says no to the cookie."""
    answer = shop.visit(**{"Sec-GPC": "1", **headers}).get(path)
    assert answer.status_code == 200, path
    return answer.text


def main_of(page: str) -> str:
    """Return the part of a page that is about the policy."""
    found = re.search(r"<main .*</main>", page, re.DOTALL)
    assert found
    return found[0]


@EACH
@pytest.mark.shows("lock.one-file")
def test_each_statement_stands_on_each_page(either: Outsider, code: str) -> None:
    """Feature: the same numbers in the same order, the same addresses within the page, the same hash."""
    here, english = fetched(either, f"/privacy/{code}"), either.privacy()
    ids = re.compile(r'<h[23] id="([^"]+)"')
    assert ids.findall(main_of(here)) == ids.findall(main_of(english))
    assert {one["id"] for one in either.policy["statement"]} <= set(ids.findall(here))
    bound = re.compile(r'<li><span class="mono">([^<]+)</span>')
    assert bound.findall(here) == bound.findall(english)
    assert set(re.findall(r"\b[0-9a-f]{64}\b", here)) == set(re.findall(r"\b[0-9a-f]{64}\b", english))
    targets = re.findall(r'href="#([^"]+)"', here)
    assert set(targets) <= set(re.findall(r'\bid="([^"]+)"', here))


@EACH
def test_it_is_in_that_language_and_says_so(either: Outsider, code: str) -> None:
    """Feature: title and main part are marked, no sentence is left in English, and each page leads to the others."""
    here = fetched(either, f"/privacy/{code}")
    assert f'<title lang="{code}">' in here
    assert re.search(rf'<main [^>]*lang="{code}"', here)
    assert '<span lang="en">' not in here
    said = text_of(main_of(here))
    for one in either.policy["statement"]:
        for piece in re.split(r"\{[^}]*\}", " ".join(one["text"].split())):
            assert len(piece) < 12 or piece.strip() not in said, one["id"]
    for path, other in {"/privacy": "en", **{f"/privacy/{one}": one for one in OTHERS}}.items():
        assert f'<link rel="alternate" hreflang="{other}" href="{either.address}{path}">' in here
        if other != code:
            assert f'href="{path}" lang="{other}" hreflang="{other}"' in here
    assert f'<link rel="canonical" href="{either.address}/privacy/{code}">' in here


@EACH
@pytest.mark.shows("customize.cookie")
def test_the_profile_is_heard_in_each_language(either: Outsider, code: str) -> None:
    """Feature: P8 waits for a yes in `strict` and does not in `classic`, whichever language says it."""
    said = text_of(fetched(either, f"/privacy/{code}"))
    assert GIVEN[code][either.profile] in said
    assert GIVEN[code]["strict" if either.profile == "classic" else "classic"] not in said


@EACH
@pytest.mark.shows("deliver.open", "group.recipient")
def test_the_times_are_those_of_the_file(either: Outsider, code: str) -> None:
    """Evidence: what the rule and the group say in the file is what the page says, counted in its own words."""
    words, said = languages.read(code), text_of(fetched(either, f"/privacy/{code}"))
    times = [
        either.rules["deliver.open"]["within"],
        *(one["life"] for one in either.policy["group"].values()),
    ]
    for time in times:
        assert words.length(Duration.parse(time)) in said


@EACH
def test_each_page_is_the_same_for_everybody(either: Outsider, code: str) -> None:
    """Lock: the public page of a language holds nothing of whoever asks, and sets a cookie when `/privacy` does."""
    stranger, guest = either.visit(), either.visit(**{"Sec-GPC": "1"})
    first, second = stranger.get(f"/privacy/{code}"), guest.get(f"/privacy/{code}")
    assert first.text == second.text
    assert "Set-Cookie" not in second.headers
    assert ("Set-Cookie" in first.headers) == ("Set-Cookie" in either.visit().get("/privacy").headers)


@EACH
@pytest.mark.shows("rights.own_parcels")
def test_the_reader_s_own_page_speaks_it_too(shop: Outsider, bought: Bought, code: str) -> None:
    """Feature: the notes of somebody who has ordered, in the language of the page, kept by no cache."""
    for path in (f"/privacy/{code}/yours", f"/fragments/privacy-notes/{code}"):
        answer = bought.shopper.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store, private"
        said = text_of(answer.text)
        assert {"de": "verkauft, weder heute", "es": "No se ha vendido nada sobre ti"}[code] in said
        assert "Nothing about you was sold" not in said
        assert bought.number in said


def test_a_language_that_the_store_does_not_speak_has_no_page(either: Outsider) -> None:
    """Attack: no guessed address answers with a page in no language; the first language's leads to its one address."""
    guest = either.visit(**{"Sec-GPC": "1"})
    for path in (
        "/privacy/fr",
        "/privacy/DE",
        "/privacy/de-at",
        "/privacy/fr/yours",
        "/fragments/privacy-notes/zz",
    ):
        assert guest.get(path).status_code == 404, path
    assert guest.get("/privacy/en").url == f"{either.address}/privacy"


def test_no_old_translation_outlives_its_sentence(shop: Outsider, tmp_path: Path) -> None:
    """Attack: one word of a sentence is edited; each language warns that it is told in English from then on."""
    edited = (shop.folder / "policy.toml").read_text()
    assert SENTENCE in edited
    text = edited.replace(SENTENCE, "You are a customer here, never the goods.").replace(
        'version = "3"', 'version = "3a"'
    )
    (tmp_path / "policy.toml").write_text(text)
    (tmp_path / "store.toml").write_text((shop.folder / "store.toml").read_text())
    checked = shop.command("policy", "check", str(tmp_path))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for code in OTHERS:
        assert f"{code}: not translated, so told in English: 'You are a customer here" in checked.stdout
    assert "not translated" not in shop.command("policy", "check").stdout
