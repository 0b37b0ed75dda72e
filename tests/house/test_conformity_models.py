"""Columns: each mistake of a table is found, with what to write (P0, P6)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.apps.registry import Apps
from django.db import models

from microkitten.config.conformity import models as columns
from microkitten.config.conformity.finding import Finding
from microkitten.config.conformity.models import our_models
from microkitten.shop.members.models import SignIn
from microkitten.shop.orders.models import Order
from microkitten.vault.types import PersonField
from tests.house.planting import POLICY

PEOPLE = {group.person for group in POLICY.groups.values()}


def table(**body: Any) -> type[models.Model]:
    """Return a model that no migration knows."""
    meta = type("Meta", (), {"app_label": "planted", "apps": Apps()})
    return type("Wish", (models.Model,), {"__module__": "planted", "Meta": meta, **body})


def found(*planted: type[models.Model]) -> list[Finding]:
    """Return what is found about planted models, the shop's own beside them."""
    return [one for one in columns.check([*our_models(), *planted], PEOPLE) if "Wish" in one.what]


def told(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Return findings without their places: a model made by a test stands in no file."""
    return [(one.id, one.what, one.remedy) for one in findings]


ID = {"operational": "id"}
PLANTS: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "a column of no class": (
        {"classified": ID, "note": models.CharField(max_length=9)},
        (
            "P004",
            "Wish.note is not classified",
            'add note to Wish.classified: "public", "operational" or "personal"',
        ),
    ),
    "a table of no class": (
        {},
        ("P004", "Wish.id is not classified", 'add id to Wish.classified: "public", "operational" or "personal"'),
    ),
    "a class that does not exist": (
        {"classified": {"operatonal": "id"}},
        ("P001", "Wish has a class 'operatonal'", "did you mean 'operational'?"),
    ),
    "a column of two classes": (
        {"classified": {"public": "id", "operational": "id"}},
        ("P002", "Wish.id is public and operational", "keep it in one class"),
    ),
    "a class of no column": (
        {"classified": {"operational": "id noet"}, "note": models.CharField(max_length=9)},
        ("P003", "Wish.classified names 'noet', which is no column", "did you mean 'note'?"),
    ),
    "a name in a column": (
        {"classified": ID | {"personal": "name"}, "name": models.CharField(max_length=9)},
        (
            "P005",
            "Wish.name is personal, and a CharField",
            'write name = PersonField(kind="...") and keep the value in the vault',
        ),
    ),
    "a person that is called operational": (
        {"classified": {"operational": "id whose"}, "whose": PersonField(kind="customer")},
        ("P006", "Wish.whose refers to a person and is operational", 'classify whose as "personal"'),
    ),
    "a person of no kind": (
        {"classified": ID | {"personal": "whose"}, "whose": PersonField()},
        (
            "P007",
            "Wish.whose does not say whom it is about",
            'write PersonField(kind="..."); known are: customer, recipient, staff, visitor',
        ),
    ),
    "a person of an unknown kind": (
        {"classified": ID | {"personal": "whose"}, "whose": PersonField(kind="custumer")},
        (
            "P007",
            "Wish.whose is about a 'custumer', of whom the policy knows nothing",
            "write PersonField(kind=\"...\"); did you mean 'customer'?",
        ),
    ),
    "a text with room for anything": (
        {"classified": {"operational": "id note"}, "note": models.TextField()},
        (
            "P008",
            "Wish.note has room for anything, a name or an address among it",
            'write holds = {"note": "what it may hold, and why no person"}, or let it take at most 100 characters',
        ),
    ),
    "a long line": (
        {"classified": {"operational": "id note"}, "note": models.CharField(max_length=200)},
        (
            "P008",
            "Wish.note has room for anything, a name or an address among it",
            'write holds = {"note": "what it may hold, and why no person"}, or let it take at most 100 characters',
        ),
    ),
    "an open JSON column": (
        {"classified": {"operational": "id more"}, "more": models.JSONField()},
        (
            "P008",
            "Wish.more has room for anything, a name or an address among it",
            'write holds = {"more": "what it may hold, and why no person"}, or let it take at most 100 characters',
        ),
    ),
    "a file": (
        {"classified": {"operational": "id more"}, "more": models.FileField(max_length=50)},
        (
            "P008",
            "Wish.more has room for anything, a name or an address among it",
            'write holds = {"more": "what it may hold, and why no person"}, or let it take at most 100 characters',
        ),
    ),
    "words for a column that is gone": (
        {"classified": ID, "holds": {"note": "nothing personal"}},
        ("P009", "Wish.holds names 'note', which is no column", "known are: id"),
    ),
    "a way from a column that is gone": (
        {"classified": ID, "leads_to": {"cart": "checkout.Cart"}},
        ("P010", "Wish.leads_to names 'cart', which is no column", "known are: id"),
    ),
    "a way to no table": (
        {"classified": {"operational": "id cart"}, "cart": models.UUIDField(), "leads_to": {"cart": "checkout.Crat"}},
        ("P010", "planted.Wish.cart leads to 'checkout.Crat', which is no model", "did you mean 'checkout.Cart'?"),
    ),
    "a way that may be empty and does not say so": (
        {
            "classified": {"operational": "id holder"},
            "holder": models.UUIDField(null=True),
            "leads_to": {"holder": "orders.Order"},
        },
        (
            "P010",
            "planted.Wish.holder may be empty, and leads_to says it never is",
            'write "orders.Order?", or take null=True from the column',
        ),
    ),
    "a key of who knows what": (
        {"classified": {"operational": "id holder"}, "holder": models.UUIDField()},
        (
            "P011",
            "planted.Wish.holder holds the key of something, and nothing says of what",
            'write leads_to = {"holder": "room.Model"}, or make it a ForeignKey',
        ),
    ),
    "a row of a sign-in": (
        {
            "classified": {"operational": "id by"},
            "by": models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="+"),
        },
        (
            "P012",
            "planted.Wish.by leads to a sign-in, not to a person",
            "add a PersonField, or a ForeignKey to a row that has one",
        ),
    ),
    "a row whose person may be missing": (
        {
            "classified": {"operational": "id order"},
            "order": models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+"),
        },
        (
            "P013",
            "planted.Wish is about a person by order alone, which may be empty",
            "take null=True from order, or add a PersonField",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", PLANTS)
def test_a_column_that_says_too_little_is_found(title: str) -> None:
    """Nothing else is found about the planted table either."""
    body, expected = PLANTS[title]
    assert expected in told(found(table(**body)))


def test_a_table_that_says_all_is_not_found() -> None:
    """The remedies are enough."""
    said = {"classified": ID | {"personal": "whose"}, "whose": PersonField(kind="customer")}
    assert found(table(**said)) == []
    held = {"classified": {"operational": "id note"}, "holds": {"note": "words of a closed list"}}
    assert found(table(**held, note=models.TextField())) == []


class Wish(models.Model):
    """A table that stands in a file, to see which line is told."""

    classified: ClassVar[dict[str, str]] = {"operational": "id"}

    street = models.CharField(max_length=50)

    class Meta:
        app_label, apps = "planted", Apps()

    def __str__(self) -> str:
        return self.street


def test_the_line_of_the_column_is_told() -> None:
    """Whoever reads the message can go there."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, 1) if line.startswith("    street ="))
    assert [one.where for one in columns.check([Wish], PEOPLE)] == [
        f"tests/house/{__file__.split('/')[-1]}:{number}"
    ]
