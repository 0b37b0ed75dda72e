"""Each process killed at each step of a completion: one order, one charge, one mail, and nothing lost (P14, P15).

A point stands before (`call`) or after (`return`) a function of the product; see tests/kill/sitecustomize.py.
"""

import time
from collections.abc import Iterator

import pytest
import requests

from tests import engine
from tests.buying import BEN, number_of, text_of
from tests.kill.store import KillableStore, Stubborn, killable

pytestmark = pytest.mark.slow

SALE = "microkitten.shop.checkout.actions"
PAYMENTS = "microkitten.shop.payments.actions"
SANDBOX = "microkitten.providers.cards.sandbox"
FOLDER = "microkitten.providers.mail.folder:FolderMailer"
VAULT = "microkitten.vault.server"
DATABASE = "postgresql:PostgreSql" if engine.IS_POSTGRESQL else "sqlite:Sqlite"

# (name, module:qualname, before or after, the whole group of processes, armed before which press of the shopper's)
STEPS = [
    ("web-place-before-collect", f"{SALE}.place:_collect", "call", False, "place"),
    ("web-place-after-collect", f"{SALE}.place:_collect", "return", True, "place"),
    ("web-place-in-transaction", f"{SALE}.place:_write_shipments", "return", False, "place"),
    ("web-place-before-commit", "microkitten.shop.payments.models:Payment.save", "return", False, "place"),
    ("web-place-after-commit", f"{SALE}.place:place", "return", True, "place"),
    ("web-webhook-before-storing", f"{PAYMENTS}:store_notice", "call", False, "pay"),
    ("web-webhook-after-storing", f"{PAYMENTS}:store_notice", "return", True, "pay"),
    ("web-return-after-asking", f"{SALE}.pay:ask", "return", False, "pay"),
    ("worker-claim-before", f"{SALE}.people:claim", "call", True, "place"),
    ("worker-claim-after", f"{SALE}.people:claim", "return", True, "place"),
    ("worker-start-before-call", f"{SANDBOX}.client:SandboxProcessor.create_session", "call", True, "place"),
    ("worker-start-before-saving", f"{SANDBOX}.client:SandboxProcessor.create_session", "return", True, "place"),
    ("worker-start-after-saving", f"{PAYMENTS}:start", "return", True, "place"),
    ("worker-look-up-before-answer", f"{SANDBOX}.client:SandboxProcessor.look_up", "call", True, "pay"),
    ("worker-look-up-after-answer", f"{SANDBOX}.client:SandboxProcessor.look_up", "return", True, "pay"),
    ("worker-card-kept", f"{PAYMENTS}:keep_card", "return", True, "pay"),
    ("worker-finalize-in-transaction", f"{SALE}.pay:_take_stock", "return", True, "pay"),
    ("worker-finalize-after-commit", f"{SALE}.pay:finalize", "return", True, "pay"),
    ("worker-mail-disclosed", f"{SALE}.tell:mailer", "call", True, "pay"),
    ("worker-mail-half-kept", f"{FOLDER}._write", "return", True, "pay"),
    ("worker-mail-kept", f"{FOLDER}.send", "return", True, "pay"),
    ("vault-collect-before-commit", f"{VAULT}.verbs.collect:store", "return", True, "place"),
    ("vault-collect-after-commit", f"{VAULT}.writer:Writer._commit", "return", True, "place"),
    ("vault-card-before-commit", f"{VAULT}.writer:Writer._commit", "call", True, "pay"),
    ("vault-card-after-commit", f"{VAULT}.database.{DATABASE}.commit", "return", True, "pay"),
    ("cards-session-made", f"{SANDBOX}.book:Book.create", "return", True, "place"),
    ("cards-authorize-in-transaction", f"{SANDBOX}.book:Book._tell", "return", True, "pay"),
    ("cards-authorized-before-webhook", f"{SANDBOX}.book:Book.authorize", "return", True, "pay"),
    ("cards-webhook-unsettled", f"{SANDBOX}.courier:Courier._deliver", "return", True, "pay"),
]  # fmt: skip
SLUG, SKU = "cork-ball", "PL-CORK-1"


@pytest.fixture(scope="module")
def store() -> Iterator[KillableStore]:
    """One store for all points."""
    with killable({name: (target, when, whole) for name, target, when, whole, _ in STEPS}) as running:
        yield running
        print("\n".join(running.lines[-60:]))  # shown if something failed


def is_processors(store: KillableStore, page: requests.Response) -> bool:
    return page.url.startswith(f"https://127.0.0.1:{store.port + 1}/") and page.status_code == 200


def is_order(page: requests.Response) -> bool:
    return "data-order-number" in page.text


@pytest.mark.parametrize(("point", "press"), [(step[0], step[4]) for step in STEPS])
def test_a_crash_loses_nothing_and_doubles_nothing(
    store: KillableStore, point: str, press: str, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    before, charged, mails = store.stock(SKU), store.charges(), len(store.mails())
    shopper = Stubborn(store.session(), store.address)
    shopper.insist(lambda: shopper.add(SLUG))
    place = shopper.fill()
    if press == "place":
        store.arm(point)
    page = shopper.follow(shopper.insist(place), lambda page: is_processors(store, page))
    if press == "pay":
        store.settle()  # claimed and ready: the next that comes by is the payment's own
        store.arm(point)
    page = shopper.follow(shopper.insist(lambda: shopper.pay(page, follow=False)), is_order)
    number = number_of(page)
    end = time.monotonic() + 40
    while not store.has_fired(point):
        assert time.monotonic() < end, f"nobody came by {point}"
        time.sleep(0.05)
    store.settle()

    ((order, cart, reference, customer_told),) = store.shop(
        "SELECT o.id, o.cart_id, p.reference, m.sent_at FROM orders_order o"
        " JOIN payments_payment p ON p.order_id = o.id JOIN orders_mail m ON m.order_id = o.id"
        " WHERE o.number = ? AND o.state = 'placed' AND p.state = 'authorized'", number,
    )  # fmt: skip
    assert customer_told
    assert store.shop("SELECT state FROM orders_order WHERE cart_id = ?", cart) == [("placed",)]
    assert store.charges() == charged | {reference: 1}
    assert len(store.mails_of(str(order))) == 1
    assert len(store.mails()) == mails + 1
    assert store.stock(SKU) == (before[0], before[1] + 1)
    claimed = [("customer", True), ("payment", True), ("recipient", True)]
    assert store.records(str(order)) == claimed
    shown = text_of(shopper.opened(store, str(order), page).text)
    assert BEN["name"] in shown
    assert BEN["city"] in shown
    with capsys.disabled():
        print(f"{point}: {number}, 1 charge, 1 mail, {time.monotonic() - began:.1f} s")


def test_a_power_cut_between_paying_and_the_shop_hearing_of_it(store: KillableStore) -> None:
    """Everything dies at once with the card authorized; the store starts again, and the order stands."""
    before, charged = store.stock(SKU), store.charges()
    store.processor("POST", "/_knobs", {"webhook_hold": True})
    shopper = Stubborn(store.session(), store.address)
    shopper.insist(lambda: shopper.add(SLUG))
    place = shopper.fill()
    page = shopper.follow(shopper.insist(place), lambda page: is_processors(store, page))
    back = shopper.insist(lambda: shopper.pay(page, follow=False))
    store.kill()
    store.lines.clear()
    store.start()
    number = number_of(shopper.follow(back, is_order))
    store.settle()
    ((order, reference),) = store.shop(
        "SELECT o.id, p.reference FROM orders_order o JOIN payments_payment p ON p.order_id = o.id"
        " WHERE o.number = ? AND o.state = 'placed' AND p.state = 'authorized'", number,
    )  # fmt: skip
    assert store.charges() == charged | {reference: 1}
    assert len(store.mails_of(str(order))) == 1
    assert store.stock(SKU) == (before[0], before[1] + 1)
    assert store.records(str(order)) == [("customer", True), ("payment", True), ("recipient", True)]
