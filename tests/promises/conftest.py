"""One running store of each profile for all promises, one sale in each, and canaries to look for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from microkitten.config import founding
from tests.promises.outsider import Bought, Outsider, buy
from tests.running import ROOT, RunningStore, a_folder, free_port

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder shares its stores, so one worker of a divided run takes the whole of it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("promises"))


@contextmanager
def _started(profile: str) -> Iterator[Outsider]:
    with a_folder() as folder:
        # From a copy of the code, which nobody edits while the store runs.
        shutil.copytree(ROOT / "src", folder.parent / "src", ignore=shutil.ignore_patterns("__pycache__"))
        environ = {
            "MICROKITTEN_SAMPLES_PICTURES": "none",
            "PYTHONPATH": str(folder.parent / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        port = free_port()
        if profile == "strict":  # it sells where consent comes first, so it is founded strict
            founding.found(folder, _strict_plan(port))
        store = RunningStore(folder, port, environ, command="serve" if profile == "strict" else "demo")
        try:
            yield Outsider(store.start(), profile)
        finally:
            store.stop()


def _strict_plan(port: int) -> founding.Plan:
    made = founding.plan(
        name="microkitten", address=f"https://localhost:{port}", company="microkitten, llc",
        postal_address="12 Sample Street, Springfield", email="hello@microkitten.example", country="US",
        countries="US, DE", currency="USD", language="en", sample=True,
    )  # fmt: skip
    return replace(made, languages=("en", "es", "de"))


@pytest.fixture(scope="session")
def classic() -> Iterator[Outsider]:
    """The sample store: American, profile `classic`."""
    with _started("classic") as store:
        yield store


@pytest.fixture(scope="session")
def strict() -> Iterator[Outsider]:
    """A store that sells to Germany too: profile `strict`."""
    with _started("strict") as store:
        yield store


@pytest.fixture(scope="session")
def shop(classic: Outsider) -> Outsider:
    """The store of the promises that both profiles share word for word."""
    return classic


@pytest.fixture(scope="session", params=["classic", "strict"])
def either(request: pytest.FixtureRequest) -> Outsider:
    """The store of each profile in turn."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return] # an Outsider


@pytest.fixture(scope="session")
def bought(shop: Outsider) -> Bought:
    """One order to two recipients, every word of it a canary, paid and confirmed."""
    return buy(shop)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Foreign data to test with; the test is skipped where it is absent."""
    folder = Path(os.environ.get("MICROKITTEN_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder} (MICROKITTEN_SHARED)")
    return folder
