"""A server of these tests' own and a vault on it, whatever the rest of the suite runs on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.postgres import NoPostgres, Pair, Server, make_pair, make_server
from tests.vault.conftest import calling
from tests.vault_database import give_database
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.vault.server.database import open_database
from microkitten.vault.server.database.postgresql import PostgreSql
from microkitten.vault.server.folder import Folder

# A server whose administrator wants to see everything: what the vault's role does must not be in its log all the same.
LOUD = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_min_error_statement": "error",
    "log_error_verbosity": "verbose",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
}
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND usename = '{}'"
ENDED = 70


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server of these tests' own, to be killed; and one that logs all it is told."""
    place = Path(tempfile.mkdtemp(prefix="microkitten-"))
    place.chmod(0o755)
    try:
        made = make_server(place / "server")
    except NoPostgres as why:
        pytest.skip(str(why))
    made.stop()
    made.start(**LOUD)
    yield made
    made.remove()
    shutil.rmtree(place)


@pytest.fixture
def pair(own: Server) -> Iterator[Pair]:
    """Two databases there."""
    made = make_pair(of=own)
    yield made
    made.drop()


@pytest.fixture
def vault(pair: Pair, tmp_path: Path) -> Iterator[RunningVault]:
    """A vault on one of them."""
    give_database(tmp_path, pair.vault_url)
    made = start_vault(tmp_path, profile="classic")
    with calling(made):
        yield made
    remove_vault(made)


@pytest.fixture
def database(pair: Pair, tmp_path: Path) -> Iterator[PostgreSql]:
    """The database of a vault that nobody serves."""
    give_database(tmp_path, pair.vault_url)
    (tmp_path / "policy.toml").write_text("")
    assert run_vault(tmp_path, "migrate").returncode == 0
    made = open_database(Folder(tmp_path))
    assert isinstance(made, PostgreSql)
    yield made
    made.close()
