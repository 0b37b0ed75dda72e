"""The fixed words of the privacy pages come from one place, so that another language is another list (P42)."""

import re
from pathlib import Path
from types import MappingProxyType

from microkitten import policy
from microkitten.policy.render import Words, page
from microkitten.policy.wording import Company
from microkitten.shop import privacy

TEMPLATES = sorted((Path(privacy.__file__).parent / "templates/privacy").glob("*.html"))
OURS = [path for path in TEMPLATES if path.name != "security.html"]
COMPANY = Company("microkitten, llc", "The Small Shop", "hello@example.com", "1 Cat Lane, Springfield")


class Mirrored(Words):
    """A language in which everything is said between two bars."""

    def say(self, english: str, **values: object) -> str:
        """Say it so that it can be told from what the policy's file says."""
        return f"|{super().say(english, **values)}|"


def test_no_template_says_a_word_of_its_own() -> None:
    """Between tags stand only expressions; labels that readers hear are said as well."""
    for path in OURS:
        text = re.sub(r"{% block page %}\w+|{#.*?#}|{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.DOTALL)
        labels = re.findall(r'(?:aria-label|data-label|title|alt)="([^"]*)"', text)
        assert [label for label in labels if label.strip()] == [], path.name
        bare = re.sub(r"&[a-z]+;|<[^>]*>", " ", text, flags=re.DOTALL)
        assert re.findall(r"[A-Za-z]{2,}", bare) == [], path.name


def test_each_fixed_word_of_the_layout_is_said() -> None:
    """What is not from the file is between bars: acts, conditions, times, dates, kinds, marks."""
    made = page(policy.packaged("classic"), COMPANY, Mirrored())
    for words in (
        made.date, made.unclaimed, *made.who[:3], *(chapter.title for chapter in made.chapters),
        *(group.how_long for group in made.groups), *(cookie.life for cookie in made.cookies),
        *(cookie.set_when for cookie in made.cookies), *(party.kind for party in made.parties),
        *(one.basis_words for one in made.purposes), *(mark.words for row in made.matrix for mark in row.marks),
        *(bound.words for said in made.statements for bound in said.bound if bound.kind in ("rule", "lock", "group")),
    ):  # fmt: skip
        assert words.startswith("|"), words
        assert words.endswith("|"), words


def test_a_phrase_that_is_missing_is_said_in_english() -> None:
    """Half a translation is a whole page."""
    words = Words("de", MappingProxyType({"{count} months": "{count} Monate"}))
    made = page(policy.packaged("classic"), COMPANY, words)
    assert made.language == "de"
    assert "13 Monate after the order" in [group.how_long for group in made.groups]
