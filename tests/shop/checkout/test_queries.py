"""What the pages of the sale ask: a fixed number of queries, however full the cart, and the vault once."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from microkitten.shop.catalog.models import Variant, edition
from microkitten.shop.checkout.actions import pay
from microkitten.shop.payments.models import Payment
from microkitten.vault.door import line
from tests.buying import forms
from tests.shop.goods import some_goods

pytestmark = pytest.mark.django_db

PERSON = {
    "name": "Anna Carter", "email": "anna@example.com", "r1-name": "Ben Foster", "r1-line1": "12 Maple Street",
    "r1-city": "Springfield", "r1-region": "IL", "r1-postcode": "62701", "place": "1",
}  # fmt: skip


@pytest.fixture
def shopper(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser with one thing in its cart, for whom no worker needs to prepare the processor's page."""
    monkeypatch.setattr(
        "microkitten.shop.visitors.middleware._keep", lambda response, cookie, **signals: None
    )
    monkeypatch.setattr(edition, "LOOK_SECONDS", 3600)
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": "localhost"}

    def ready(*, payment_id: object) -> Payment:
        Payment.objects.filter(pk=payment_id).update(state="pending", redirect_url="https://127.0.0.1/pay")
        return Payment.objects.select_related("order").get(pk=payment_id)

    monkeypatch.setattr(pay, "await_page", ready)
    some_goods(tmp_path, *({"title": f"Mouse {n}"} for n in range(6)))
    add(client, 1)
    client.get("/cart")
    return client


def add(client: Client, count: int) -> None:
    """Put so many different things into the cart."""
    for variant in Variant.objects.order_by("pk")[:count]:
        assert client.post("/cart/lines", {"variant": variant.pk, "quantity": "1"}).status_code == 302


@pytest.mark.parametrize(
    ("address", "queries"), [("/cart", 5), ("/checkout", 5), ("/fragments/cart-count", 1)]
)
def test_pages_of_the_sale_ask_a_fixed_number_of_times(
    shopper: Client, django_assert_num_queries: Any, address: str, queries: int
) -> None:
    """One line in the cart or six: the same number."""
    for lines in (1, 6):
        add(shopper, lines)
        with django_assert_num_queries(queries):
            assert shopper.get(address).status_code == 200


def test_placing_asks_the_vault_once(shopper: Client, vault: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """All people of an order, and the pass to them, in one round trip; the cart is read once."""
    asked: list[list[str]] = []
    real = line.ask

    def counted(message: dict[str, Any], **options: Any) -> list[Any]:
        asked.append([one["do"] for one in message["asks"]])
        return real(message, **options)

    monkeypatch.setattr(line, "ask", counted)
    page = shopper.get("/checkout").content.decode()
    form = next(form for form in forms(page) if "r1-name" in form.values)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = shopper.post("/checkout", {**form.values, **PERSON})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert asked == [["collect", "collect", "index_order", "keep_open"]]
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 22, "\n".join(statements)
    assert sum('FROM "checkout_cartline"' in statement for statement in statements) == 1
