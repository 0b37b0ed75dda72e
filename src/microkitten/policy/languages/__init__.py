"""Reads the catalogs by which the page speaks other languages: each maps exactly an English text to its translation.

Because the key is the text itself, a sentence that was edited has no translation until somebody writes one: the page
can say in no language what the file does not say (P0).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from microkitten.policy.desk import PolicyError, Problem
from microkitten.policy.parts import Policy
from microkitten.policy.render import ENGLISH, Words, texts

HERE: Final = Path(__file__).parent
OWN: Final = "policy.{code}.toml"  # in the store's folder, beside policy.toml
FILE_BYTES_MAX: Final = 1_000_000
_CODE: Final = re.compile(r"[a-z]{2,3}(-[a-zA-Z]{2,8})*")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_PARTS: Final = ("name", "phrases", "text")
_Note = Callable[[str, str, str], None]  # a word to find the line by, what is wrong, what to write instead


def packaged() -> tuple[str, ...]:
    """Return the codes of the languages that the program brings along, English first."""
    return ("en", *sorted(path.stem for path in HERE.glob("*.toml")))


def has(code: str, store: Path) -> bool:
    """Tell whether anybody has written a language: the program, or the store in a file of its own."""
    return code.partition("-")[0] in packaged() or (store / OWN.format(code=code)).is_file()


def read(code: str, store: Path | None = None) -> Words:
    """Return the words of a language: the packaged ones, and the store's own above them.

    Params: `code`, a language tag (`de`, `pt-br`: read with the catalog of `pt`); `store`, the folder in which
    `policy.CODE.toml` may stand. Raises: PolicyError with every problem, also for a language nobody has written.
    Promise: P0, P42.
    """
    base = code.partition("-")[0]
    own = store / OWN.format(code=code) if store is not None else None
    has_own = own is not None and own.is_file()
    if not _CODE.fullmatch(code) or (base not in packaged() and not has_own):
        known = ", ".join(packaged())
        where = OWN.format(code=code) if _CODE.fullmatch(code) else "store.toml"
        raise PolicyError(
            [Problem(where, 1, f"no translations for {code!r}", f"write {where}, or choose of: {known}")]
        )
    words = ENGLISH if base == "en" else _packaged(base) if base in packaged() else Words(code, name="")
    phrases, name = dict(words.phrases), words.name
    if own is not None and has_own:
        more, own_name = _catalog(own)
        phrases, name = phrases | more, own_name or name
    if not name:
        raise PolicyError(
            [Problem(str(own), 1, "name is missing", f'write what {code} calls itself: name = "..."')]
        )
    return Words(code, MappingProxyType(phrases), name)


def spoken(store: Path, codes: Iterable[str]) -> Mapping[str, Words]:
    """Return the words of each language of a store, the first one's first, for a process that must go on.

    A store's own catalog that cannot be read is left out, and a language that nobody has written is told in English,
    each text marked as such: `policy check` says what is wrong with them.
    """
    found = {}
    for code in codes:
        try:
            found[code] = read(code, store)
        except PolicyError:
            base = code.partition("-")[0]
            found[code] = replace(read(base), language=code) if base in packaged() else Words(code, name=code)
    return MappingProxyType(found)


def lacking(policy: Policy, words: Words) -> tuple[str, ...]:
    """Return the texts of a policy that stand on the page in English because this language has no words for them."""
    return tuple(text for text in texts(policy) if not words.knows(text))


def _packaged(code: str) -> Words:
    phrases, name = _shipped(code)
    return Words(code, phrases, name)


@cache
def _shipped(code: str) -> tuple[Mapping[str, str], str]:
    return _catalog(HERE / f"{code}.toml")


def _catalog(path: Path) -> tuple[dict[str, str], str]:
    """Return a file's translations and what the language calls itself. Raises: PolicyError with every problem."""
    try:
        data = path.read_bytes()
        if len(data) > FILE_BYTES_MAX:
            raise ValueError(f"longer than {FILE_BYTES_MAX} bytes")
        text = data.decode("utf-8")
        table = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else 1
        raise PolicyError(
            [Problem(str(path), line, f"cannot be read: {error}", "mend this line first")]
        ) from error
    problems: list[Problem] = []

    def note(word: str, message: str, hint: str) -> None:
        at = text.count("\n", 0, max(0, text.find(word))) + 1
        problems.append(Problem(str(path), at, message, hint))

    for key in table.keys() - set(_PARTS):
        note(key, f"unknown part {key!r}", f"a catalog has: {', '.join(_PARTS)}")
    phrases: dict[str, str] = {}
    for english, said in _pairs(table, note):
        if english in phrases:
            note(english[:30], f"{english[:60]!r} is translated twice", "keep one of the two")
        elif wrong := _wrong(english, said):
            note(english[:30], f"translation of {english[:60]!r} {wrong}", "keep each {placeholder} as it is")
        phrases[english] = said
    name = table.get("name", "")
    if not isinstance(name, str):
        note("name", "name must be a text", 'write name = "Deutsch"')
    if problems:
        raise PolicyError(problems)
    return phrases, str(name)


def _pairs(table: Mapping[str, object], note: _Note) -> Iterable[tuple[str, str]]:
    short, long = table.get("phrases", {}), table.get("text", [])
    if not isinstance(short, dict) or not isinstance(long, list):
        note("phrases", "phrases must be a table, text a list of tables", "write [phrases] and [[text]]")
        return
    for english, said in short.items():
        if not isinstance(said, str) or not said.strip() or not english.strip():
            note(english, f"the translation of {english[:60]!r} is no text", "write it, or take the line out")
        else:
            yield english, said
    for one in long:
        pair = [one.get(part) for part in ("english", "here")] if isinstance(one, dict) else [None]
        if not all(isinstance(part, str) and part.strip() for part in pair) or set(one) != {
            "english",
            "here",
        }:
            note("[[text]]", "a [[text]] is not whole", "it has `english`, as the policy says it, and `here`")
        else:
            yield " ".join(str(pair[0]).split()), " ".join(str(pair[1]).split())


def _wrong(english: str, said: str) -> str:
    """Return what is wrong with a translation's placeholders, empty if nothing is."""
    asked, given = (sorted(_PLACEHOLDER.findall(text)) for text in (english, said))
    if lost := sorted(set(asked) - set(given)):
        return f"lost {{{lost[0]}}}"
    if invented := sorted(set(given) - set(asked)):
        return f"has {{{invented[0]}}}, which the English text has not"
    return "has a brace that belongs to nothing" if re.search(r"[{}]", _PLACEHOLDER.sub("", said)) else ""
