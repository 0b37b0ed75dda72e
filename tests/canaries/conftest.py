"""One run of each profile for all tests here: classic with mails in a folder, strict with a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canaries.drive import COUNTRIES
from tests.canaries.run import Run, load
from tests.canaries.store import watched
from tests.canaries.tape import Tape
from tests.canaries.tokens import Mint
from tests.fakes.test_mail import Inbox, serve_mail

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder shares its stores, so one worker of a divided run takes the whole of it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("canaries"))


@pytest.fixture(scope="session")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The whole of it: everything that the store can do."""
    tape = Tape()
    environ = {"MICROKITTEN_SAMPLES_PICTURES": "first", "MICROKITTEN_COUNTRIES": ",".join(COUNTRIES)}
    with watched(tape, "classic", environ) as store:
        run = Run(store, tape, Mint(), load(store))
        run.purchase()
        run.step("compressed", run.compressed)
        run.step("faults", run.faults)
        run.everywhere()  # last, as its forms change what is sold
        run.step("jobs", run.jobs)
        run.step("commands", lambda: run.ask(tmp_path_factory.mktemp("asked")))
        run.cells = store.cells("while it runs")
        yield run
        store.stop()


@pytest.fixture(scope="session")
def strict() -> Iterator[Run]:
    """A shorter drive through a store that gives no cookie unasked and sends its mail by a server."""
    tape, inbox = Tape(), Inbox()
    server = serve_mail(inbox, None)
    environ = {
        "MICROKITTEN_SAMPLES_PICTURES": "none", "MICROKITTEN_MAIL_KIND": "smtp", "MICROKITTEN_MAIL_HOST": "127.0.0.1",
        "MICROKITTEN_MAIL_PORT": str(server.port),
    }  # fmt: skip
    try:
        with watched(tape, "strict", environ) as store:
            run = Run(store, tape, Mint(), load(store), inbox)
            run.purchase()
            yield run
    finally:
        server.stop()
