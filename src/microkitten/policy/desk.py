"""The reading desk: typed readers over a parsed TOML table that note every problem with its line instead
of stopping at one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from microkitten.policy.closed import nearest
from microkitten.policy.duration import BadDuration, Duration
from microkitten.policy.lines import Lines, Path
from microkitten.policy.words import PLACEHOLDERS, PROFILES

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
)  # letters by their class, blank to the eye


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a policy file, where, and what to write instead."""

    file: str
    line: int
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} ({self.hint})"


class PolicyError(Exception):
    """A policy file that cannot govern; `problems` holds everything wrong with it, in the order of lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Desk:
    """One file being read: its lines, its active profile, and the problems found so far."""

    file: str
    lines: Lines
    profile: str = PROFILES[0]
    problems: list[Problem] = field(default_factory=list)
    named: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # what {life.NAME} and {cookie.NAME} may name

    def note(self, path: Path, message: str, hint: str, word: str | None = None) -> None:
        """Keep a problem at the line of `path` (of `word` within it, if given)."""
        self.problems.append(Problem(self.file, self.lines.of(path, word), message, hint))

    def unknown(self, path: Path, kind: str, word: str, known: Iterable[str], more: str = "") -> None:
        """Keep a problem about a word outside its closed set. Params: `more`, what the hint says after that."""
        hint = nearest(word, tuple(known))
        if more:
            hint += f" {more}" if hint.endswith("?") else f"; {more}"
        self.note(path, f"unknown {kind} {word!r}", hint, word)


class Section:
    """One table of the file. Each key is taken by a typed reader; `finish` complains about keys that
    nobody took.
    """

    def __init__(self, desk: Desk, path: Path, data: object, *, is_missing: bool = False) -> None:
        self.desk, self.path, self._is_missing = desk, path, is_missing
        self._data: dict[str, object] = data if isinstance(data, dict) else {}
        self._taken: list[str] = []
        if not isinstance(data, dict):
            desk.note(path, f"{name_of(path)} must be a table", f"write [{name_of(path)}]")

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text, or the active profile's text where the file gives one for each; empty texts are
        problems.
        """
        value = self._take(key, default)
        if isinstance(value, Mapping):
            value = self._by_profile(key, value)
        if not isinstance(value, str):
            return self._wrong(key, value, "a text")
        if not value.strip() and default is None:
            self.desk.note((*self.path, key), f"{self._at(key)} is empty", "write it, or take the entry out")
        self._visible(key, value)
        return " ".join(value.split())

    def _visible(self, key: str, value: str) -> None:
        """Complain about characters that nobody sees, or that turn or hide those beside them (P0)."""
        before = " "
        for one in value:
            joins = (
                one in "\u200c\u200d" and unicodedata.category(before)[0] in "LM"
            )  # as some scripts need it
            if one not in "\t\n\r" and not joins and (one in _BLANK or unicodedata.category(one) in _UNSEEN):
                message = f"{self._at(key)} holds a character that cannot be seen (U+{ord(one):04X})"
                self.desk.note((*self.path, key), message, "write what people can read, or take it out")
                return
            before = one

    def prose(self, key: str) -> str:
        """Read a text for the page (of both profiles, where they differ) and check its {placeholders}."""
        whole = self._data.get(key)
        for text in whole.values() if isinstance(whole, Mapping) else [whole]:
            for inner in re.findall(r"\{([^{}]*)\}", text) if isinstance(text, str) else ():
                self._placeholder(key, inner)
        return self.text(key)

    def word(self, key: str, known: Iterable[str], kind: str, default: str | None = None) -> str:
        """Read one word of a closed set (or one for each profile); an unknown word is a problem."""
        value = self.text(key, default)
        if value and value not in tuple(known):
            self.desk.unknown((*self.path, key), kind, value, known)
        return value

    def texts(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        """Read a list of texts (or one for each profile), each at most once."""
        value = self._take(key, None if needed else [])
        if isinstance(value, Mapping):
            value = self._by_profile(key, value)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._wrong(key, value, "a list of texts")
            return ()
        for item in sorted({item for item, count in Counter(value).items() if count > 1}):
            self.desk.note(
                (*self.path, key), f"{item!r} stands twice in {self._at(key)}", "keep it once", item
            )
        return tuple(dict.fromkeys(value))

    def words(self, key: str, known: Iterable[str], kind: str, *, needed: bool = True) -> tuple[str, ...]:
        """Read a list of words of a closed set; returns the known ones."""
        known = tuple(known)
        values = self.texts(key, needed=needed)
        for value in values:
            if value not in known:
                self.desk.unknown((*self.path, key), kind, value, known)
        return tuple(value for value in values if value in known)

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            self._wrong(key, value, "true or false")
            return default
        return value

    def day(self, key: str) -> date:
        """Read a date, written without quotes."""
        value = self._take(key)
        if type(value) is not date:
            self._wrong(key, value, "a date without quotes, like 2026-11-22")
            return date.min
        return value

    def duration(self, key: str) -> Duration:
        """Read a duration of one of the four shapes."""
        value = self._take(key)
        try:
            return Duration.parse(value) if isinstance(value, str) else Duration.parse("")
        except BadDuration:
            if value is not None:
                self.desk.note(
                    (*self.path, key), f"bad duration {value!r}", "write it like PT1H, P30D, P12M or P7Y"
                )
            return Duration(1, "H")

    def has(self, key: str) -> bool:
        """Tell whether the file gives this key; it is not taken."""
        return key in self._data

    def says(self, key: str, word: str) -> bool:
        """Tell whether the value is just this word; it is taken if so."""
        return self._data.get(key) == word and self._take(key) == word

    def table(self, key: str) -> Section:
        """Read a table within this one; where it is missing, that alone is the problem."""
        value = self._take(key)
        return Section(self.desk, (*self.path, key), {} if value is None else value, is_missing=value is None)

    def finish(self) -> None:
        """Complain about each key that no reader asked for."""
        for key in self._data:
            if key not in self._taken:
                self.desk.note(
                    (*self.path, key),
                    f"unknown key {key!r} in {name_of(self.path)}",
                    nearest(key, self._taken),
                )

    def _take(self, key: str, default: object = None) -> object:
        self._taken.append(key)
        if key in self._data:
            return self._data[key]
        if default is None and not self._is_missing:
            self.desk.note(self.path, f"{name_of(self.path)} lacks {key!r}", f"add a line `{key} = ...`")
        return default

    def _by_profile(self, key: str, value: Mapping[str, object]) -> object:
        for word in value:
            if word not in PROFILES:
                self.desk.unknown((*self.path, key, word), "profile", word, PROFILES)
        for profile in PROFILES:
            if profile not in value:
                self.desk.note(
                    (*self.path, key),
                    f"{self._at(key)} has no wording for {profile!r}",
                    "give both profiles, or one text",
                )
            elif type(value[profile]) is not type(value.get(self.desk.profile)):
                self._wrong(key, value[profile], "of one kind in both profiles", profile)
        return value.get(self.desk.profile)

    def _placeholder(self, key: str, inner: str) -> None:
        families = [f"{family}.{name}" for family, names in self.desk.named.items() for name in names]
        known = (*PLACEHOLDERS, *families)
        if inner not in known:
            message = f"unknown placeholder {{{inner}}} in {self._at(key)}"
            self.desk.note((*self.path, key), message, nearest(inner, known), f"{{{inner}}}")

    def _wrong(self, key: str, value: object, wanted: str, profile: str = "") -> str:
        if value is not None:
            kind = {
                "str": "a text",
                "bool": "true or false",
                "int": "a number",
                "list": "a list",
                "dict": "a table",
            }
            got = kind.get(type(value).__name__, type(value).__name__)
            path = (*self.path, key, profile) if profile else (*self.path, key)
            self.desk.note(path, f"{self._at(key)} must be {wanted}", f"it is {got} now")
        return ""

    def _at(self, key: str) -> str:
        return f"{name_of(self.path)}.{key}"


def name_of(path: Path) -> str:
    """Write a path as people say it: `rule.deliver.open`; the third statement is `statement 3`."""
    words = ""
    for part in path:
        words += f" {part + 1}" if isinstance(part, int) else (f".{part}" if words else part)
    return words
