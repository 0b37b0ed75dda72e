"""Many at once and twice at once: never oversold, never charged twice (P14)."""

import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
import requests

from microkitten.providers.cards.webhooks import sign
from tests.buying import BEN, number_of, text_of
from tests.kill.store import KillableStore, Stubborn, killable
from tests.shop.checkout.crowd import (
    SKU,
    SLUG,
    at_the_same_moment,
    count,
    is_order,
    is_processors,
    orders_of,
    session_of,
    shopper,
    to_card,
    together,
    with_cart,
)

pytestmark = pytest.mark.slow
BUYERS, UNITS = 200, 50


@pytest.fixture(scope="module")
def store() -> Iterator[KillableStore]:
    """One store for all that follows."""
    with killable({}) as running:
        yield running
        print("\n".join(running.lines[-60:]))  # shown if something failed


def test_fifty_of_two_hundred_buyers_get_the_fifty_there_are(
    store: KillableStore, capsys: pytest.CaptureFixture[str]
) -> None:
    count(store, SKU, UNITS)
    assert store.stock(SKU) == (UNITS, 0)
    began = time.monotonic()
    buyers = [shopper(store) for _ in range(BUYERS)]
    assert {page.status_code for page in together(lambda one: one.add(SLUG), buyers)} == {200}
    presses = together(lambda one: one.fill(), buyers)
    filled = time.monotonic()
    answers = together(lambda press: press(), presses)
    pressed = time.monotonic()

    assert Counter(answer.status_code for answer in answers) == {302: UNITS, 409: BUYERS - UNITS}
    for answer in answers:
        if answer.status_code == 409:
            assert "sold out" in text_of(answer.text)
            assert "nothing was ordered" in text_of(answer.text)
    assert store.stock(SKU) == (UNITS, UNITS)
    late = shopper(store).get(f"/products/{SLUG}")
    assert "old out" in text_of(late.text)

    lucky = [(one, answer) for one, answer in zip(buyers, answers, strict=True) if answer.status_code == 302]

    def finish(pair: tuple[Stubborn, requests.Response]) -> str:
        one, answer = pair
        page = one.follow(answer, is_processors(store))
        return number_of(one.follow(one.pay(page, follow=False), is_order))

    numbers = together(finish, lucky)
    paid = time.monotonic()
    store.settle()
    assert len(set(numbers)) == UNITS
    assert store.shop("SELECT state, count(*) FROM orders_order GROUP BY state") == [("placed", UNITS)]
    assert store.shop("SELECT state, count(*) FROM payments_payment GROUP BY state") == [
        ("authorized", UNITS)
    ]
    charges = store.charges()
    assert len(charges) == UNITS
    assert set(charges.values()) == {1}
    assert len(store.mails()) == UNITS
    assert store.stock(SKU) == (UNITS, UNITS)
    assert (
        len(store.vault("SELECT 1 FROM vault_record WHERE claimed_at IS NOT NULL AND group_name='recipient'"))
        == UNITS
    )
    with capsys.disabled():
        print(
            f"\ncrowd: {BUYERS} buyers, {UNITS} units: {len(numbers)} orders, {len(charges)} charges, "
            f"{len(store.mails())} mails, {BUYERS - UNITS} told that it is sold out; "
            f"carts {filled - began:.1f} s, pressed {pressed - filled:.1f} s, paid {paid - pressed:.1f} s"
        )
    count(store, SKU, 10 * UNITS)  # for those that follow


def test_pressing_place_order_twice_at_once_is_one_order(store: KillableStore) -> None:
    for _ in range(5):
        before = store.stock(SKU)
        one = with_cart(store)
        press = one.fill()
        answers = at_the_same_moment(press, press)
        assert [answer.status_code for answer in answers] == [302, 302]
        pages = [one.follow(answer, is_processors(store)) for answer in answers]
        assert pages[0].url == pages[1].url
        # The answer that carried the pass of the order may be the one that the browser dropped.
        one.session.cookies.set("__Host-orders", None)
        assert one.follow(press(), is_processors(store)).url == pages[0].url
        page = one.follow(one.pay(pages[0], follow=False), is_order)
        assert BEN["name"] in text_of(page.text)
        number = number_of(page)
        # A third time, long after: the order that stands.
        assert number_of(one.follow(press(), is_order)) == number
        store.settle()
        assert len(store.shop("SELECT 1 FROM orders_order WHERE number = ?", number)) == 1
        assert store.stock(SKU) == (before[0], before[1] + 1)


def test_a_notice_five_times_over_and_a_forged_one(store: KillableStore) -> None:
    before, charged, mails = store.stock(SKU), store.charges(), len(store.mails())
    store.processor("POST", "/_knobs", {"webhook_copies": 5, "webhook_when": "before"})
    one = with_cart(store)
    page = to_card(store, one)
    session = session_of(page)
    secret = (store.folder / "sandbox" / "webhook.key").read_text().strip()

    def notice(event: str, key: str, seconds: int) -> int:
        body = b'{"type":"payment.authorized","timestamp":"","data":{"id":"%s"}}' % session.encode()
        headers = {
            "webhook-id": event, "webhook-timestamp": str(seconds), "content-type": "application/json",
            "webhook-signature": sign(key, event, seconds, body),
        }  # fmt: skip
        with store.session() as http:
            return http.post(
                f"{store.address}/payments/webhook", body, headers=headers, timeout=20
            ).status_code

    now = int(time.time())
    forged = "whsec_" + "A" * 43 + "="
    assert notice("event_forged", forged, now) == 400
    assert notice("event_late", secret, now - 3600) == 400
    # Signed as it should be, but untrue: nothing is believed without a look at the processor.
    assert notice("event_untrue", secret, now) == 204
    store.settle()
    assert [row[1] for row in orders_of(store, session)] == ["draft"]
    assert store.charges() == charged

    number = number_of(one.follow(one.pay(page, follow=False), is_order))
    assert together(lambda _: notice("event_again", secret, now), range(5)) == [204] * 5
    store.settle()
    stored = store.shop("SELECT event_id FROM payments_webhookevent WHERE object_id = ?", session)
    assert len(stored) == 3  # the untrue one, the real one once, ours once
    assert [row[1:] for row in orders_of(store, session)] == [("placed", "authorized", number)]
    assert sum(store.charges().values()) == sum(charged.values()) + 1
    assert len(store.mails()) == mails + 1
    assert store.stock(SKU) == (before[0], before[1] + 1)
    store.processor("POST", "/_knobs", {"webhook_copies": 1, "webhook_when": "mixed"})


def test_browser_and_notice_come_at_once(store: KillableStore) -> None:
    before, mails = store.stock(SKU), len(store.mails())
    store.processor(
        "POST", "/_knobs", {"webhook_copies": 3, "webhook_when": "after", "webhook_delay_seconds": 0}
    )
    for _ in range(5):
        one = with_cart(store)
        back = one.pay(to_card(store, one), follow=False)
        place = urljoin(back.url, back.headers["Location"])
        pages = at_the_same_moment(*[lambda: one.follow(one.step(place), is_order)] * 3)  # noqa: B023 # same round
        assert len({number_of(page) for page in pages}) == 1
    store.settle()
    assert len(store.mails()) == mails + 5
    assert store.stock(SKU) == (before[0], before[1] + 5)
    assert set(store.charges().values()) == {1}
    store.processor(
        "POST", "/_knobs", {"webhook_copies": 1, "webhook_when": "mixed", "webhook_delay_seconds": 1.5}
    )
