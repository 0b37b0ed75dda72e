"""The probes of the leak battery that need Django itself: rows, serializers, raw SQL, the debugging page (P35).

All the others are in tests/vault/test_types.py, one by one; what they look for in a whole process, in test_objects.py.
"""

import logging
import sys
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core import serializers
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from microkitten.policy import purpose
from microkitten.shop.orders.models import Order
from microkitten.shop.shipments.models import Shipment
from microkitten.vault.opened import MAKER, Opened
from microkitten.vault.types import Actor, Given, Pass, Sealed
from microkitten.web.logs import Plain
from tests.canaries.tokens import word


def an_order() -> Order:
    """Return an order with one parcel, for two people."""
    at = datetime.now(UTC)
    order = Order.objects.create(
        cart_id=uuid4(), attempt="a", customer=uuid4(), currency="USD", goods_minor=1, shipping_minor=1, tax_minor=1,
        total_minor=3, drafted_at=at,
    )  # fmt: skip
    Shipment.objects.create(
        order=order, position=1, recipient=uuid4(), method_id="s", method_title="S", amount_minor=1, tax_minor=0,
        country="US",
    )  # fmt: skip
    return order


@pytest.mark.django_db
def test_serializers_know_a_person_by_a_number_only() -> None:
    """A fixture or an export of the shop's tables has nobody in it."""
    order = an_order()
    for kind in ("json", "jsonl", "xml", "python"):
        text = str(serializers.serialize(kind, [order, *order.shipments.all()]))
        assert str(order.customer) in text or order.customer.hex in text
        assert "name" not in text.replace("tax_name", "").replace('name="', "").replace("variant_name", "")


@pytest.mark.django_db
def test_values_and_raw_sql_and_annotations_find_numbers_only() -> None:
    """There is nothing sealed in the shop's tables either: a stolen query gets a reference that opens nothing."""
    order = an_order()
    (row,) = Order.objects.annotate(seen=Concat(Value("-"), F("number"))).values()
    assert row["customer"] == order.customer
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM shipments_shipment")
        cells = [cell for row in cursor.fetchall() for cell in row]
    assert not [cell for cell in cells if isinstance(cell, bytes)]
    assert order.shipments.get().recipient.hex in cells


def _failing(opened: Opened, given: Given, reference: Sealed, who: Actor, minted: Pass) -> None:
    values = {"given": given, "reference": [reference], "who": who, "pass": minted}
    with opened:
        raise RuntimeError(f"{opened} {list(values)}")


def _failed() -> tuple[list[str], tuple[object, ...]]:
    tokens = [word() for _ in range(4)]
    person = uuid4()
    at = (person, "recipient.name")
    opened = Opened(
        MAKER, purpose=purpose.deliver, asked=[at], values={at: tokens[0]}, entries={person: 1}, until=None
    )
    try:
        _failing(
            opened, Given(tokens[1], "checkout.name"), Sealed(person, "recipient.name"),
            Actor("person", tokens[2]), Pass(tokens[3], datetime.now(UTC)),
        )  # fmt: skip
    except RuntimeError:
        return tokens, sys.exc_info()
    raise AssertionError


@pytest.mark.parametrize("how", ["html", "text"])
def test_the_debug_page_shows_no_value_of_ours(how: str) -> None:
    """It is never shown (DEBUG is off for good); were it, our types in the frames would still say nothing."""
    tokens, (kind, error, trace) = _failed()
    reporter = ExceptionReporter(RequestFactory().get("/"), kind, error, trace)  # type: ignore[arg-type]
    text = reporter.get_traceback_html() if how == "html" else reporter.get_traceback_text()
    assert "_failing" in text
    # The frame that made the tokens holds them as plain texts; the frames that were handed our types do not.
    frames = [frame for frame in reporter.get_traceback_data()["frames"] if frame["function"] == "_failing"]
    assert frames
    assert not [token for token in tokens if token in str(frames)]


def test_a_logged_error_says_class_and_place_and_no_word() -> None:
    """The words of an error may quote what somebody typed (P27)."""
    token = word()
    try:
        raise ValueError(f"bad value {token}")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x", 1, "Internal %s", (token,), sys.exc_info()
        )
    line = Plain().format(record)
    assert token not in line
    assert "ValueError at test_probes.py" in line


@pytest.mark.django_db
def test_no_ambient_purpose_is_left_by_an_opening() -> None:
    """A second look after the block, in the same thread, has no purpose to fall back on."""
    from django.conf import settings

    from microkitten.vault.door import line

    assert not [name for name in vars(line._mine) if name not in {"line"}]
    assert not settings.DEBUG
