"""Mails: they confirm and do nothing else, name only what the mail service gets, and watch nobody (P15, P25)."""

import re
from collections.abc import Iterator

from jinja2 import nodes

from microkitten.config.conformity.finding import Finding, place
from microkitten.config.conformity.pages import Template, Templates
from microkitten.config.conformity.showing import is_mail
from microkitten.policy import Policy

PURPOSE = "confirm"
MARKS = {"name": "customer.name"}  # what providers.mail puts in from the disclosure
# What sells, and what a mail about an order therefore never speaks of.
SELLING = frozenset(
    (
        "tile",
        "tiles",
        "card",
        "cards",
        "featured",
        "coupon",
        "coupons",
        "voucher",
        "offer",
        "offers",
        "discount",
        "recommended",
        "seen",
        "shelves",
    )  # fmt: skip
)
LOADED = re.compile(
    r"<(?:img|picture|video|audio|iframe|object|embed|link|script|source)\b|\burl\(|@import", re.I
)


def check(policy: Policy, templates: Templates) -> Iterator[Finding]:
    """Yield what a mail does that is not confirming an order."""
    for one in templates.by_name.values():
        if is_mail(one.name) and one.tree is not None:
            yield from _mail(policy, one)


def _mail(policy: Policy, one: Template) -> Iterator[Finding]:
    for word in sorted(one.serves - {PURPOSE}):
        remedy = "write {% serves confirm %}: a mail is about the order, and nothing else"
        yield Finding(place(one.path), "P060", f"the mail {one.name} serves {word}", remedy)
    given = {
        name
        for rule in policy.rules.values()
        if rule.act == "disclose" and rule.party == "mail" and str(rule.purpose) == PURPOSE
        for name in rule.fields
    }
    for name, line in one.fields:
        if name not in given:
            what = f"the mail {one.name} names {name}, which the mail service does not get"
            yield Finding(place(one.path, line), "P061", what, f"it gets {', '.join(sorted(given))}")
    for number, text in enumerate(one.text.splitlines(), 1):
        for mark in re.findall(r"\{\{\s*[\"']\{\{\s*(\w+)\s*\}\}[\"']", text):
            if MARKS.get(mark) not in given:
                what = f"the mail {one.name} has the mark {mark}, which no disclosure fills in"
                yield Finding(place(one.path, number), "P062", what, f"known are: {', '.join(MARKS)}")
        if LOADED.search(text):
            what = f"the mail {one.name} loads something when it is opened, which tells that it was"
            yield Finding(
                place(one.path, number), "P063", what, "leave it out; a mail is read unwatched (P25)"
            )
    for other, line in one.rests_on:
        if other is not None and not is_mail(other):
            what = f"the mail {one.name} takes in {other}, a part of the shop's pages"
            yield Finding(place(one.path, line), "P064", what, "take in parts of mails alone (mail/...)")
    for node in one.tree.find_all((nodes.Name, nodes.Getattr)) if one.tree else ():
        word = node.name if isinstance(node, nodes.Name) else getattr(node, "attr", "")
        if word in SELLING:
            what = f"the mail {one.name} speaks of {word}: that is selling"
            yield Finding(
                place(one.path, node.lineno), "P065", what, "leave it out; a confirmation is not an ad"
            )
