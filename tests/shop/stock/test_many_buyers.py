"""Two hundred buyers in eight processes want fifty mice: exactly fifty are sold (P14)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from microkitten.shop.catalog.models import Availability
from microkitten.shop.stock.models import Movement, MovementKind, Reservation, StockItem
from tests.shop.goods import a_variant

ROOT = Path(__file__).resolve().parents[3]
PROCESSES, BUYERS, UNITS = 8, 25, 50


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_of_fifty_are_sold_to_two_hundred_buyers(tmp_path: Path) -> None:
    """No sale lost to a locked database, none made twice, and the page says sold out."""
    mouse = a_variant(tmp_path, stock=str(UNITS))
    name = str(connection.settings_dict["NAME"])
    connection.close()
    command = [sys.executable, "-m", "tests.shop.stock.buyers", name, str(mouse.pk), str(BUYERS)]
    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "microkitten.config.settings",
    }
    crowd = [
        subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    for process in crowd:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    told = [process.communicate("go\n", timeout=120)[0].split() for process in crowd]
    assert [process.returncode for process in crowd] == [0] * PROCESSES
    bought, sold_out = (sum(int(part[column]) for part in told) for column in (0, 1))
    assert (bought, sold_out) == (UNITS, PROCESSES * BUYERS - UNITS)
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (UNITS, UNITS)
    assert Reservation.objects.filter(until=None).count() == UNITS
    assert Movement.objects.filter(kind=MovementKind.RESERVED).count() == UNITS
    mouse.refresh_from_db()
    assert mouse.availability == Availability.SOLD_OUT


def test_transactions_begin_by_taking_the_lock() -> None:
    """SQLite's default would fail 84 of 100 buyers with a locked database: ours begins IMMEDIATE."""
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
