"""P42: the page names its company, address, version and date; and the ledger behind it is public."""

import base64
import hashlib
import tomllib

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider


def root(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962, section 2.1, written from its text."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def leaves(shop: Outsider) -> list[bytes]:
    """Return the ledger's leaves as they lie in the file."""
    found = [leaf for (leaf,) in shop.vault("SELECT leaf FROM vault_entry ORDER BY number")]
    return [leaf.encode() if isinstance(leaf, str) else bytes(leaf) for leaf in found]


def opened(note: str) -> tuple[int, bytes]:
    """Return size and root of a signed checkpoint (C2SP tlog-checkpoint)."""
    origin, size, hash_, blank, signature = note.splitlines()[:5]
    assert origin.startswith("localhost:")
    assert blank == ""
    assert signature.startswith(f"— {origin} ")
    return int(size), base64.b64decode(hash_)


@pytest.mark.shows("lock.named-company")
def test_the_page_names_company_address_version_date_and_profile(either: Outsider) -> None:
    """Feature: all of it in one statement, which ends as the original did."""
    said = either.sentence("P42")
    founded = tomllib.loads((either.folder / "policy.toml").read_text())["policy"]["date"]
    for part in (
        "microkitten, llc", "12 Sample Street", "hello@microkitten.example",
        f"version 3 of {founded:%B} {founded.day}, {founded.year}",
        f'the profile is "{either.profile}"', ":-)",
    ):  # fmt: skip
        assert part in said, part


def test_the_old_address_leads_to_the_page_for_ever(shop: Outsider) -> None:
    """Feature: a lasting redirect, for every browser."""
    answer = shop.visit().session.get(f"{shop.address}/privacy.asp", allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (301, "/privacy")


def test_the_page_is_the_same_for_everybody(shop: Outsider, bought: Bought) -> None:
    """Attack: an old or softer version for some visitors would differ by a byte."""
    pages = [bought.shopper, shop.staff(), shop.visit(), shop.visit(**{"User-Agent": "Googlebot/2.1"})]
    assert len({guest.get("/privacy").content for guest in pages}) == 1


@pytest.mark.shows("lock.checkpoint")
def test_the_public_checkpoint_is_the_root_of_the_ledger_s_leaves(shop: Outsider, bought: Bought) -> None:
    """Evidence: computed here from the leaves by the standard's text, not by the shop's code."""
    assert bought.number
    size, hash_ = opened(shop.visit(**{"Sec-GPC": "1"}).get("/ledger/checkpoint").text)
    assert root(leaves(shop)[:size]) == hash_
    assert size > 10


def test_the_mail_s_checkpoint_still_fits_today_s_ledger(shop: Outsider, bought: Bought) -> None:
    """Evidence: each customer's mailbox is a witness that nothing before it was rewritten."""
    (attached,) = [part for part in bought.mail.iter_attachments()]
    assert attached.get_filename() == "checkpoint.txt"
    size, hash_ = opened(str(attached.get_content()))
    now, _ = opened(shop.visit().get("/ledger/checkpoint").text)
    assert 0 < size <= now
    assert root(leaves(shop)[:size]) == hash_


def test_a_changed_or_missing_leaf_would_be_seen(shop: Outsider, bought: Bought) -> None:
    """Attack: one bit in one leaf, one leaf dropped, two in the wrong order: the mail's checkpoint fits no more."""
    (attached,) = [part for part in bought.mail.iter_attachments()]
    size, hash_ = opened(str(attached.get_content()))
    true = leaves(shop)[:size]
    changed = [*true[:2], bytes([true[2][0] ^ 1]) + true[2][1:], *true[3:]]
    for forged in (changed, true[:1] + true[2:], [true[1], true[0], *true[2:]]):
        assert root(forged) != hash_


def test_the_operator_s_command_verifies_the_ledger(shop: Outsider) -> None:
    """Feature: `ledger verify` recomputes it and agrees with the signed checkpoint."""
    done = shop.command("ledger", "verify")
    assert done.returncode == 0, done.stderr
    assert '"signed"' in done.stdout


def test_every_page_leads_to_it(shop: Outsider, bought: Bought) -> None:
    """Feature: from each foot, by a link; and each foot names the company."""
    for path in ("/", "/cart", "/security", f"/orders/{bought.number}"):
        page = bought.shopper.get(path).text
        assert 'href="/privacy"' in page, path
        assert "microkitten, llc" in text_of(page), path
