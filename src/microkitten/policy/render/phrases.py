"""The fixed words of the page in one place: in another language it is the same page with another `Words` (P42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Final

from microkitten.policy.duration import Duration
from microkitten.policy.parts import Cookie, Group
from microkitten.policy.words import SINCE

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
LENGTHS: Final = MappingProxyType(
    {
        "H": ("{count} hour", "{count} hours"),
        "D": ("{count} day", "{count} days"),
        "M": ("{count} month", "{count} months"),
        "Y": ("{count} year", "{count} years"),
    }
)
SET_WHEN: Final = MappingProxyType(
    {
        "on_visit": "at your first visit, unless you or your browser said no",
        "on_consent": "only after your yes",
        "on_need": "when it is needed",
    }
)
# What the law calls the reason, in words that say what it is.
BASES: Final = MappingProxyType(
    {
        "contract": "What you ask for cannot be done without it (contract).",
        "consent": "Only while you agree; you can take it back at any time (consent).",
        "legal duty": "The law asks it of us (legal duty).",
        "own interest": "The shop needs it, and it weighs little on you (own interest).",
    }
)
KINDS: Final = MappingProxyType(
    {
        "service provider": "service provider",
        "contractor": "contractor",
        "agent": "agent",
        "representative": "representative",
        "partner": "partner",
        "authority": "authority",
    }
)
# The chapters of the page: which statements, by their numbers; a store's own statements stand in the last but one.
CHAPTERS: Final = (
    ("page", "The page itself", range(1)),
    ("collection", "What you give", range(1, 4)),
    ("purchase", "Buying", range(4, 8)),
    ("cookie", "The cookie", range(8, 10)),
    ("contact", "Getting in touch", range(10, 11)),
    ("uses", "What it is used for", range(11, 20)),
    ("sharing", "What goes out", range(20, 35)),
    ("security", "How it is kept safe", range(35, 42)),
    ("rights", "Your rights", range(43, 44)),
    ("besides", "Besides", range(0)),
    ("answers", "Who answers for it", range(42, 43)),
)


class InEnglish(str):
    """A text told in English on a page of another language, and marked so wherever it stands on a page."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the text escaped, in an element that says its language."""
        return f'<span lang="en">{escape(str(self))}</span>'


@dataclass(frozen=True, slots=True)
class Words:
    """The page's language: `phrases` maps each fixed English phrase to the one to be said in its place.

    A phrase that is missing is said in English. Texts of the policy file are in here too, each under exactly its own
    words: a sentence that was edited has no translation any more, and is told in English (P0). `name` is what the
    language calls itself.
    """

    language: str = "en"
    phrases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    name: str = "English"

    def say(self, english: str, **values: object) -> str:
        """Say a fixed phrase; `values` go where it has their names in braces."""
        phrase = self.phrases.get(english, english)
        return phrase.format(**values) if values else phrase

    def say_best(self, *english: str, **values: object) -> str:
        """Say the first phrase that this language has; the last one must serve for all cases."""
        known = (phrase for phrase in english if phrase in self.phrases)
        return self.say(next(known, english[-1]), **values)

    def knows(self, *english: str) -> bool:
        """Tell whether each of these texts can be told in this language."""
        return self.is_english or all(text in self.phrases for text in english)

    @property
    def is_english(self) -> bool:
        """Whether the texts of the file can be told as they stand there."""
        return self.language.partition("-")[0].lower() == "en"

    def told(self, english: str) -> str:
        """Tell a text of the policy file: `InEnglish` if there is no translation of exactly this text (P0)."""
        return self.phrases.get(english, english) if self.knows(english) else InEnglish(english)

    def midway(self, title: str) -> str:
        """Tell a title as it stands in the middle of a sentence."""
        inside = title[:1].lower() + title[1:]
        if self.is_english:
            return inside
        return self.phrases.get(inside) or self.told(title)

    def opening(self, text: str) -> str:
        """Tell a text as a sentence of its own."""
        said = self.told(text)
        return type(said)(f"{said[:1].upper()}{said[1:]}.")

    def day(self, day: date) -> str:
        """Write a date for people: `November 22, 2026`."""
        return self.say(
            "{month} {day}, {year}", month=self.say(MONTHS[day.month - 1]), day=day.day, year=day.year
        )

    def month(self, month: str) -> str:
        """Write a month for people; `month` as the ledger counts, `2026-11`."""
        year, _, number = month.partition("-")
        return self.say("{month} {year}", month=self.say(MONTHS[int(number) - 1]), year=year)

    def length(self, length: Duration) -> str:
        """Say a length of time: `13 months`."""
        return self.say(LENGTHS[length.unit][length.count != 1], count=length.count)

    def life(self, group: Group) -> str:
        """Say how long a group is kept: `13 months after the order`; with what the books keep longer, if anything."""
        life = self.after(group.life, group.since)
        if group.arrival is not None:
            life = self.say(
                "{length} after the parcel has come, at the latest {life}",
                length=self.length(group.arrival),
                life=life,
            )
        if group.law is None:
            return life
        return self.say("{life}; for the books {law}", life=life, law=self.after(group.law, group.since))

    def after(self, length: Duration, since: str) -> str:
        """Say when something ends: so long after what the group's life begins with."""
        return self.say("{length} after {since}", length=self.length(length), since=self.say(SINCE[since]))

    def cookie(self, cookie: Cookie) -> str:
        """Say how long a cookie stays."""
        return self.say("until the browser is closed") if cookie.life is None else self.length(cookie.life)

    def listed(self, words: Sequence[str]) -> str:
        """Join words as people do: `a, b and c`."""
        if len(words) < 2:
            return "".join(words)
        return self.say("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])


ENGLISH: Final = Words()
