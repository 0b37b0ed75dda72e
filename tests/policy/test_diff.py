"""The comparison of two policies: nothing that changes goes untold, and nothing is told that did not (P0, P42)."""

import re
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microkitten.policy import Policy, PolicyError, packaged, packaged_text, parse
from microkitten.policy.diff import compared, diff
from microkitten.policy.table import Row

GOOD = packaged_text("classic")
CLASSIC, STRICT = packaged("classic"), packaged("strict")


def edited(*changes: tuple[str, str], profile: str = "classic") -> Policy:
    """Return the packaged policy with each `old` text replaced by `new` once."""
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse(text, file="edited", profile=profile)


#: Single edits: what is replaced, and where alone it must show up: (statements, rules, lists).
EDITS: dict[str, tuple[tuple[str, str], tuple[set[str], set[str], set[tuple[str, str]]]]] = {
    "a sentence": (("You pay what you saw, once.", "You pay what you saw."), ({"P14"}, set(), set())),
    "a sentence's title": (('title = "We bill"', 'title = "We charge"'), ({"P14"}, set(), set())),
    "a condition": (
        ('["recipient.name", "recipient.address", "recipient.phone", "recipient.message"]\n'
         'actors = ["person"]\nwhen = ["proven"]',
         '["recipient.name", "recipient.address", "recipient.phone", "recipient.message"]\n'
         'actors = ["person"]\nwhen = ["proven", "claimed"]'),
        (set(), {"deliver.own"}, set()),
    ),
    "an actor": (('actors = ["web:orders"]', 'actors = ["web:checkout"]'), (set(), {"verify.compare"}, set())),
    "one field less to the mail service": (
        ('to = "mail"\nfields = ["customer.name", "customer.email"]', 'to = "mail"\nfields = ["customer.email"]'),
        (set(), {"confirm.mail"}, set()),
    ),
    "a fact to the mail service": (
        ('"order_number"]', '"order_number", "currency"]'), (set(), {"confirm.mail"}, set())
    ),
    "a time in a list": (
        ('cookie.__Host-cart]\ntitle = "Your cart"\npurpose = "operate"\nlife = "P30D"',
         'cookie.__Host-cart]\ntitle = "Your cart"\npurpose = "operate"\nlife = "P31D"'),
        (set(), set(), {("cookie", "__Host-cart")}),
    ),
    "a time that sentences name": (
        ('life = "P6M"', 'life = "P7M"'), ({"P7b"}, set(), {("group", "recipient")})
    ),
    "a party's work": (
        ('work = "carries our mail', 'work = "brings our mail'), (set(), set(), {("party", "mail")})
    ),
    "a purpose's reason": (
        ('why = "to keep cart, forms', 'why = "to keep the cart, forms'),
        (set(), set(), {("purpose", "operate")}),
    ),
    "an input that may write": (
        ('forms = ["checkout.email", ', 'forms = ["checkout.email", "order.email", '),
        (set(), set(), {("field", "customer.email")}),
    ),
    "what makes a sentence true": (
        ('binds = ["lock.tls"]', 'binds = ["lock.tls", "lock.ledger"]'), (set(), set(), {("statement", "P36")})
    ),
    "who answers": (
        ('company = "{company}"', 'company = "somebody"'), (set(), set(), {("policy", "company")})
    ),
    "the time of the unclaimed": (
        ('unclaimed = "PT1H"', 'unclaimed = "PT2H"'), ({"P1"}, set(), {("policy", "unclaimed")})
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_a_single_edit_shows_up_where_it_is_and_nowhere_else(name: str) -> None:
    """A merchant sees what an edit means: its sentence, its rights, its line in a list."""
    change, (statements, rules, lists) = EDITS[name]
    found = diff(CLASSIC, edited(change))
    assert {one.id for one in found.statements} == statements
    assert {one.rule for one in found.rights} == rules
    assert {(one.kind, one.name) for one in found.lists} == lists
    assert found.lapsing == ()
    told = [
        *((one.what, one.before, one.after) for one in found.statements),
        *((one.what, one.before, one.after) for one in found.rights),
        *((one.what, one.before, one.after) for one in found.lists),
    ]
    for what, before, after in told:
        assert what == "changed"
        assert before != after


def test_what_lies_in_a_changed_rule_is_told_in_rows_and_words() -> None:
    """One field less for one actor is one row less; the sentence of the rule says it."""
    change, _ = EDITS["one field less to the mail service"]
    (right,) = diff(CLASSIC, edited(change)).rights
    assert right.rows == 1
    assert "your name, your e-mail address" in right.before
    assert "your name" not in right.after
    assert "your e-mail address" in right.after


@pytest.mark.parametrize("one", [CLASSIC, STRICT])
def test_a_policy_does_not_differ_from_itself(one: Policy) -> None:
    """Nor by its version and date alone, which stand beside every comparison."""
    assert not diff(one, one)
    later = edited(
        ('version = "', 'version = "1'), (f"date = {one.date}", "date = 2099-01-01"), profile=one.profile
    )
    assert later.date == date(2099, 1, 1)
    assert not diff(one, later)


def test_a_rule_renamed_keeps_its_rights_and_is_still_told() -> None:
    """Rights are compared row by row: another name gives nobody anything, but it is another file."""
    found = diff(
        CLASSIC,
        edited(("[rule.verify.compare]", "[rule.verify.match]"), ('"verify.compare"', '"verify.match"')),
    )
    assert found.rights == ()
    assert {(one.kind, one.name, one.what) for one in found.lists} == {
        ("statement", "P3", "changed"), ("rule", "verify.compare", "removed"), ("rule", "verify.match", "added"),
    }  # fmt: skip


def test_the_other_profile_is_told_with_its_sentence_its_right_and_the_consents() -> None:
    """From a cookie at the first visit to one that asks: the yes of before is none any more."""
    found = diff(CLASSIC, STRICT)
    assert {one.id for one in found.statements} == {"P8", "P36"}
    assert [(one.rule, one.what, one.rows) for one in found.rights] == [("customize.cookie", "changed", 1)]
    assert {(one.kind, one.name) for one in found.lists} == {
        ("policy", "profile"),
        ("cookie", "__Host-visitor"),
    }
    assert found.lapsing == ("customize",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("22 random characters and nothing else.", "22 random letters and nothing else."),  # the sentence
        ('life = "P400D"\nholds = "22', 'life = "P300D"\nholds = "22'),  # a figure that its sentence names
        ('why = "to recognize a browser', 'why = "to know a browser'),
    ],
)
def test_changed_words_let_a_consent_lapse(old: str, new: str) -> None:
    """Whoever agreed to other words is asked again (P42)."""
    assert diff(CLASSIC, edited((old, new))).lapsing == ("customize",)


# ------------------------------------------------------------------------------------------------------ laws

_PIECES = [change for change, _ in EDITS.values()]


@st.composite
def some_policy(draw: st.DrawFn) -> Policy:
    """Any combination of the edits that loads, in either profile."""
    text = GOOD
    for old, new in draw(st.lists(st.sampled_from(_PIECES), unique=True, max_size=5)):
        text = text.replace(old, new, 1)
    # A rule taken out goes with its binding and its section, if the rest still agrees.
    for rule in draw(st.lists(st.sampled_from(sorted(CLASSIC.rules)), unique=True, max_size=2)):
        cut = re.sub(
            rf"\[rule\.{re.escape(rule)}\]\n(?:.+\n)+", "", re.sub(rf' ?"{re.escape(rule)}",?', "", text)
        )
        try:
            parse(cut, file="cut")
        except PolicyError:
            continue
        text = cut
    return parse(text, file="drawn", profile=draw(st.sampled_from(["classic", "strict"])))


@settings(max_examples=60, deadline=None)
@given(old=some_policy(), new=some_policy())
def test_no_change_of_the_table_goes_unmentioned(old: Policy, new: Policy) -> None:
    """Rights are told if and only if what is asked for some row, or a fact that goes along, differs."""
    asks = [part.name for part in fields(Row) if part.name not in ("allowed", "party_told")]
    tables = [
        {key: [getattr(row, name) for name in asks] for key, row in one.table.rows.items()}
        for one in (old, new)
    ]
    facts = [{(r.party, r.purpose, f) for r in one.rules.values() for f in r.facts} for one in (old, new)]
    found = diff(old, new)
    assert bool(found.rights) == (tables[0] != tables[1] or facts[0] != facts[1])
    rows = sum(tables[0].get(key) != tables[1].get(key) for key in {**tables[0], **tables[1]})
    assert sum(one.rows for one in found.rights) >= rows
    same = old.hash == new.hash
    assert bool(found) is not same


@settings(max_examples=40, deadline=None)
@given(old=some_policy(), new=some_policy())
def test_the_other_way_round_it_tells_the_opposite(old: Policy, new: Policy) -> None:
    """What came in one direction went in the other; nothing else changes."""
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    there, back = diff(old, new), diff(new, old)
    for one_way, other_way in (
        ([(x.id, x.what, x.before, x.after) for x in there.statements],
         [(x.id, opposite[x.what], x.after, x.before) for x in back.statements]),
        ([(x.rule, x.what, x.before, x.after, str(x.rows)) for x in there.rights],
         [(x.rule, opposite[x.what], x.after, x.before, str(x.rows)) for x in back.rights]),
        ([(x.kind + x.name, x.what) for x in there.lists],
         [(x.kind + x.name, opposite[x.what]) for x in back.lists]),
    ):  # fmt: skip
        assert sorted(one_way) == sorted(other_way)

    assert diff(old, new) == there


@settings(max_examples=200, deadline=None)
@given(before=st.text("ab \n.", max_size=40), after=st.text("ab \n.", max_size=40))
def test_the_words_of_a_comparison_make_up_both_texts(before: str, after: str) -> None:
    """No word is lost or made up on the way to the page."""
    before, after = before.strip(), after.strip()
    words = compared(before, after)
    assert "".join(text for op, text in words if op != "+") == before
    assert "".join(text for op, text in words if op != "-") == after
