"""Lays a policy out for the page, as plain structures without HTML: the page can say nothing that is not
in here (P0)."""

from microkitten.policy.render.layout import page, texts
from microkitten.policy.render.parts import (
    Page,
    PageBound,
    PageChapter,
    PageCookie,
    PageGift,
    PageGroup,
    PageHolding,
    PageMark,
    PageParty,
    PagePurpose,
    PageRow,
    PageStatement,
)
from microkitten.policy.render.phrases import ENGLISH, InEnglish, Words
from microkitten.policy.render.sentences import rule_words

__all__ = [
    "ENGLISH",
    "InEnglish",
    "Page",
    "PageBound",
    "PageChapter",
    "PageCookie",
    "PageGift",
    "PageGroup",
    "PageHolding",
    "PageMark",
    "PageParty",
    "PagePurpose",
    "PageRow",
    "PageStatement",
    "Words",
    "page",
    "rule_words",
    "texts",
]
