"""Upgrading a policy: what a merchant changed stays, the rest becomes the release's, and the result loads (P0)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microkitten.policy import PolicyError, packaged, packaged_text, parse
from microkitten.policy.blocks import blocks, entries, joined
from microkitten.policy.diff import diff
from microkitten.policy.merge import Merged, finisher, is_untouched, merge, nearest, releases

DAY = date(2027, 3, 1)
FIRST = releases()["1"]
PROFILES = ("classic", "strict")


def store_of(profile: str, *edits: tuple[str, str], text: str = FIRST) -> str:
    """Return a store's policy as the first release founded it, with edits."""
    for old, new in (('profile = "classic"', f'profile = "{profile}"'), *edits):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def upgraded(text: str, base: str | None = None) -> Merged:
    """Upgrade a store's policy to the present release."""
    profile = "strict" if 'profile = "strict"' in text else "classic"
    theirs = packaged_text(profile, day=DAY)
    return merge(base or nearest(text), text, theirs, finisher(text, used=("1",), day=DAY))


@pytest.mark.parametrize("profile", PROFILES)
def test_an_untouched_policy_becomes_the_releases(profile: str) -> None:
    """The same sentences and rights as a store founded today; profile kept, version raised, date set."""
    mine = store_of(profile)
    with pytest.raises(PolicyError):
        parse(mine, file="old")  # else this test shows nothing
    assert is_untouched(mine, nearest(mine))
    done = upgraded(mine)
    after = parse(done.text, file="new")
    assert (after.profile, after.version, after.date) == (profile, "2", DAY)
    assert (done.kept, done.conflicts) == ((), ())
    found = diff(packaged(profile), after)
    assert (found.statements, found.rights, found.lapsing) == ((), (), ())
    assert {one.kind for one in found.lists} <= {"party"}  # whose contracts begin today
    assert all(party.contract.running(DAY) for party in after.parties.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_an_edited_sentence_stays(profile: str) -> None:
    """Nobody's words are overwritten; everything around them is the release's."""
    mine = store_of(profile, ("You pay what you saw, once.", "You pay what you saw. Once, we promise."))
    assert not is_untouched(mine, nearest(mine))
    done = upgraded(mine)
    after = parse(done.text, file="new")
    assert after.statement("P14").meaning == "You pay what you saw. Once, we promise."
    assert done.kept == ("statement P14",)
    assert done.conflicts == ()
    assert [one.id for one in diff(packaged(profile), after).statements] == ["P14"]


def test_a_shorter_life_and_a_named_company_stay() -> None:
    """Figures and the head of the file are the merchant's as much as sentences."""
    edits = (
        ('life = "P6M"', 'life = "P4M"'), ('company = "{company}"', 'company = "Anna Ltd"'),
        ('unclaimed = "PT1H"', 'unclaimed = "PT2H"'),
    )  # fmt: skip
    after = parse(upgraded(store_of("classic", *edits)).text, file="new")
    assert after.groups["recipient"].life.words() == "4 months"
    assert after.company == "Anna Ltd"
    assert after.unclaimed.words() == "2 hours"
    assert after.never == ("sell", "rent")


def test_a_rule_that_both_changed_has_both_changes_where_they_fit() -> None:
    """The merchant gives the mail service less, the release asks for a contract: neither is lost."""
    less = (
        'to = "mail"\nfields = ["customer.name", "customer.email"]',
        'to = "mail"\nfields = ["customer.email"]',
    )
    done = upgraded(store_of("classic", less))
    rule = parse(done.text, file="new").rules["confirm.mail"]
    assert rule.fields == ("customer.email",)
    assert "contract" in rule.when
    assert done.conflicts == ()


def test_a_line_that_both_changed_stays_the_merchants_while_it_loads() -> None:
    """And is named, so that somebody looks at it."""
    old = "What stays in the books is the\norder, as numbers without a name."
    done = upgraded(store_of("classic", (old, "What stays in the books is numbers.")))
    assert "What stays in the books is numbers." in done.text
    assert [(one.part, one.choice) for one in done.conflicts] == [("statement P43: text", "mine")]


def test_what_does_not_load_any_more_gives_way_and_is_shown() -> None:
    """A store must start; the merchant gets the words back that were taken out."""
    alone = ('when = ["claimed"]', 'when = ["claimed", "unclaimed"]')
    broken = ('facts = ["kind", "message_id", "order_number"]', 'facts = ["kind", "message_no"]')
    for edit, part in ((alone, "rule.confirm.mail"), (broken, "rule.confirm.mail")):
        done = upgraded(store_of("classic", edit))
        parse(done.text, file="new")
        (conflict,) = done.conflicts
        assert (conflict.part, conflict.choice) == (part, "theirs")
        assert edit[1] in conflict.yours


def test_a_sentence_of_the_merchants_own_stays_in_its_place() -> None:
    """Beside the one it was written after."""
    own = '[[statement]]\nid = "P14a"\ntitle = "We thank"\ntext = "Thank you."\n'
    own += 'meaning = "We mean it."\nbinds = ["lock.tls"]\n'
    mine = store_of("classic", ('[[statement]]\nid = "P15"', f'{own}\n[[statement]]\nid = "P15"'))
    ids = [one.id for one in parse(upgraded(mine).text, file="new").statements]
    assert ids[ids.index("P14") + 1] == "P14a"


def test_a_comment_of_the_merchants_stays() -> None:
    """Where the release has not touched the part."""
    mine = store_of("classic", ('[[statement]]\nid = "P14"', '# ask our lawyer\n[[statement]]\nid = "P14"'))
    assert "# ask our lawyer" in upgraded(mine).text


def test_a_second_upgrade_changes_nothing_but_the_version() -> None:
    """What is of this release is found to be."""
    once = upgraded(store_of("strict", ('life = "P6M"', 'life = "P4M"'))).text
    assert nearest(once) == packaged_text("classic")
    twice = upgraded(once).text
    assert not diff(parse(once, file="once"), parse(twice, file="twice"))


@pytest.mark.parametrize("text", [*releases().values()])
def test_parts_put_together_are_the_text(text: str) -> None:
    """Taking apart loses nothing, nor do long texts and lists confuse it."""
    parts = blocks(text)
    assert joined(parts) == text
    assert sum(name.startswith("statement P") for name in parts) == text.count("[[statement]]\n")
    assert all(joined(entries(part)) == part for part in parts.values())
    assert {"policy", "rule.deliver.open", "statement P8b", "cookie.__Host-cart"} <= set(parts)


_EDITS = [
    ("You pay what you saw, once.", "You pay what you saw."), ('life = "P6M"', 'life = "P4M"'),
    ("one press of a button ends it", "a press of a button ends it"), ('title = "We bill"', 'title = "We charge"'),
    ('"order_number"]', '"order_number", "currency"]'), ('life = "P30D"', 'life = "P20D"'),
    ('holds = "a random number"', 'holds = "a number at random"'), 
    ('binds = ["lock.tls"]', 'binds = ["lock.tls", "lock.ledger"]'),
    ('actors = ["web:orders"]', 'actors = ["web:checkout"]'), 
    ("22 random characters and nothing else.", "22 characters."),
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(edits=st.lists(st.sampled_from(_EDITS), unique=True), profile=st.sampled_from(PROFILES))
def test_whatever_was_edited_the_result_loads_and_each_edit_stands_or_is_named(
    edits: list[tuple[str, str]], profile: str
) -> None:
    """No edit is lost in silence."""
    done = upgraded(store_of(profile, *edits))
    after = parse(done.text, file="new")
    assert after.profile == profile
    shown = "".join(one.yours for one in done.conflicts)
    for _, new in edits:
        assert new in done.text or new in shown
