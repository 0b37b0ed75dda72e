"""Where a token may stand: read from the policy, for the person or party in front of whom it would stand.

Nothing here names a field. A field may be in an answer if a rule lets whoever asks use it and the page is marked; with
a party if a rule discloses it to that party; in an answer to the very request that typed it, where its input is one
that the policy names. Everything else is out of place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from microkitten.policy.parts import Policy, Rule
from tests.canaries.tape import Place
from tests.canaries.tokens import Token

# What an answer may say back of what it was just asked, though the policy has no field for it, and why.
ECHOES: Mapping[tuple[str, str], str] = {
    ("search", "q"): "the words of a search stand above what was found; they are kept nowhere",
    ("order", "number"): "the page that asks who you are names the order that was asked for",
    ("order", "key"): "the page that asks who you are carries the key of the link onward in its form",
    ("order-access", "number"): "as above, after a wrong e-mail address",
    ("order-access", "key"): "as above, after a wrong e-mail address",
    ("staff-sign-in", "next"): "where to go after signing in, in a hidden input",
    ("processor", "cc-name"): "typed on the processor's own page, shown there again with what is wrong",
}
# The places in which a party's disclosures can be read. A party without one has to be given one.
PARTY_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "mail": ("mail", "smtp"),
    "card_processor": ("processor",),
}
# In a sample store its staff read the mailbox that stands in for the customer's own.
SAMPLE_MAILBOX = frozenset({"staff-mailbox", "staff-mail"})


@dataclass(frozen=True, eq=False)
class Who:
    """Who asks: which conditions the vault would find true of them, for whose data."""

    name: str
    holds: frozenset[str] = frozenset()
    persons: Set[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """What judges a token in an answer: who asked for it, and what they had sent."""

    who: Who
    route: str
    part: str
    sent: Mapping[str, str] = field(default_factory=dict)
    """Each value of the request by its input's name, as it was typed."""
    is_sealed: bool = False
    """Kept by no cache, and not to be found by search engines."""
    is_marked: bool = False
    """Says at its foot that something was opened, or is a fragment of a page that does."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    """What the answer sets, by name."""
    path: str = ""
    """The address that was asked for, if the answer leads to where it can be asked for after signing in."""


@dataclass(frozen=True)
class ToParty:
    """What judges a token that went out: to which party, about whom."""

    party: str
    persons: frozenset[str]


class Law:
    """Judges each token by the policy in force."""

    def __init__(self, policy: Policy, tokens: Mapping[str, Token]) -> None:
        self.policy, self.tokens = policy, tokens
        self.allowed: dict[str, int] = {}
        self.rules: set[str] = set()
        unwatched = set(policy.parties) - set(PARTY_CHANNELS)
        assert not unwatched, f"no channel is watched for the party {', '.join(sorted(unwatched))}"

    def may(self, place: Place, name: str, _writing: str) -> bool:
        """Tell whether a token may stand at a place, and remember why it did."""
        token = self.tokens.get(name)
        reason = "" if token is None else self._reason(place.about, token)
        if reason:
            self.allowed[reason] = self.allowed.get(reason, 0) + 1
        return bool(reason)

    def _reason(self, about: object, token: Token) -> str:
        if isinstance(about, ToParty):
            given = {one for fields in self.policy.gives(about.party).values() for one in fields}
            is_given = token.field in given and token.person in about.persons
            return f"{token.field} to {about.party}" if is_given else ""
        if isinstance(about, Answer):
            return self._in_headers(about, token) if about.part == "headers" else self._in_body(about, token)
        return ""

    def _in_headers(self, about: Answer, token: Token) -> str:
        """A cookie of the policy's list may carry what the list says it carries, to its own browser."""
        if token.cookie in self.policy.cookies and token.text in about.cookies.get(token.cookie, ""):
            return f"{token.cookie} to its browser"
        onward = token.text in about.path
        return "address asked for, led onward" if onward and token.kind == "word" and not token.field else ""

    def _in_body(self, about: Answer, token: Token) -> str:
        if token.field and about.is_sealed:
            if about.is_marked and token.person in about.who.persons:
                rules = [rule.id for rule in self.policy.rules.values() if self._lets(rule, about.who, token)]
                self.rules |= set(rules)
                if rules:
                    return f"{token.field} by {' and '.join(rules)}"
            if about.route in SAMPLE_MAILBOX and "staff" in about.who.holds:
                return self._reason(ToParty("mail", frozenset({token.person})), token) and "sample mailbox"
        return self._echo(about, token)

    @staticmethod
    def _lets(rule: Rule, who: Who, token: Token) -> bool:
        """A rule without a condition is nobody's right to see: only staff and the proven are shown anything."""
        return (
            rule.act == "use"
            and token.field in rule.fields
            and bool(rule.when & {"staff", "proven"} & who.holds)
        )

    def _echo(self, about: Answer, token: Token) -> str:
        for name, value in about.sent.items():
            if token.text not in value:
                continue
            if (about.route, name) in ECHOES:
                return f"echo of {name} at {about.route}"
            if (
                about.is_sealed
                and self.is_asked_for(name)
                and token.field in {"", *self.fields_of_input(name)}
            ):
                return f"{name} shown again to who typed it"
            if name == token.cookie:
                return f"{name} shown to its browser"
        return ""

    # The policy's inputs

    def is_asked_for(self, name: str) -> bool:
        """Tell whether the policy knows an input of that name."""
        return bool(self.fields_of_input(name))

    def fields_of_input(self, name: str) -> set[str]:
        """Return the fields of the policy that an input of a page writes or is compared with."""
        return {
            field
            for field, entry in self.policy.fields.items()
            for source in (*entry.forms, *entry.compares)
            if matches(source, name)
        }


# The address is one field of several inputs: these are its parts by their names on the page.
ADDRESS = frozenset({"line1", "line2", "city", "area", "region", "postcode", "sorting", "country"})
_RECIPIENT = re.compile(r"r\d+-(.+)")


def matches(source: str, name: str) -> bool:
    """Tell whether an input of a page is the policy's `form.input`: `r2-city` is a part of `recipient.address`."""
    form, _, wanted = source.partition(".")
    if found := _RECIPIENT.fullmatch(name):
        part = "address" if found[1] in ADDRESS else found[1]
        return (form, wanted) == ("recipient", part)
    # An input may carry its form's name before its own, where two forms of a page have one of that name.
    return form != "recipient" and name in {wanted, f"{form}-{wanted}"}


def said(body: str) -> str:
    """Return a request's or page's text with its escapes taken back."""
    return html.unescape(unquote_plus(body))
