"""What the tests of crowds and of turning back share: many shoppers, doing things at once, at other times."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests

from tests.kill.store import KillableStore, Stubborn
from tests.running import ROOT

T = TypeVar("T")
AT_ONCE = 16
SLUG, SKU = "cork-ball", "PL-CORK-1"

# Runs an action of the shop's as an operator's script would; `{}` is the action's own line.
SCRIPT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from microkitten.config.processes import environment
os.environ.update(environment(Path(sys.argv[1]), "worker"))
import django
django.setup()
at = datetime.fromisoformat(sys.argv[2])
{}
"""


def act(store: KillableStore, line: str, *, at: datetime | None = None) -> None:
    """Run an action in a process of its own, at another time if told so."""
    moment = (at or datetime.now(UTC)).isoformat()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(line), str(store.folder), moment],
        env=store.environ, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def count(store: KillableStore, sku: str, quantity: int) -> None:
    act(
        store,
        "from microkitten.shop.catalog.models import Variant\n"
        "from microkitten.shop.stock import actions\n"
        f"variant = Variant.objects.get(sku={sku!r}).pk\n"
        f"actions.count(counts={{variant: {quantity}}}, cause='counted', at=at)",
    )


def together(act: Callable[[T], Any], over: Sequence[T]) -> list[Any]:
    """Do it for all, 16 at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, over))


def at_the_same_moment(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of these at once."""
    ready = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        ready.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(one, act) for act in acts]]


def shopper(store: KillableStore) -> Stubborn:
    return Stubborn(store.session(), store.address)


def with_cart(store: KillableStore) -> Stubborn:
    """A shopper with one thing in the cart."""
    one = shopper(store)
    assert one.add(SLUG).status_code == 200
    return one


def is_processors(store: KillableStore) -> Callable[[requests.Response], bool]:
    start = f"https://127.0.0.1:{store.port + 1}/"
    return lambda page: page.url.startswith(start) and page.status_code in {200, 410}


def is_order(page: requests.Response) -> bool:
    return "data-order-number" in page.text


def to_card(store: KillableStore, one: Stubborn) -> requests.Response:
    """Place the order of a cart and go to the processor's page."""
    return one.follow(one.fill()(), is_processors(store))


def orders_of(store: KillableStore, reference: str) -> list[tuple[Any, ...]]:
    return store.shop(
        "SELECT o.id, o.state, p.state, o.number FROM orders_order o JOIN payments_payment p ON p.order_id = o.id"
        " WHERE p.session_id = ?", reference,
    )  # fmt: skip


def reference_of(store: KillableStore, session: str) -> str:
    return str(store.shop("SELECT reference FROM payments_payment WHERE session_id = ?", session)[0][0])


def session_of(page: requests.Response) -> str:
    return page.url.rpartition("/")[2]
