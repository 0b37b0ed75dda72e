"""Both sides of each port: the fake and the real thing behind one face, so that one suite can ask both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.outside import Certificates, Sandbox, certificates, shop

from microkitten.providers.cards import CardProcessor, Session
from microkitten.providers.cards.fake import FakeProcessor
from microkitten.providers.cards.sandbox.client import SandboxProcessor
from microkitten.vault.types import Disclosure


@dataclass
class Bank:
    """A processor, what a payer can do on its page, and what it told the shop."""

    processor: CardProcessor
    pay: Callable[[str, str], object]
    answer: Callable[[str, bool], object]
    notices: Callable[[int], list[tuple[dict[str, str], bytes]]]
    charges: Callable[[str], int]
    origin: str

    def open(self, disclosure: Disclosure, path: str = "/back") -> Session:
        """Make a session whose addresses are the shop's."""
        return self.processor.create_session(
            disclosure, return_url=self.origin + path, webhook_url=self.origin + "/webhooks/cards"
        )


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark by which a test turns the processor's knobs."""
    config.addinivalue_line("markers", "bank(**knobs): turn knobs of the card processor")


def _fake(session_seconds: float = 1800, notice_seconds: float = 0) -> Bank:
    fake = FakeProcessor(session_seconds=session_seconds, notice_seconds=notice_seconds)
    return Bank(
        processor=fake,
        pay=fake.pay,
        answer=lambda session_id, approved: fake.authenticate(session_id, approved=approved),
        notices=lambda count: [(dict(it.headers), it.body) for it in fake.webhooks],
        charges=fake.charges,
        origin="https://localhost:8443",
    )


def client(sandbox: Sandbox) -> SandboxProcessor:
    """Return the shop's side of a sandbox."""
    key = sandbox.store / "sandbox" / "api.key"
    return SandboxProcessor(sandbox.origin, key_file=key, authority_file=sandbox.files.authority)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate authority for the run."""
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["fake", "sandbox"])
def bank(request: pytest.FixtureRequest, tmp_path: Path, files: Certificates) -> Iterator[Bank]:
    """The fake, then the sandbox."""
    options = getattr(request.node.get_closest_marker("bank"), "kwargs", {})
    if request.param == "fake":
        yield _fake(**options)
        return
    with shop(files) as listener:
        sandbox = Sandbox(tmp_path / "store", files, listener.origin, **options).start()
        answers = {True: "approve", False: "fail"}
        yield Bank(
            processor=client(sandbox),
            pay=sandbox.pay,
            answer=lambda it, approved: sandbox.send(
                f"/pay/{it}/authentication", {"outcome": answers[approved]}
            ),
            notices=listener.wait_for,
            charges=lambda reference: int(sandbox.api("GET", "/_state")["charges"].get(reference, 0)),
            origin=listener.origin,
        )
        assert sandbox.stop() == 0
