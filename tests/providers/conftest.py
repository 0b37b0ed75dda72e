"""A sandbox with a shop beside it, and pieces that tests of single providers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.outside import Certificates, Sandbox, Shop, bill, certificates, shop

from microkitten.providers.cards import Session
from microkitten.providers.cards.sandbox.client import SandboxProcessor
from microkitten.vault.types import Disclosure


class Pair:
    """A sandbox process and the shop that it talks to."""

    def __init__(self, sandbox: Sandbox, listener: Shop) -> None:
        self.sandbox, self.shop = sandbox, listener
        key = sandbox.store / "sandbox" / "api.key"
        self.client = SandboxProcessor(sandbox.origin, key_file=key, authority_file=sandbox.files.authority)

    def open(self, disclosure: Disclosure | None = None) -> Session:
        """Make a session, of a new bill unless one is given."""
        back, hook = self.shop.origin + "/back?order=1", self.shop.origin + "/webhooks/cards"
        return self.client.create_session(disclosure or bill(), return_url=back, webhook_url=hook)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate authority for the run."""
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def pair_with(tmp_path: Path, files: Certificates) -> Iterator[Callable[..., Pair]]:
    """Start a sandbox with knobs of the test's choice; several tests kill it, so it is ended gently only if alive."""
    with ExitStack() as stack:

        def start(**knobs: object) -> Pair:
            listener = stack.enter_context(shop(files))
            sandbox = Sandbox(tmp_path / "store", files, listener.origin, **knobs).start()
            stack.callback(sandbox.stop)
            return Pair(sandbox, listener)

        yield start


@pytest.fixture
def pair(pair_with: Callable[..., Pair]) -> Pair:
    """A sandbox as it is by default in tests: webhooks leave at once."""
    return pair_with()
