"""What the page of one's own data costs and says, with a real vault behind it (P43)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from microkitten.shop.catalog.models import Variant, edition
from microkitten.shop.checkout.actions import pay
from microkitten.shop.orders.models import Order
from microkitten.shop.payments.models import Payment
from microkitten.vault.door import line
from tests.buying import forms
from tests.shop.goods import some_goods

pytestmark = pytest.mark.django_db

RECIPIENT = {
    "name": "Ben Foster", "line1": "12 Maple Street", "city": "Springfield", "region": "IL", "postcode": "62701",
}  # fmt: skip


@pytest.fixture
def browser(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vault: object) -> Client:
    """A browser with five things in its cart."""
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
    some_goods(tmp_path, *({"title": f"Mouse {n}"} for n in range(5)))
    for variant in Variant.objects.order_by("pk"):
        assert client.post("/cart/lines", {"variant": variant.pk, "quantity": "1"}).status_code == 302
    return client


def order(browser: Client, recipients: int) -> Order:
    """Type an order for so many receivers; it is drafted, and its browser holds the pass."""
    page = browser.get("/checkout")
    for _ in range(recipients - 1):
        page = browser.post("/checkout", {**_form(page).values, "add": "1"})
    typed = {"name": "Anna Carter", "email": "anna@example.com"}
    typed |= {f"r{n}-{name}": value for n in range(1, recipients + 1) for name, value in RECIPIENT.items()}
    if recipients > 1:
        typed |= {name: "0" for name in _form(page).values if "-share-" in name}
        lines = sorted({name.split("-")[2] for name in typed if "-share-" in name})
        typed |= {f"r{n % recipients + 1}-share-{one}": "1" for n, one in enumerate(lines)}
    page = browser.post("/checkout", {**_form(page).values, **typed, "refresh": "1"})
    answer = browser.post("/checkout", {**_form(page).values, **typed, "place": "1"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return Order.objects.latest("drafted_at")


def _form(page: Any) -> Any:
    return next(form for form in forms(page.content.decode()) if "r1-name" in form.values)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count what the vault is asked."""
    found: list[str] = []
    real = line.ask

    def counted(message: dict[str, Any], **options: Any) -> list[Any]:
        found.extend(one["do"] for one in message["asks"])
        return real(message, **options)

    monkeypatch.setattr(line, "ask", counted)
    return found


@pytest.mark.parametrize("recipients", [1, 3])
def test_the_page_costs_two_queries_and_one_question_a_person(
    browser: Client, asked: list[str], django_assert_num_queries: Any, recipients: int
) -> None:
    """However many receivers: the order, its shipments, and of each person one export after one look."""
    order(browser, recipients)
    asked.clear()
    with django_assert_num_queries(2):
        page = browser.get("/my-data", secure=True)
    assert page.status_code == 200
    assert asked == ["standing", *["export"] * (recipients + 1)]
    assert page["Cache-Control"] == "no-store, private"
    assert page["X-Robots-Tag"] == "noindex"


def test_a_stranger_costs_nothing_at_all(client: Client, asked: list[str], vault: object) -> None:
    """Nobody's row is read, nothing is asked of the vault, and the page says how to get in; so does every act."""
    client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": "localhost"}
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/my-data", headers={"Sec-GPC": "1"})
    assert page.status_code == 200
    assert "nobody in particular" in page.content.decode()
    assert [one["sql"] for one in queries if "orders_" in one["sql"]] == []
    for path in ("/my-data/file", "/my-data/paper"):
        assert client.post(path, headers={"Sec-GPC": "1"}).status_code == 403
    assert asked == []


def test_every_field_of_the_policy_is_shown_where_it_is_held(browser: Client) -> None:
    """A field that is added to the policy and not to the page would be held unseen: then this fails."""
    shown = (Path(__file__).parents[3] / "src/microkitten/shop/privacy/templates/mine/held.html").read_text()
    for name, field in settings.POLICY.fields.items():
        if settings.POLICY.groups[field.group].person != "staff":
            assert f'"{name}" in group.fields' in shown, name
            if name != "visitor.seen":  # ids of goods, shown as those
                assert f"personal {name} of group.person" in shown, name


def test_no_get_changes_anything(browser: Client, asked: list[str]) -> None:
    """Asked by link scanners and forethoughtful browsers: pages look, and nothing else."""
    made = order(browser, 1)
    asked.clear()
    for path in ("erasure", "0/erasure", "1/erasure", "0/correction", "1/correction"):
        assert browser.get(f"/my-data/{made.number}/{path}", secure=True).status_code in {200, 409}
    for path in ("file", "paper", f"{made.number}/0/restriction", f"{made.number}/0/objection"):
        assert browser.get(f"/my-data/{path}", secure=True).status_code == 405
    assert set(asked) <= {"preview_erasure", "use", "standing", "ledger_key", "export"}


def test_a_file_is_not_handed_over_an_open_line(browser: Client) -> None:
    """The page refuses it, and so does the file (P38)."""
    order(browser, 1)
    for answer in (browser.get("/my-data"), browser.post("/my-data/file"), browser.post("/my-data/paper")):
        assert answer.status_code == 403
        assert "Anna" not in answer.content.decode()
    assert "Anna" in browser.post("/my-data/file", secure=True).content.decode()
