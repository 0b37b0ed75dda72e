"""Over 200 forbidden acts, none of which goes through; each is refused in words, and the vault's are in its ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from microkitten.vault import door
from microkitten.vault.types import Actor
from tests.promises.outsider import Outsider
from tests.running import ROOT
from tests.security.walled import walled
from tests.violations import (
    by_door,
    by_grant,
    by_http,
    by_orm,
    by_pickle,
    by_purpose,
    by_rights,
    by_shell,
    by_socket,
    by_task,
    by_template,
)
from tests.violations.attempts import ALL, CONTROLS, GAPS, judge, tally
from tests.violations.by_grant import Late
from tests.violations.by_http import Store
from tests.violations.ledger import refusals
from tests.violations.rows import Rows, rows_of
from tests.violations.world import CHECKOUT, SWEEP, World, a_sale, a_world, role

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("violations")]
TRIED_MIN = 200
TABLES = (
    by_door,
    by_grant,
    by_http,
    by_orm,
    by_pickle,
    by_purpose,
    by_rights,
    by_shell,
    by_socket,
    by_task,
    by_template,
)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The vault that most attempts are about."""
    with a_world(tmp_path_factory.mktemp("violated")) as world:
        yield world


@pytest.fixture(scope="module")
def late(vault: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Late]:
    """A vault of its own, whose clock goes on from attempt to attempt; used last."""
    with a_world(tmp_path_factory.mktemp("late")) as world:
        with role("operator"), door.batch(by=Actor("operator")) as batch:
            one_time = batch._ask("staff_token", str, name="")
        come = a_sale()
        door.tell(come.people, "placed", by=CHECKOUT)
        with role("worker"):
            door.tell(come.recipients, "arrived", by=SWEEP)
        yield Late(world, one_time.value, a_sale(claimed=False).customer, come)


@pytest.fixture
def rows(vault: World) -> Rows:
    """The shop's rows about the people of that vault."""
    return rows_of(vault)


@pytest.fixture
def open_rows(vault: World) -> Rows:
    """The same outside of a transaction, where some statements of SQL first mean what they say."""
    return rows_of(vault)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A whole store, each process a user of its own; skipped where nobody is root, with the reason."""
    with walled({"MICROKITTEN_SAMPLES_PICTURES": "none"}) as running:
        yield Store(Outsider(running, "classic"))


def with_rows(name: str, needs: str) -> object:
    """Return a parameter, marked if it takes the shop's database: that is made for marked tests alone."""
    marks = (
        [pytest.mark.django_db(transaction=needs == "open_rows")] if needs in {"rows", "open_rows"} else []
    )
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("kind", [with_rows(kind, needs) for kind, (needs, _) in CONTROLS.items()])
def test_the_same_done_rightly_succeeds(kind: str, request: pytest.FixtureRequest) -> None:
    """Without this, the refusals below might be broken calls."""
    needs, act = CONTROLS[kind]
    act(request.getfixturevalue(needs))


# Those whose clock goes on come last: from then on it is their vault that is called.
LAST = sorted(ALL.values(), key=lambda one: one.needs == "late")


@pytest.mark.parametrize("name", [with_rows(one.name, one.needs) for one in LAST])
def test_it_is_refused(name: str, request: pytest.FixtureRequest) -> None:
    """Each attempt ends in a refusal that says why; a first one of its kind makes the vault's ledger longer."""
    one = ALL[name]
    thing = request.getfixturevalue(one.needs)
    world = getattr(thing, "world", thing)
    if not isinstance(world, World):
        judge(one, thing)
        return
    length, known = world.entries(), set(world.refused)
    said = judge(one, thing)
    world.blank(said)
    new = set(world.refused) - known
    assert world.entries() >= length + len(new), f"{new} was refused, and the ledger does not say so"


def test_the_ledger_has_every_refusal(vault: World) -> None:
    """Those of one kind and minute stand together in one entry with their number: none is missing, none is surplus."""
    assert refusals(vault.running) == vault.refused


def test_the_tally() -> None:
    """How many of each kind were tried, and how they ended; what is not stopped today stands beside it."""
    found = tally()
    total = sum(found.values(), Counter())
    report = {
        "kinds": {kind: dict(ends) for kind, ends in sorted(found.items())},
        "all": dict(total),
        "gaps": GAPS,
    }
    folder = ROOT / "artifacts"
    folder.mkdir(exist_ok=True)
    Path(folder / "violations.json").write_text(json.dumps(report, indent=2) + "\n")
    print()
    for kind, ends in sorted(found.items()):
        stopped = ends["refused"] + ends["gained nothing"]
        print(f"{kind:10} violations refused {ends['refused']:3} (and {ends['gained nothing']:2} gained nothing) "
              f"/ tried {ends['tried']:3}, went through {ends['tried'] - stopped}")  # fmt: skip
    print(
        f"violations refused {total['refused'] + total['gained nothing']} / tried {total['tried']}; gaps {len(GAPS)}"
    )
    assert total["went through"] == 0
    assert len(ALL) >= TRIED_MIN
    assert {one.kind for one in ALL.values()} == set(CONTROLS), "each kind has its positive control"
