"""Words and numbers that are nowhere else, and the mint that knows what each of them was typed for."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MARK_CHARS = 8
TOKEN_CHARS = 18
_LETTERS = "bcdfghjkmnpqrstvwxz"
_DIGITS = "0123456789"


def letters(count: int) -> str:
    """Return random letters that no word of any language has in this order."""
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def word() -> str:
    """Return a word as long as a long name that nobody has."""
    return "Q" + letters(TOKEN_CHARS - 1)


def digits(count: int) -> str:
    """Return random digits, none of them zero at the beginning."""
    return secrets.choice(_DIGITS[2:]) + "".join(secrets.choice(_DIGITS) for _ in range(count - 1))


def card_number() -> str:
    """Return a number of 16 digits with the right check digit which is no test card: the bank declines it."""
    body = "40" + digits(13)
    total = sum(
        (int(d) * 2 - 9 * (int(d) > 4)) if place % 2 == 0 else int(d)
        for place, d in enumerate(reversed(body))
    )
    return body + str(-total % 10)


@dataclass(frozen=True, slots=True)
class Token:
    """A canary: its text, all that was typed with it, which field of the policy it is, and whose.

    `field` is empty for what belongs nowhere. `kind` is `word` (begins with the run's mark), `number` (any
    punctuation between its digits is a writing of it), or `made` (by the shop itself: a cookie, a pass).
    `cookie` names the cookie that may carry it.
    """

    name: str
    text: str
    typed: tuple[str, ...] = ()
    field: str = ""
    person: str = ""
    kind: str = "word"
    cookie: str = ""


class Mint:
    """Makes the tokens of one run and remembers them by name."""

    def __init__(self) -> None:
        self.mark = "Q" + letters(MARK_CHARS - 1)
        self.tokens: dict[str, Token] = {}
        self._texts: set[str] = set()

    def __iter__(self) -> Iterator[Token]:
        return iter(list(self.tokens.values()))

    def _keep(self, token: Token) -> Token:
        assert token.name not in self.tokens, f"two tokens are called {token.name}"
        assert token.text not in self._texts, "two tokens are the same"
        self.tokens[token.name] = token
        self._texts.add(token.text)
        return token

    def free(self, name: str) -> str:
        """Return the name, with a number behind it if it is taken."""
        count, found = 1, name
        while found in self.tokens:
            count += 1
            found = f"{name} ({count})"
        return found

    def word(self, name: str, form: str = "{}", *, field: str = "", person: str = "") -> str:
        """Make a word under a name; returns what is to be typed, the word within `form` (`{} Carter`)."""
        text = self.mark + letters(TOKEN_CHARS - MARK_CHARS)
        typed = form.format(text)
        return self._keep(Token(name, text, (typed,) if typed != text else (), field, person)) and typed

    def number(self, name: str, typed: str, *, field: str = "", person: str = "") -> str:
        """Take a typed number (telephone, card, postcode) as a token; its digits are what is looked for."""
        self._keep(Token(name, typed, (), field, person, "number"))
        return typed

    def phone(self, name: str, *, field: str = "", person: str = "") -> str:
        """Make a telephone number as people write it."""
        return self.number(name, f"+1 (21{digits(1)}) {digits(3)}-{digits(4)}", field=field, person=person)

    def made(self, name: str, text: str, *, field: str = "", person: str = "", cookie: str = "") -> str:
        """Take what the shop itself has made: nobody typed it, and it must be as hard to find."""
        if text not in self._texts:
            self._keep(Token(self.free(name), text, (), field, person, "made", cookie))
        return text

    def of(self, persons: Iterable[str]) -> list[Token]:
        """Return the tokens of some people."""
        wanted = set(persons)
        return [token for token in self if token.person in wanted]

    def __getitem__(self, name: str) -> str:
        return self.tokens[name].text
