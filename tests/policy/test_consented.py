"""A consent stands while the words and rules that it was given to stay the same, and no longer (P42)."""

import re
from datetime import date

import pytest

from microkitten import policy
from microkitten.policy import purpose

GOOD = policy.packaged_text("classic")
CLASSIC = policy.packaged("classic")


def changed(old: str, new: str) -> set[str]:
    """Return the purposes whose wording another text has changed."""
    assert old in GOOD, old
    edited = policy.parse(GOOD.replace(old, new, 1), file="policy.toml")
    return {why.name for why in policy.Purpose.every() if edited.wording(why) != CLASSIC.wording(why)}


def test_each_purpose_has_a_hash_of_its_own() -> None:
    """64 hexadecimal digits, the same at each reading."""
    hashes = {CLASSIC.wording(why) for why in policy.Purpose.every()}
    assert len(hashes) == len(policy.Purpose.every())
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in hashes)
    assert policy.packaged("classic").wording(purpose.customize) == CLASSIC.wording(purpose.customize)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It lets the shop recognize a browser", "It makes the shop recognize a browser"),
        ("We may know this browser again", "We might know this browser again"),
        ('title = "What the lasting cookie is for"', 'title = "What the cookie is for"'),
        ('why = "to recognize a browser that', 'why = "to know a browser that'),
        ('title = "products lately looked at"', 'title = "what was looked at"'),
        ('title = "A browser that comes back"', 'title = "Your browser"'),
        ('holds = "22 random characters"', 'holds = "some random characters"'),
        ('key = "consent:customize"\nlife = "P400D"', 'key = "consent:customize"\nlife = "P401D"'),
        ('field = "visitor.cookie"\nlife = "P400D"', 'field = "visitor.cookie"\nlife = "P399D"'),
        (
            'fields = ["visitor.seen"]\nactors = ["web:visitors"]',
            'fields = ["visitor.seen"]\nactors = ["web:checkout"]',
        ),
    ],
)
def test_what_was_agreed_to_changes_its_hash(old: str, new: str) -> None:
    """A word of the sentence, a right, a field, a time of the cookie: the yes was given to something else."""
    assert "customize" in changed(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "3"', 'version = "4"'),
        ("date = 2026-11-22", "date = 2026-12-01"),
        ("You pay what you saw, once.", "You pay what you saw, and once."),
        ('life = "P6M"', 'life = "P7M"'),
        ('unclaimed = "PT1H"', 'unclaimed = "PT2H"'),
        ('title = "Your cart"', 'title = "The cart"'),
        ('dpv = "ServicePersonalisation"', 'dpv = "Personalisation"'),
        ("until = 2028-11-22", "until = 2029-11-22"),
    ],
)
def test_what_has_nothing_to_do_with_it_does_not(old: str, new: str) -> None:
    """Nobody is asked again because of a comma in another sentence, or a new date."""
    assert "customize" not in changed(old, new)


def test_a_contract_that_is_renewed_changes_no_wording_and_another_company_does() -> None:
    """Who gets something belongs to what people agreed to; until when its contract runs does not (P21)."""
    assert changed("review = 2027-11-22", "review = 2027-10-22") == set()
    assert changed('company = "{mail_service}"', 'company = "Mail, Inc."') == {"confirm"}


def test_the_other_profile_is_another_wording() -> None:
    """Where the cookie comes only after a yes, the yes is given to other words (appendix B)."""
    strict = policy.packaged("strict")
    assert strict.wording(purpose.customize) != CLASSIC.wording(purpose.customize)
    assert strict.wording(purpose.bill) == CLASSIC.wording(purpose.bill)


def test_a_new_store_has_contracts_from_its_first_day() -> None:
    """Two years, and a review after one; the 29th of February has its 28th."""
    made = policy.parse(policy.packaged_text("strict", day=date(2028, 2, 29)), file="policy.toml")
    assert made.profile == "strict"
    for party in made.parties.values():
        days = (party.contract.since, party.contract.until, party.contract.review)
        assert days == (date(2028, 2, 29), date(2030, 2, 28), date(2029, 2, 28))
        assert party.contract.running(date(2028, 2, 29))


@pytest.mark.parametrize(
    "rule",
    [
        'act = "use"\nactors = ["merchant"]\nwhen = ["consent", "staff"]',
        'act = "disclose"\nto = "mail"\nactors = ["job:confirm"]\nwhen = ["consent", "contract"]',
        'act = "compare"\nactors = ["web:orders"]\nwhen = ["consent"]',
    ],
)
def test_another_reader_of_what_was_agreed_to_changes_its_hash(rule: str) -> None:
    """Whoever said yes to being recognized did not say yes to the merchant's or the mail service's looking (P9)."""
    text = GOOD.replace('binds = ["lock.closed-list"]', 'binds = ["lock.closed-list", "rights.peek"]', 1)
    edited = policy.parse(
        f'{text}\n[rule.rights.peek]\nfields = ["visitor.seen"]\n{rule}\n', file="policy.toml"
    )
    assert edited.wording(purpose.customize) != CLASSIC.wording(purpose.customize)


def test_a_longer_hand_that_shows_people_their_own_changes_its_hash_and_one_that_erases_does_not() -> None:
    """One more reader asks again; one more that may only erase does not."""
    both = 'fields = ["visitor.cookie", "visitor.seen"]\nactors = ["web:visitors"'
    own = '[rule.rights.own_cookie]\nact = "use"\n' + both
    forget = '[rule.rights.forget]\nact = "erase"\n' + both
    assert "customize" in changed(own, own + ', "web:orders"')
    assert "customize" not in changed(forget, forget + ', "web:orders"')
