"""One hash for wording and table: two processes that differ in a comma or in a right refuse to talk (P0)."""

from pathlib import Path

import pytest

from microkitten import policy

GOOD = policy.packaged_text("classic")


def hash_of(text: str) -> str:
    """Return the hash of a text's policy."""
    return policy.parse(text, file="policy.toml").hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("You pay what you saw, once.", "You pay what you saw, once!"),
        ('version = "3"', 'version = "4"'),
        ("date = 2026-11-22", "date = 2026-11-23"),
        ('profile = "classic"', 'profile = "strict"'),
        ('company = "{company}"', 'company = "microkitten, llc"'),
        ('when = ["staff", "claimed"]', 'when = ["staff"]'),
        ('actors = ["web:orders"]', 'actors = ["web:checkout"]'),
        ('"order_number"]', '"order_number", "currency"]'),
        ('life = "P6M"', 'life = "P7M"'),
        ('since = "claim"', 'since = "collection"'),
        ('unclaimed = "PT1H"', 'unclaimed = "PT2H"'),
        ('forms = ["checkout.email", ', 'forms = ["checkout.email", "order.email", '),
        ("optional = true\n", ""),
        ('title = "Your cart"', 'title = "The cart"'),
        ('work = "carries our mail', 'work = "brings our mail'),
        ('basis = "legal duty"', 'basis = "contract"'),
        ('within = "P60D"', 'within = "P61D"'),
        ('arrival = "P30D"', 'arrival = "P31D"'),
        ('law = "P7Y"', 'law = "P8Y"'),
        ("until = 2028-11-22", "until = 2028-11-23"),
        ("review = 2027-11-22", "review = 2027-11-21"),
        ('id = "C-1"', 'id = "C-9"'),
        ('never = ["sell", "rent"]', 'never = ["rent", "sell"]'),
        ('company = "{mail_service}"', 'company = "Mail, Inc."'),
        ('country = "{country}"', 'country = "Italy"'),
        ('contact = "{contact}"', 'contact = "us@example.com"'),
        ('erasure = "it', 'erasure = "It'),
        ('binds = ["lock.tls"]', 'binds = ["lock.tls", "lock.ledger"]'),
        ('dpv = "IdentityVerification"', 'dpv = "Verification"'),
    ],
)
def test_any_change_of_wording_or_rights_changes_the_hash(old: str, new: str) -> None:
    """Nothing that shoppers read or the program obeys lies outside it."""
    assert old in GOOD
    assert hash_of(GOOD.replace(old, new, 1)) != hash_of(GOOD)


def test_comments_and_lines_do_not_change_it() -> None:
    """The hash is of the policy, not of the file."""
    text = "# a note\n\n" + GOOD.replace('version = "3"', 'version   =   "3"  # the first')
    assert hash_of(text) == hash_of(GOOD)


def test_it_is_the_same_in_every_process(tmp_path: Path) -> None:
    """No order of sets or dicts leaks into it."""
    (tmp_path / "policy.toml").write_text(GOOD, "utf-8")
    assert policy.load(tmp_path / "policy.toml").hash == policy.packaged("classic").hash
    assert policy.parse(GOOD, file="x", profile="strict").hash == policy.packaged("strict").hash
