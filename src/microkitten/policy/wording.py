"""Fills the {placeholders} of a policy's texts, so that a figure on the page is the figure the program
works by (P0)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from microkitten.policy.duration import Duration
from microkitten.policy.parts import Cookie, Group, Policy
from microkitten.policy.words import SINCE

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 # short
)


NOT_NAMED = "not named yet"
NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True)
class Company:
    """Who answers for the store, as `store.toml` has it; fills {company}, {store}, {email}, {postal_address}
    and {country}.

    `card_processor` and `mail_service` say who is behind these two parties as long as the policy itself does
    not name the company.
    """

    company: str
    store: str
    email: str
    postal_address: str
    country: str = ""
    card_processor: str = NOT_NAMED
    mail_service: str = NOT_NAMED


class Speech(Protocol):
    """A language that times, dates and the program's own words are said in (`render.Words`)."""

    def say(self, english: str) -> str:
        """Say a fixed phrase."""

    def day(self, day: date) -> str:
        """Write a date for people."""

    def length(self, length: Duration) -> str:
        """Say a length of time."""

    def cookie(self, cookie: Cookie) -> str:
        """Say how long a cookie stays."""


class _English:
    def say(self, english: str) -> str:
        return english

    def day(self, day: date) -> str:
        return day_words(day)

    def length(self, length: Duration) -> str:
        return length.words()

    def cookie(self, cookie: Cookie) -> str:
        return cookie_life(cookie)


def fill(text: str, policy: Policy, company: Company | None = None, speech: Speech | None = None) -> str:
    """Put the policy's own figures and the company's name into a text.

    Params: `company`, without which its placeholders stay as they stand (as in `explain`); `speech`, the language
    of the text, English if none. Promise: P0, P42.
    """
    speech = speech or _English()
    words = figures(policy, speech)
    words |= {"version": policy.version, "date": speech.day(policy.date), "profile": policy.profile}
    if company is not None:
        words |= {"store": company.store, "email": company.email, "postal_address": company.postal_address}
        words |= {"country": company.country or speech.say(NOT_TOLD)}
        words["card_processor"] = speech.say(company.card_processor)
        words["mail_service"] = speech.say(company.mail_service)
        reach = [way for way in (company.email, company.postal_address) if way]
        words |= {"contact": reach[0] if reach else company.store, "contacts": ", ".join(reversed(reach))}
        words["company"] = policy.company.replace("{company}", company.company)
    return put(text, words)


def figures(policy: Policy, speech: Speech | None = None) -> dict[str, str]:
    """Return the times that a policy works by, under the names of their placeholders, in words of `speech`."""
    speech = speech or _English()
    words = {"unclaimed": speech.length(policy.unclaimed)}
    words |= {f"life.{name}": speech.length(group.life) for name, group in policy.groups.items()}
    for key in ("arrival", "law"):
        lengths = {name: getattr(group, key) for name, group in policy.groups.items()}
        words |= {f"{key}.{name}": speech.length(length) for name, length in lengths.items() if length}
    words |= {f"cookie.{name}": speech.cookie(cookie) for name, cookie in policy.cookies.items()}
    timed = {id: rule.within for id, rule in policy.rules.items() if rule.within is not None}
    return words | {f"within.{id}": speech.length(within) for id, within in timed.items()}


def put(text: str, words: Mapping[str, str]) -> str:
    """Put words in the place of their placeholders, in one pass: what a store's settings bring in is text,
    and is not looked through again.
    """
    return re.sub(r"\{([^{}]*)\}", lambda found: words.get(found.group(1), found.group()), text)


def day_words(day: date) -> str:
    """Write a date for people: `November 22, 2026`."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def cookie_life(cookie: Cookie) -> str:
    """Say how long a cookie stays."""
    return "until the browser is closed" if cookie.life is None else cookie.life.words()


def group_life(group: Group) -> str:
    """Say how long a group is kept: `13 months after the order`; and, if so, until when for the books."""
    life = f"{group.life.words()} after {SINCE[group.since]}"
    if group.arrival is not None:
        life = f"{group.arrival.words()} after the parcel has come, at the latest {life}"
    return (
        life if group.law is None else f"{life}; for the books {group.law.words()} after {SINCE[group.since]}"
    )


def listed(words: list[str] | tuple[str, ...]) -> str:
    """Join words as people do: `a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part) if words else ""
