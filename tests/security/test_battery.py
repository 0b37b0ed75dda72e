"""The leak battery, probe by probe; those of several users run in test_leaks.py, over the store it drives (P35)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.security import probes_process, probes_vault, probes_walled
from tests.security.battery import ALL, PROBES_MIN, Probe, blank, needing
from tests.security.probes_vault import Beside, beside

assert probes_process
assert probes_walled


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[probes_vault.Beside]:
    """A vault, and whoever stands beside it."""
    with beside(tmp_path_factory.mktemp("beside")) as made:
        yield made


@pytest.mark.parametrize("one", needing("process"), ids=str)
def test_of_the_process(one: Probe) -> None:
    """What it holds gives nothing away."""
    one.act()


@pytest.mark.django_db
@pytest.mark.parametrize("one", needing("rows"), ids=str)
def test_of_the_rows(one: Probe) -> None:
    """Nobody is in them but by a number."""
    one.act()


@pytest.mark.slow
@pytest.mark.parametrize("one", needing("vault"), ids=str)
def test_of_the_vault(one: Probe, at: Beside) -> None:
    """It gives nothing away to whoever stands beside it."""
    one.act(at)


@pytest.mark.parametrize("shown", ["it is kqsecret", "KQSECRET", b"\xffkqsecret", "tercesqk", ["kqsecret"]])
def test_a_leak_would_be_seen(shown: object) -> None:
    """In any case, from either end."""
    with pytest.raises(AssertionError):
        blank(shown, "kqsecret")
    with pytest.raises(AssertionError):
        blank(shown)


def test_the_list() -> None:
    """By number and name, and how many there are."""
    print("\n" + "\n".join(f"{one} ({one.needs})" for one in ALL))
    print(f"{len(ALL)} probes: {dict(Counter(one.needs for one in ALL))}")
    assert len(ALL) >= PROBES_MIN
    assert {one.needs for one in ALL} == {"process", "rows", "vault", "walled"}
