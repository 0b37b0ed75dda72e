"""P27: what is written about a fault says what and where, and nothing of whom it met."""

import re
import time

import pytest

from tests.buying import number_of
from tests.promises.outsider import GOODS, Outsider, canary, customer, recipient
from tests.running import wait_for


def said(shop: Outsider, *words: str) -> list[str]:
    """Return which of these words the store's processes have printed, in any case."""
    output = shop.store.output.lower()
    return [word for word in words if word.lower() in output]


@pytest.mark.shows("lock.plain-logs")
def test_a_mailer_that_fails_with_a_customers_mail_in_hand_logs_no_word_of_it(shop: Outsider) -> None:
    """Attack: the fault happens while name, address and mail are open; the line tells its kind and nothing else."""
    folder, away = shop.folder / "mail", shop.folder / "mail-away"
    who, to, buyer = customer(), [recipient()], shop.visit()
    folder.mkdir(exist_ok=True)
    folder.rename(away)
    folder.write_text("no folder")
    try:
        buyer.add(GOODS[0])
        number = number_of(buyer.pay(buyer.checkout(customer=who, recipients=to)))
        wait_for("a fault", lambda: re.search(r"job send-mail \d+ failed", shop.store.output))
    finally:
        folder.unlink()
        away.rename(folder)
    assert shop.mail(number)["To"]
    words = [who["name"], who["email"].partition("@")[0], number]
    words += [to[0][name] for name in ("name", "line1", "line2", "city", "message")]
    assert said(shop, *words) == []
    assert said(shop, "job send-mail") == ["job send-mail"]


def test_addresses_queries_headers_and_bodies_are_not_in_the_log(shop: Outsider) -> None:
    """Attack: a stranger's words in every part of a request that goes wrong."""
    word = canary()
    guest = shop.visit(
        **{"User-Agent": word, "Referer": f"https://example.com/{word}", "X-Forwarded-For": word}
    )
    for path in (f"/{word}", f"/search?q={word}", f"/products/{word}", f"/orders/{word}?key={word}"):
        guest.get(path)
    for path in ("/checkout", "/payments/webhook", "/cart/lines", f"/{word}"):
        for body in ({"name": word}, word):
            guest.session.post(shop.address + path, data=body, timeout=30)
    guest.session.request(word, shop.address + "/", timeout=30)
    time.sleep(1)
    assert said(shop, word) == []


def test_no_page_sends_a_report_anywhere(shop: Outsider) -> None:
    """Lock: the browser is told of no address for reports, and pages may reach this shop alone."""
    answer = shop.visit().get(f"/products/{GOODS[0]}")
    names = {name.lower() for name in answer.headers}
    assert names.isdisjoint({"report-to", "reporting-endpoints", "nel"})
    rules = dict(
        rule.strip().partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split(";")
    )
    assert [name for name in rules if name.startswith("report-")] == []
    assert rules["default-src"] == "'self'"
    assert rules.get("connect-src", "'self'") == "'self'"
