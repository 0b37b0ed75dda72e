"""What all tests share: the run's store, a real vault beside it, and the foreign data."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.a_store import FOLDER

SHARED = Path(os.environ.get("MICROKITTEN_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(autouse=True)
def _no_memory(request: pytest.FixtureRequest) -> None:
    """Forget what the process remembers of the catalog: each test has a database of its own, or none."""
    from microkitten.shop.catalog.actions import browsing
    from microkitten.shop.catalog.models import Edition
    from microkitten.web.navigation import navigation

    browsing._shelves_of.cache_clear()
    Edition.looked = (float("-inf"), 0)
    has_database = request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
        request.fixturenames
    )
    navigation.told_by(browsing.shelves if has_database else tuple)


@pytest.fixture(scope="session")
def store_folder() -> Path:
    """The folder of the run's store."""
    return FOLDER


@pytest.fixture(scope="session")
def shared() -> Path:
    """Foreign data to test with; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED} (MICROKITTEN_SHARED)")
    return SHARED


@pytest.fixture(scope="session")
def vault(store_folder: Path) -> Iterator[object]:
    """A real vault process for the run's store, started once."""
    from tests.vault_process import start_vault

    running = start_vault(store_folder)
    yield running
    running.stop()
