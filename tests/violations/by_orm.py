"""Models and raw SQL of the shop: nobody's name fits a column about a person, and no query reaches the vault."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import DatabaseError, connection, models
from django.db.models import F, Max, Q, Value
from django.db.models.functions import Concat, Lower

from microkitten.policy import purpose
from microkitten.shop.orders.models import Order
from microkitten.shop.shipments.models import Shipment
from microkitten.vault import door
from microkitten.vault.types import Sealed, SealedError, VaultAway
from tests.violations.attempts import attempt, control, nothing
from tests.violations.rows import Rows
from tests.violations.world import a_sale

NAME = "Anna Carter"
WRONG = (FieldDoesNotExist, ValidationError, ValueError, TypeError, FieldError, DatabaseError, AttributeError)
HELD = Sealed(UUID(int=1), "customer.name")


def set_and_save(rows: Rows) -> None:
    """Write a name where the person stands."""
    rows.order.customer = NAME  # type: ignore[assignment] # the act
    rows.order.save()


def in_bulk(rows: Rows) -> None:
    """The same in bulk."""
    rows.shipment.recipient = NAME  # type: ignore[assignment] # the act
    Shipment.objects.bulk_update([rows.shipment], ["recipient"])


def text_for_person(expression: object) -> Callable[[Rows], object]:
    """Write an expression where the person stands."""
    return lambda _rows: Order.objects.update(customer=expression)


def sealed_into(model: type[models.Model], column: str) -> Callable[[Rows], object]:
    """Write a reference into a column of text."""
    return lambda _rows: model._base_manager.update(**{column: HELD})


QUERIES: dict[str, tuple[Callable[[Rows], object], str]] = {
    "P35-a-name-saved-as-the-person": (set_and_save, "valid UUID"),
    "P35-a-name-updated-as-the-person": (lambda _: Order.objects.update(customer=NAME), "valid UUID"),
    "P35-a-name-in-bulk-as-the-person": (in_bulk, "valid UUID"),
    "P35-a-name-as-an-sql-value": (text_for_person(Value(NAME)), "CHECK constraint failed"),
    "P35-another-columns-text-as-the-person": (text_for_person(F("number")), "CHECK constraint failed"),
    "P35-a-made-up-text-as-the-person": (text_for_person(Concat(F("number"), Value(NAME))), "CHECK constraint"),
    "P35-a-lowered-text-as-the-person": (text_for_person(Lower(Value(NAME * 3))), "CHECK constraint"),
    "P6-nobody-as-the-person": (lambda _: Order.objects.update(customer=None), "NOT NULL|null"),
    "P16-orders-by-name": (lambda _: Order.objects.filter(customer=NAME).first(), "valid UUID"),
    "P16-orders-by-email": (lambda _: Order.objects.get(customer="anna@example.com"), "valid UUID"),
    "P16-orders-by-many-names": (lambda _: list(Order.objects.filter(customer__in=[NAME])), "valid UUID"),
    "P16-a-name-behind-the-person": (lambda _: Order.objects.filter(customer__name=NAME).first(), "lookup"),
    "P16-an-email-in-values": (lambda _: list(Order.objects.values("customer__email")), "Cannot resolve|lookup"),
    "P16-orders-sorted-by-name": (lambda _: list(Order.objects.order_by("customer__name")), "Cannot resolve|lookup"),
    "P16-the-last-name-of-all": (lambda _: Order.objects.aggregate(Max("customer__name")), "Cannot resolve|lookup"),
    "P16-a-name-annotated": (lambda _: list(Order.objects.annotate(who=F("customer__name"))), "Cannot resolve|lookup"),
    "P16-the-person-joined": (lambda _: list(Order.objects.select_related("customer")), "relational"),
    "P16-the-person-fetched-along": (
        lambda _: list(Order.objects.prefetch_related("customer")), "cannot be used|does not"
    ),
    "P16-a-column-there-is-not": (lambda _: list(Order.objects.only("email")), "no field|Cannot|invalid"),
    "P16-an-attribute-there-is-not": (lambda r: r.order.customer.name, "no attribute"),
    "P35-filter-by-a-reference": (lambda _: list(Order.objects.filter(customer=HELD)), "reference|UUID"),
    "P35-exclude-by-a-reference": (lambda _: list(Order.objects.exclude(tax_name=HELD)), "reference"),
    "P35-a-condition-with-a-reference": (lambda _: list(Order.objects.filter(Q(tax_name=HELD))), "reference"),
    "P35-a-reference-among-values": (lambda _: list(Order.objects.filter(tax_name__in=[HELD])), "reference"),
    "P35-sorted-by-a-reference": (lambda _: list(Order.objects.order_by(HELD)), "Invalid"),
    "P35-a-reference-annotated": (
        lambda _: list(Order.objects.annotate(who=Value(HELD, models.CharField()))), "reference|not supported|binding"
    ),
}  # fmt: skip
for name_, (query_, says_) in QUERIES.items():
    attempt("orm", name_, query_, says_, *WRONG, SealedError, needs="rows")

TEXT = (models.CharField, models.TextField, models.JSONField)
ROOMS = ("orders", "payments", "shipments", "checkout", "queue", "members", "visitors")
for model_ in apps.get_models():
    if model_._meta.app_label in ROOMS:
        for column_ in model_._meta.local_fields:
            if isinstance(column_, TEXT) and not column_.is_relation:
                attempt(
                    "orm", f"P35-a-reference-into-{model_._meta.label}.{column_.name}",
                    sealed_into(model_, column_.name), "reference|not JSON", SealedError, TypeError, needs="rows",
                )  # fmt: skip


def shows(act: Callable[[Rows], object]) -> Callable[[Rows], object]:
    """Show rows in some way; nobody may stand in them."""

    def tried(rows: Rows) -> object:
        text = rows.world.blank(act(rows))
        assert (
            str(rows.order.customer) in text or rows.order.customer.hex in text or rows.order.number in text
        )
        return nothing("ids alone")

    return tried


for kind_ in ("json", "jsonl", "xml", "python"):
    attempt(
        "orm", f"P35-dumpdata-as-{kind_}",
        shows(lambda rows, kind=kind_: serializers.serialize(kind, [rows.order, rows.shipment])), "ids alone",
        needs="rows",
    )  # fmt: skip
attempt(
    "orm",
    "P35-a-row-pickled",
    shows(lambda rows: pickle.dumps([rows.order, rows.shipment], 0)),
    "ids",
    needs="rows",
)
attempt(
    "orm", "P35-a-row-shown", shows(lambda rows: [str(rows.order), repr(rows.order)]), "ids", needs="rows"
)
attempt("orm", "P35-a-rows-dict", shows(lambda rows: vars(rows.order)), "ids", needs="rows")
attempt("orm", "P35-all-values", shows(lambda _rows: list(Order.objects.values())), "ids", needs="rows")


def find_rightly(rows: Rows) -> None:
    """An order is found by its person's id, and written back."""
    found = Order.objects.get(customer=rows.world.anna.customer)
    found.customer = rows.world.ben.customer
    found.save()
    assert Order.objects.filter(customer=str(rows.world.ben.customer)).count() == 1


control("orm", find_rightly, needs="rows")


# Raw SQL


def sql(statement: str, *values: object) -> Callable[[Rows], object]:
    """Run a statement on the shop's own connection; `VAULT` stands for the vault's database."""

    def tried(rows: Rows) -> object:
        place = rows.world.running.folder / "vault/vault.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("VAULT", str(place)), values or None)
            return cursor.fetchall()

    return tried


SQL: dict[str, tuple[Callable[[Rows], object], str]] = {
    "P35-attach-the-vault": (sql("ATTACH DATABASE 'VAULT' AS v"), "too many attached|within transaction"),
    "P35-attach-the-vault-by-uri": (sql("ATTACH DATABASE 'file:VAULT?mode=ro' AS v"), "too many attached|within"),
    "P35-attach-anything": (sql("ATTACH DATABASE ':memory:' AS v"), "too many attached|within transaction"),
    "P35-carry-the-shop-off": (sql("VACUUM INTO 'VAULT.copy'"), "too many attached|within a transaction"),
    "P35-records-from-here": (sql("SELECT * FROM vault_record"), "no such table"),
    "P35-people-from-here": (sql("SELECT * FROM main.vault_person"), "no such table"),
    "P35-people-of-another-schema": (sql("SELECT * FROM v.vault_person"), "no such table"),
    "P35-load-an-extension": (sql("SELECT load_extension('VAULT')"), "not authorized|no such function"),
    "P35-read-a-file": (sql("SELECT readfile('VAULT')"), "no such function"),
    "P35-write-a-file": (sql("SELECT writefile('VAULT', 'x')"), "no such function"),
    "P35-a-table-over-a-file": (sql("CREATE VIRTUAL TABLE f USING csv(filename='VAULT')"), "no such module"),
    "P35-a-name-by-raw-update": (sql("UPDATE orders_order SET customer = 'Anna Carter'"), "CHECK constraint"),
    "P35-an-email-by-raw-update": (sql("UPDATE shipments_shipment SET recipient = 'b@example.com'"), "CHECK constr"),
    "P35-32-letters-by-raw-update": (
        sql("UPDATE orders_order SET customer = 'Anna Carter, 12 Maple St, Sprfld'"), "CHECK constraint"
    ),
    "P35-a-name-as-bytes-by-raw-update": (sql("UPDATE orders_order SET customer = x'416e6e61'"), "CHECK constraint"),
    "P6-no-owner-by-raw-update": (sql("UPDATE orders_order SET customer = NULL"), "NOT NULL"),
}  # fmt: skip
for name_, (statement_, says_) in SQL.items():
    attempt("sql", name_, statement_, says_, DatabaseError, needs="open_rows")


def everything(rows: Rows) -> None:
    """Read each cell of each table of the shop."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            cells += [repr(cell) for row in cursor.fetchall() for cell in row]
    assert rows.world.recipient.hex in rows.world.blank(" ".join(cells))
    nothing("ids alone")


def stolen(rows: Rows) -> None:
    """Read the vault's database as a file, as a thief of the disk does."""
    world = rows.world
    for path in sorted((world.running.folder / "vault").iterdir()):
        world.blank(path.read_bytes())
    nothing("sealed bytes alone")


def moved(rows: Rows, statement: str) -> object:
    """Put what is sealed about one recipient at another's place, and open it there."""
    world, sale, other = rows.world, a_sale(), a_sale()
    mine, theirs = sale.recipients[0], other.recipients[0]
    names = {"mine": mine.hex, "theirs": theirs.hex, "customer": sale.customer.hex}
    with closing(sqlite3.connect(world.running.folder / "vault/vault.sqlite3", timeout=20)) as line, line:
        assert line.execute(statement, {k: v for k, v in names.items() if f":{k}" in statement}).rowcount == 1
    with door.use(purpose.deliver, {mine: ["recipient.name"]}, by=world.shipping) as found:
        return found.reveal(mine, "recipient.name")


SEALED = "UPDATE vault_record SET sealed = (SELECT sealed FROM vault_record WHERE person = :{}{}) WHERE person = :mine"
MOVED = {
    "P35-another-persons-sealed-bytes": SEALED.format("theirs", ""),
    "P35-another-groups-sealed-bytes": SEALED.format("customer", " AND group_name = 'customer'"),
    "P35-another-version": "UPDATE vault_record SET version = version + 1 WHERE person = :mine",
    "P35-another-row-id": "UPDATE vault_record SET id = lower(hex(randomblob(16))) WHERE person = :mine",
    "P35-one-byte-turned": "UPDATE vault_record SET sealed = "
    "CAST(substr(sealed, 1, length(sealed) - 1) ||"
    " (CASE hex(substr(sealed, length(sealed))) WHEN '00' THEN x'01' ELSE x'00' END) AS BLOB)"
    " WHERE person = :mine",
}
for name_, statement_ in MOVED.items():
    attempt(
        "sql", name_, lambda rows, statement=statement_: moved(rows, statement), "does not open at its place",
        VaultAway, needs="rows",
    )  # fmt: skip
attempt("sql", "P35-every-cell-of-the-shop", everything, "ids alone", needs="rows")
attempt("sql", "P35-a-stolen-disk", stolen, "sealed bytes", needs="rows")
control(
    "sql",
    lambda rows: sql("UPDATE orders_order SET customer = lower(hex(randomblob(16)))")(rows),
    needs="rows",
)
