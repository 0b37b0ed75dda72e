"""A store whose processes die where a test says, and the questions by which a test knows that all is well."""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import requests
from PIL import Image

from tests.buying import ANNA, Shopper, form_to, text_of
from tests.running import ROOT, RunningStore, a_folder, free_port, wait_for

# name -> module:qualname, before or after it, whether the process's whole group dies
Points = Mapping[str, tuple[str, str, bool]]
DRAWING = "microkitten.config.samples.drawing"
SHORT = {"microkitten.web.queue.worker:LEASE_SECONDS": 2}
# The supervisor gives up what dies six times in a minute; a test that kills on purpose needs it patient.
PATIENT = {"microkitten.config.child:RESTARTS_WITHIN_SECONDS": 0.5}


def _picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (640, 640), (200, 180, 160)).save(made, "PNG")
    return made.getvalue()


class KillableStore(RunningStore):
    """A running sample store with plain pictures; `arm` a point and the process that comes by dies there."""

    def __init__(self, folder: Path, points: Points) -> None:
        self.kill_folder = folder.parent / "kill"
        for name in ("armed", "fired"):
            (self.kill_folder / name).mkdir(parents=True)
            (self.kill_folder / name).chmod(0o777)
        shutil.copy(Path(__file__).with_name("sitecustomize.py"), self.kill_folder)
        (self.kill_folder / "plain.png").write_bytes(_picture())
        plan = {
            "points": points,
            "constants": SHORT | PATIENT if points else {},
            "empty": {f"{DRAWING}:draw": "", f"{DRAWING}:rasterize": "plain.png"},
        }
        (self.kill_folder / "plan.json").write_text(json.dumps(plan))
        super().__init__(folder, free_port(), {"PYTHONPATH": f"{ROOT / 'src'}:{self.kill_folder}"})

    def arm(self, point: str) -> None:
        """Let the next process that comes to the point die there."""
        (self.kill_folder / "armed" / point).touch(mode=0o666)

    def has_fired(self, point: str) -> bool:
        """Tell whether a process has died of the point."""
        return (self.kill_folder / "fired" / point).exists()

    def processor(self, method: str, path: str, told: object = None) -> Any:
        """Ask the sandbox processor as the shop would, with the secret key."""
        key = (self.folder / "sandbox" / "api.key").read_text().strip()
        end = time.monotonic() + 20
        while True:  # it may have been killed just now
            try:
                with self.session() as session:
                    answer = session.request(
                        method, f"https://127.0.0.1:{self.port + 1}{path}", json=told, timeout=20,
                        headers={"Authorization": f"Bearer {key}"},
                    )  # fmt: skip
                return answer.json()
            except requests.ConnectionError:
                assert time.monotonic() < end, "the processor stays away"
                time.sleep(0.1)

    def charges(self) -> dict[str, int]:
        """Return how often each payment was charged, by its reference."""
        return dict(self.processor("GET", "/_state")["charges"])

    def open_jobs(self) -> list[tuple[Any, ...]]:
        """Return the jobs that are owed or were given up, but for the minute's sweep and pictures."""
        return self.shop(
            "SELECT id, name, attempts, failure, failed_at, lease_until, next_at FROM queue_job"
            " WHERE failed_at IS NOT NULL OR name NOT IN ('sweep', 'make-picture')"
        )

    def settle(self, seconds: float = 40) -> None:
        """Wait until nothing is owed any more."""
        end = time.monotonic() + seconds
        while jobs := self.open_jobs():
            assert time.monotonic() < end, f"stuck: {jobs}\n{self.output[-3000:]}"
            time.sleep(0.05)
        wait_for("all webhooks", lambda: not self.processor("GET", "/_state")["webhooks_waiting"], seconds)

    def stock(self, sku: str) -> tuple[int, int]:
        """Return what is on hand and what of it is promised; what movements and reservations say is the same."""
        ((variant, on_hand, reserved),) = self.shop(
            "SELECT v.id, i.on_hand, i.reserved FROM stock_stockitem i"
            " JOIN catalog_variant v ON v.id = i.variant_id WHERE v.sku = ?", sku,
        )  # fmt: skip
        moved = self.shop(
            "SELECT sum(on_hand_change), sum(reserved_change) FROM stock_movement WHERE variant_id = ?",
            variant,
        )
        held = self.shop(
            "SELECT coalesce(sum(quantity), 0) FROM stock_reservation WHERE variant_id = ?", variant
        )
        assert moved == [(on_hand, reserved)]
        assert held == [(reserved,)]
        return int(on_hand), int(reserved)  # type: ignore[call-overload] # SQLite's own numbers

    def people(self, order: str) -> list[UUID]:
        """Return everybody an order knows."""
        found = self.shop("SELECT customer FROM orders_order WHERE id = ?", order)
        found += self.shop("SELECT recipient FROM shipments_shipment WHERE order_id = ?", order)
        return [UUID(str(person)) for (person,) in found]

    def records(self, order: str) -> list[tuple[str, bool]]:
        """Return the vault's records of an order's people: group, and whether it is claimed."""
        people = [person.hex for person in self.people(order)]
        marks = ",".join("?" * len(people))
        return sorted(
            (group, claimed is not None)
            for group, claimed in self.vault(
                f"SELECT group_name, claimed_at FROM vault_record WHERE person IN ({marks})", *people
            )
        )

    def mails_of(self, order: str) -> list[Path]:
        """Return the mails of an order, with whatever a crash may have left of them."""
        return sorted((self.folder / "mail").glob(f"*{UUID(order)}*"))


@contextmanager
def killable(points: Points) -> Iterator[KillableStore]:
    """A fresh store, started; stopped and taken away afterwards."""
    with a_folder() as folder:
        store = KillableStore(folder, points)
        try:
            yield store.start()
        finally:
            store.stop()


class Stubborn(Shopper):
    """A shopper who does what people do when a page does not come: tries again."""

    SECONDS_MAX = 60.0

    def insist(self, act: Callable[[], requests.Response]) -> requests.Response:
        """Do it until an answer comes that is no failure of the server's."""
        end = time.monotonic() + self.SECONDS_MAX
        while True:
            try:
                answer = act()
                if answer.status_code < 500:
                    return answer
                problem = f"{answer.status_code}: {text_of(answer.text)[:300]}"
            except requests.RequestException as error:
                problem = f"{type(error).__name__}: {error}"[:300]
            assert time.monotonic() < end, problem
            time.sleep(0.3)

    def fill(self) -> Callable[[], requests.Response]:
        """Open and fill the checkout page; returns the pressing of its button."""
        from tests.buying import BEN

        page = self.insist(lambda: self.get("/checkout"))
        form = form_to(page, "/checkout")
        values = ANNA | {f"r1-{name}": value for name, value in BEN.items()}
        return lambda: self.send(form, follow=False, place="1", **values)

    def follow(
        self, answer: requests.Response, until: Callable[[requests.Response], bool]
    ) -> requests.Response:
        """Go where the answer leads, looking again at pages that wait, until the page is there."""
        end = time.monotonic() + self.SECONDS_MAX
        while not until(answer):
            assert time.monotonic() < end, (
                f"{answer.url} ({answer.status_code}): {text_of(answer.text)[:300]}"
            )
            place = requests.compat.urljoin(answer.url, answer.headers.get("Location", answer.url))
            if "Location" not in answer.headers:
                time.sleep(0.3)
            answer = self.insist(lambda place=place: self.step(place))  # type: ignore[misc] # bound at once
        return answer

    def step(self, place: str) -> requests.Response:
        """Read one page, following nothing."""
        return self.session.get(place, timeout=30, allow_redirects=False)

    def opened(self, store: KillableStore, order: str, page: requests.Response) -> requests.Response:
        """Return the order's page with its people: as it stands, or by the link in the mail and the e-mail typed."""
        if "shown by the link in your mail" not in page.text:
            return page
        (mail,) = store.mails_of(order)
        text = mail.read_bytes().replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"=3D", b"=").decode()
        link = re.search(r"https://localhost:\d+/orders/\S+?\?key=[\w-]+", text)
        assert link, text[:2000]
        with store.session() as other:
            elsewhere = Stubborn(other, self.address)
            locked = elsewhere.insist(lambda: elsewhere.get(link[0]))
            return elsewhere.insist(lambda: elsewhere.send(form_to(locked, "/access"), email=ANNA["email"]))
