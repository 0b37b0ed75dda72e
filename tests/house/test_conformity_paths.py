"""From each row to its person: `path_to_person` says how, for every table the shop has (P0, P6)."""

import pytest

from microkitten.config.conformity.models import our_models, path_to_person

SAID = {
    "orders.Order": "orders.Order.customer → person (customer)",
    "orders.Line": "orders.Line.order → orders.Order.customer → person (customer)",
    "orders.Order.customer": "orders.Order.customer → person (customer)",
    "orders.Order.number": "orders.Order.number (operational); orders.Order.customer → person (customer)",
    "shipments.Shipment": "shipments.Shipment.recipient → person (recipient)",
    "shipments.Shipment.country": (
        "shipments.Shipment.country (operational); shipments.Shipment.recipient → person (recipient)"
    ),
    "payments.Payment": "payments.Payment.order → orders.Order.customer → person (customer)",
    "payments.WebhookEvent": (
        "payments.WebhookEvent.object_id → payments.Payment.order → orders.Order.customer → person (customer)"
    ),
    "stock.Movement": "stock.Movement.holder → orders.Order.customer → person (customer) (where it is set)",
    "checkout.Cart": "checkout.Cart ← orders.Order.cart_id, and orders.Order.customer → person (customer)",
    "checkout.CartLine": (
        "checkout.CartLine.cart → checkout.Cart ← orders.Order.cart_id, "
        "and orders.Order.customer → person (customer)"
    ),
    "members.SignIn": "members.SignIn.id → person (staff)",
    "admin.LogEntry": "admin.LogEntry.user → members.SignIn.id → person (staff), whoever signed in",
    "catalog.Product": "catalog.Product: nothing personal hangs on it",
    "catalog.Product.slug": "catalog.Product.slug (public); catalog.Product: nothing personal hangs on it",
}


@pytest.mark.parametrize("label", SAID)
def test_the_way_to_the_person_is_said_in_words(label: str) -> None:
    """Whoever wonders whose a row is asks, and need not read the models."""
    assert path_to_person(label) == SAID[label]


def test_every_table_has_an_answer() -> None:
    """None is forgotten: each leads to a person, or says that nothing personal hangs on it."""
    for model in our_models():
        said = path_to_person(model._meta.label)
        assert "→ person (" in said or said.endswith("nothing personal hangs on it")
        assert "unknown" not in said


@pytest.mark.parametrize(
    ("label", "near"), [("orders.Ordr", "orders.Order"), ("orders.Order.nmber", "number")]
)
def test_a_misspelled_word_is_answered_with_the_nearest(label: str, near: str) -> None:
    """The answer to a typing mistake is what was meant."""
    with pytest.raises(LookupError, match=near):
        path_to_person(label)
