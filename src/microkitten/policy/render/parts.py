"""What the page is made of: frozen structures of finished words, without HTML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageBound:
    """One thing that makes a statement true: its name in the file, and in words what it allows or does."""

    name: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class PageStatement:
    """A statement with its texts filled; `anchor` is its place on the page (`#P12`)."""

    id: str
    anchor: str
    title: str
    text: str
    meaning: str
    bound: tuple[PageBound, ...]


@dataclass(frozen=True, slots=True)
class PageChapter:
    """Statements that belong together; `anchor` is the chapter's place on the page."""

    anchor: str
    title: str
    statements: tuple[PageStatement, ...]


@dataclass(frozen=True, slots=True)
class PageHolding:
    """What of one group is used for a purpose: which fields, by whom, who outside gets it, and how long
    it is kept. `use_ends` says when the use itself ends, if that is before; `inside` is the title within a sentence.
    """

    group: str
    title: str
    inside: str
    fields: tuple[str, ...]
    optional: tuple[str, ...]
    actors: tuple[str, ...]
    parties: tuple[str, ...]
    how_long: str
    use_ends: str


@dataclass(frozen=True, slots=True)
class PagePurpose:
    """One purpose with all that is held for it; `facts` are handed-over items that are not personal, by
    party; `basis` is the word of the law, `basis_words` the same in plain words.
    """

    name: str
    anchor: str
    title: str
    why: str
    why_sentence: str
    basis: str
    basis_words: str
    meaning: str
    statements: tuple[str, ...]
    holdings: tuple[PageHolding, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PageCookie:
    """One cookie of the list; `purpose` is written as within a sentence."""

    name: str
    title: str
    purpose: str
    holds: str
    life: str
    set_when: str


@dataclass(frozen=True, slots=True)
class PageGift:
    """What one party gets for one purpose: personal fields by title, and facts in words."""

    purpose: str
    fields: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageParty:
    """One party of the list: who it is, what binds it, what it gets, how to have it erase."""

    name: str
    title: str
    kind: str
    work: str
    consideration: str
    company: str
    country: str
    contact: str
    erasure: str
    contract: str
    contract_from: str
    contract_until: str
    contract_review: str
    gets: tuple[PageGift, ...]


@dataclass(frozen=True, slots=True)
class PageGroup:
    """One group on the drawn time line: `months` of life (a tenth of a month counts), and `use_months` of it in
    which it may be used for work (None: all of it), both also in words.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    since: str
    months: float
    how_long: str
    use_months: float | None
    use_ends: str


@dataclass(frozen=True, slots=True)
class PageMark:
    """One cell of "who gets what": `kind` is opens, gets, touches or nothing; `words` says it."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of "who gets what"; marks in the order of `Page.who`."""

    title: str
    fields: tuple[str, ...]
    marks: tuple[PageMark, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole privacy page. `looking` and `buying` are the groups held of whoever only looks, or buys; `is_whole`
    says whether each text of the file is told in the page's language.
    """

    language: str
    is_whole: bool
    company: str
    version: str
    date: str
    profile: str
    hash: str
    statements: tuple[PageStatement, ...]
    chapters: tuple[PageChapter, ...]
    purposes: tuple[PagePurpose, ...]
    parties: tuple[PageParty, ...]
    cookies: tuple[PageCookie, ...]
    groups: tuple[PageGroup, ...]
    looking: tuple[PageGroup, ...]
    buying: tuple[PageGroup, ...]
    unclaimed: str
    asks_first: bool
    who: tuple[str, ...]
    matrix: tuple[PageRow, ...]
