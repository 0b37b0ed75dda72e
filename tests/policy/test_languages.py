"""The page in other languages: whole, with the same figures, and never saying what the file says no more (P0, P42)."""

import re
from datetime import date
from pathlib import Path

import pytest
from markupsafe import escape

from microkitten import policy
from microkitten.policy import PolicyError, languages
from microkitten.policy.duration import Duration
from microkitten.policy.render import InEnglish, Page, page, texts
from microkitten.policy.words import PROFILES
from tests.policy import phrases
from tests.policy.test_page import COMPANY

CODES = [code for code in languages.packaged() if code != "en"]
EACH = pytest.mark.parametrize("code", CODES)
SENTENCE = "We may know this browser again, but not whose it is."


def edited(old: str, new: str, profile: str = "classic") -> policy.Policy:
    """Return the packaged policy with some of its words changed."""
    text = policy.packaged_text(profile)
    assert old in text
    return policy.parse(text.replace(old, new), file="policy.toml")


def laid_out(code: str, made: policy.Policy, store: Path | None = None) -> Page:
    """Return the page in a language."""
    return page(made, COMPANY, languages.read(code, store))


def test_german_and_spanish_are_packaged() -> None:
    """Each names itself."""
    assert languages.packaged() == ("en", "de", "es")
    assert [languages.read(code).name for code in languages.packaged()] == ["English", "Deutsch", "Español"]


@EACH
def test_nothing_that_the_pages_say_lacks_a_translation(code: str) -> None:
    """Code, templates and both profiles of the policy."""
    known = languages.read(code).phrases
    assert sorted((phrases.of_program() | phrases.of_policy()) - known.keys()) == []


@EACH
def test_nothing_is_translated_that_the_pages_do_not_say(code: str) -> None:
    """A catalog grows no dead words."""
    said = phrases.of_program() | phrases.of_policy() | phrases.inflected()
    assert sorted(languages.read(code).phrases.keys() - said) == []


def test_the_gathering_finds_what_it_is_to_find() -> None:
    """Of each kind one: in code by itself and by a variable, in a template, a closed list, a text of the policy."""
    assert phrases.of_program() >= {
        "whatever is held", "One product hangs on it.", "In this page", "nobody outside", "you yourself", "December",
        "{count} hour", "disclosure",
    }  # fmt: skip
    assert SENTENCE in phrases.of_policy()


@EACH
@pytest.mark.parametrize("profile", PROFILES)
def test_the_page_says_the_same_things_in_each_language(code: str, profile: str) -> None:
    """Statements, anchors, lists and hash are those of the English page; no hole, nothing left in English."""
    made = policy.packaged(profile)
    here, english = laid_out(code, made), laid_out("en", made)
    assert here.is_whole
    assert (here.hash, here.version, here.profile) == (english.hash, english.version, english.profile)
    for part in ("statements", "chapters", "purposes"):
        assert [one.anchor for one in getattr(here, part)] == [one.anchor for one in getattr(english, part)]
    assert [[bound.name for bound in one.bound] for one in here.statements] == [
        [bound.name for bound in one.bound] for one in english.statements
    ]
    assert [one.kind for row in here.matrix for one in row.marks] == [
        one.kind for row in english.matrix for one in row.marks
    ]
    for mine, theirs in zip(here.statements, english.statements, strict=True):
        for part in ("title", "text", "meaning"):
            text = getattr(mine, part)
            assert not isinstance(text, InEnglish)
            assert not re.search(r"[{}]", text), text
            assert text != getattr(theirs, part)
        assert not any(isinstance(bound.words, InEnglish) for bound in mine.bound)


@EACH
def test_each_figure_of_a_sentence_is_in_its_translation(code: str) -> None:
    """A time that was edited in the file is edited on every page, whatever its language."""
    made = edited('life = "P6M"', 'life = "P5M"')
    (seven,) = (one for one in laid_out(code, made).statements if one.id == "P7b")
    assert languages.read(code).length(Duration(5, "M")) in seven.text
    assert languages.read(code).length(Duration(6, "M")) not in seven.text


def test_dates_and_times_are_written_as_people_do() -> None:
    """In each language its own way."""
    said = {code: languages.read(code).day(date(2026, 3, 1)) for code in ("en", *CODES)}
    assert said == {"en": "March 1, 2026", "de": "1. März 2026", "es": "1 de marzo de 2026"}
    assert languages.read("de").length(Duration(1, "H")) == "1 Stunde"
    assert languages.read("es").length(Duration(13, "M")) == "13 meses"


def test_a_rule_reads_as_a_sentence() -> None:
    """The verb bends to whoever acts, and a party's name to where it stands."""
    made = policy.packaged("classic")
    said = {bound.name: bound.words for one in laid_out("de", made).statements for bound in one.bound}
    assert said["rights.own"].startswith("du selbst darfst öffnen: dein Name und deine E-Mail-Adresse, um ")
    assert "darf weitergeben an den Maildienst: dein Name" in said["confirm.mail"]
    assert "längstens bis 60 Tage nach der Bestellung" in said["deliver.open"]
    spanish = {bound.name: bound.words for one in laid_out("es", made).statements for bound in one.bound}
    assert spanish["bill.processor"].startswith("el programa que cobra puede entregar el importe")
    assert " al procesador de tarjetas, para que" in spanish["bill.processor"]


@EACH
def test_a_sentence_that_was_edited_is_told_in_english(code: str) -> None:
    """An old translation would say what the file no longer says; the new sentence is marked as English."""
    here = laid_out(code, edited(SENTENCE, "We may know <this> browser again."))
    (nine,) = (one for one in here.statements if one.id == "P9")
    assert nine.meaning == "We may know <this> browser again."
    assert escape(nine.meaning) == '<span lang="en">We may know &lt;this&gt; browser again.</span>'
    assert not isinstance(nine.text, InEnglish)
    assert not here.is_whole


@EACH
def test_a_stale_text_has_english_figures(code: str) -> None:
    """Half a sentence in another language is none: its times are English too, and so is a rule's whole sentence."""
    here = laid_out(
        code, edited("at the latest {life.recipient} after", "no later than {life.recipient} after")
    )
    (seven,) = (one for one in here.statements if one.id == "P7b")
    assert "no later than 6 months after the order" in seven.text
    here = laid_out(code, edited('title = "a gift message"', 'title = "a gift note"'))
    said = {bound.name: bound.words for one in here.statements for bound in one.bound}
    assert isinstance(said["deliver.collect"], InEnglish)
    assert said["deliver.collect"].startswith("the checkout page may write the receiver's name")


@EACH
def test_what_lacks_a_translation_is_told(code: str) -> None:
    """By its English text, for `policy check`."""
    words = languages.read(code)
    assert languages.lacking(policy.packaged("strict"), words) == ()
    made = edited(SENTENCE, "Another sentence.")
    assert languages.lacking(made, words) == ("Another sentence.",)
    assert languages.lacking(made, languages.read("en")) == ()


def test_a_store_translates_its_own_sentences(tmp_path: Path) -> None:
    """`policy.de.toml` stands above the packaged catalog, text by text."""
    own = '[phrases]\n"Another sentence." = "Ein anderer Satz."\n"Buying" = "Kaufen"\n'
    (tmp_path / "policy.de.toml").write_text(own)
    made = edited(SENTENCE, "Another sentence.")
    here = laid_out("de", made, tmp_path)
    (nine,) = (one for one in here.statements if one.id == "P9")
    assert nine.meaning == "Ein anderer Satz."
    assert here.is_whole
    assert "Kaufen" in [one.title for one in here.chapters]


def test_a_store_brings_a_language_of_its_own(tmp_path: Path) -> None:
    """Whatever it leaves out is told in English."""
    (tmp_path / "policy.fr.toml").write_text('name = "Français"\n[phrases]\n"Buying" = "Acheter"\n')
    words = languages.read("fr", tmp_path)
    assert words.name == "Français"
    assert set(languages.lacking(policy.packaged("classic"), words)) == set(texts(policy.packaged("classic")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[phrases]\n"{count} days" = "Tage"\n', "lost {count}"),
        ('[phrases]\n"nothing" = "nichts {count}"\n', "has {count}"),
        ('[phrases]\n"nothing" = "nichts }"\n', "has a brace"),
        ('[phrases]\n"nothing" = " "\n', "is no text"),
        ('[phrases]\n"nothing" = 3\n', "is no text"),
        ('[[text]]\nenglish = "nothing"\n', "is not whole"),
        ('[[text]]\nenglish = "nothing"\nhere = ""\n', "is not whole"),
        (
            '[phrases]\n"nothing" = "nix"\n[[text]]\nenglish = "nothing"\nhere = "nichts"\n',
            "translated twice",
        ),
        ('[words]\n"nothing" = "nichts"\n', "unknown part 'words'"),
        ('phrases = "nichts"\n', "phrases must be a table"),
        ("name = 3\n", "name must be a text"),
        ("[phrases\n", "cannot be read"),
    ],
)
def test_a_wrong_catalog_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """With its line and what to write; a process that must go on uses the packaged words."""
    (tmp_path / "policy.de.toml").write_text(f"# mine\n{text}")
    with pytest.raises(PolicyError) as refused:
        languages.read("de", tmp_path)
    (problem,) = refused.value.problems
    assert told in problem.message
    assert problem.file == str(tmp_path / "policy.de.toml")
    assert languages.spoken(tmp_path, ["de"])["de"].phrases == languages.read("de").phrases


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    """The one that the text stands in."""
    (tmp_path / "policy.de.toml").write_text('[phrases]\n"nothing" = "nichts"\n"{count} days" = "Tage"\n')
    with pytest.raises(PolicyError) as refused:
        languages.read("de", tmp_path)
    assert [problem.line for problem in refused.value.problems] == [3]


@pytest.mark.parametrize("code", ["fr", "zz-top", "../de", "", "D E"])
def test_a_language_that_nobody_has_written_is_refused(tmp_path: Path, code: str) -> None:
    """It names those there are; a process that must go on tells all of it in English, and marks it so."""
    with pytest.raises(PolicyError, match="no translations for"):
        languages.read(code, tmp_path)
    if re.fullmatch("[a-z-]+", code):
        words = languages.spoken(tmp_path, [code])[code]
        assert isinstance(page(policy.packaged("classic"), COMPANY, words).statements[0].text, InEnglish)


def test_a_part_of_the_world_has_the_language_s_words() -> None:
    """`de-at` is read with the catalog of `de`, and says its own name of language."""
    made = laid_out("de-at", policy.packaged("classic"))
    assert made.language == "de-at"
    assert made.is_whole
    assert laid_out("en-gb", policy.packaged("classic")).is_whole
