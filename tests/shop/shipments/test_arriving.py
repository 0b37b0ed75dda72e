"""A parcel that has come begins the last days of its address: told by staff, or by itself after a fortnight (P7)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from microkitten.shop.members.models import SignIn
from microkitten.shop.shipments import actions, tasks, views
from microkitten.shop.shipments.models import Shipment
from microkitten.vault import door
from microkitten.vault.types import Actor
from microkitten.web.queue.models import Job
from tests.shop.goods import NOW
from tests.shop.shipments.test_departing import an_order

pytestmark = pytest.mark.django_db
FORTNIGHT = timedelta(days=14)


def owed() -> list[dict[str, Any]]:
    """Return what the worker owes the vault."""
    return [job.arguments for job in Job.objects.filter(name="tell-arrival").order_by("pk")]


def sent(shipment: Shipment) -> Shipment:
    """Let a parcel leave."""
    shipment.leave(at=NOW)
    shipment.save()
    return shipment


def test_staff_say_so_once_and_the_vault_is_owed_the_news() -> None:
    """Pressed twice it is the same; the row and the job stand together."""
    order, shipment = an_order(1500)
    sent(shipment)
    request: Any = RequestFactory().post("/")
    request.now = NOW + timedelta(days=3)
    request.user = SignIn.objects.create(kind="staff", is_staff=True, joined_at=NOW)
    request._dont_enforce_csrf_checks = True
    for _ in range(2):
        answer: HttpResponse = views.arrival(request, number=order.number, position=1)  # type: ignore[assignment] # a view's
        assert answer.status_code == 302
    shipment.refresh_from_db()
    assert shipment.arrived_at == NOW + timedelta(days=3)
    assert shipment.state_words == "Arrived"
    assert owed() == [{"shipment": shipment.pk}]
    (parcel,) = actions.parcels(order)
    assert (parcel["has_come"], parcel["may_arrive"]) == (True, False)


def test_a_parcel_that_has_not_left_cannot_have_come() -> None:
    """Nothing is written and nothing is owed."""
    order, shipment = an_order(1500)
    actions.arrive(order=order, position=1, at=NOW)
    shipment.refresh_from_db()
    assert shipment.arrived_at is None
    assert owed() == []


def test_a_fortnight_after_it_left_it_counts_as_come() -> None:
    """A day before it does not; what staff have told already is not told again."""
    _, silent = an_order(1500)
    told_order, told = an_order(1500)
    for one in (silent, told):
        sent(one)
    actions.arrive(order=told_order, position=1, at=NOW)
    actions.presume_arrivals(at=NOW + FORTNIGHT - timedelta(seconds=1))
    silent.refresh_from_db()
    assert silent.arrived_at is None
    for _ in range(2):
        actions.presume_arrivals(at=NOW + FORTNIGHT)
    silent.refresh_from_db()
    assert silent.arrived_at == NOW + FORTNIGHT
    assert owed() == [{"shipment": told.pk}, {"shipment": silent.pk}]


def test_the_worker_tells_the_vault_no_time_of_the_shop_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom it is about and that it came; when, the vault knows by its own clock."""
    _, shipment = an_order(1500)
    said: list[tuple[list[UUID], str, str]] = []

    def tell(persons: Sequence[UUID], fact: str, *, by: Actor) -> None:
        said.append((list(persons), fact, by.name))

    monkeypatch.setattr(door, "tell", tell)
    tasks.tell_arrival.func(shipment=shipment.pk)
    assert said == [([shipment.recipient], "arrived", "job:sweep")]
