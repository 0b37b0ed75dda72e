"""The ledger's public tallies: written with the entries, the same as the leaves say, and nobody's data (P20, P42)."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.vault.conftest import CHECKOUT, PAY, Sale, a_sale, calling, role, token
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, environment, remove_vault, run_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Count, Given, Refused

Key = tuple[str, str, str]


def leaves(folder: Path) -> Counter[Key]:
    """Count the public leaves by month, kind and purpose."""
    with vault_line(folder) as line:
        told = [json.loads(bytes(leaf)) for (leaf,) in line.execute("SELECT leaf FROM vault_entry")]
    return Counter((one["t"][:7], one["k"], one["p"]) for one in told)


def tallied(counts: tuple[Count, ...]) -> Counter[Key]:
    """Add the parties of each kind and purpose up."""
    sums: Counter[Key] = Counter()
    for one in counts:
        sums[one.month, one.kind, one.purpose] += one.entries
    return sums


def disclosed(sale: Sale) -> int:
    """Hand one amount over to the card processor and return how many such hand-overs there are."""
    facts = {"amount_minor": 1, "currency": "USD", "reference": token()}
    with role("worker"):
        door.disclose(
            sale.customer, [], to="card_processor", purpose=purpose.bill, by=PAY, facts=facts, once=token()
        )
    found = [one for one in door.counts() if (one.kind, one.party) == ("disclosure", "card_processor")]
    return sum(one.entries for one in found)


def change(folder: Path, sql: str) -> None:
    """Change the database behind the vault's back."""
    with vault_line(folder) as line:
        assert line.execute(sql).rowcount > 0


def test_the_tallies_are_what_the_leaves_say(called: RunningVault) -> None:
    for _ in range(3):
        a_sale(recipients=2)
    assert tallied(door.counts()) == leaves(called.folder)
    assert run_vault(called.folder, "verify").returncode == 0


def test_a_disclosure_is_counted_with_its_party(called: RunningVault) -> None:
    sale = a_sale()
    before = disclosed(sale)
    assert disclosed(sale) == before + 1


def test_what_did_not_happen_is_not_counted(called: RunningVault) -> None:
    before = tallied(door.counts())
    batch = door.batch(by=CHECKOUT)
    given = {"customer.name": Given(token(), "checkout.name")}
    batch.collect(door.new_person(), "customer", given, purpose=purpose.confirm)
    batch.claim([door.new_person()])
    with pytest.raises(Refused):
        batch.send()
    more = tallied(door.counts()) - before
    assert {kind for _, kind, _ in more} <= {"use"}  # the refusal's own entry
    assert tallied(door.counts()) == leaves(called.folder)


@pytest.mark.parametrize("name", ["web", "worker", "operator"])
def test_anybody_may_ask(called: RunningVault, name: str) -> None:
    with role(name):
        assert door.counts()
        assert door.deployments()


def test_deployments_tell_policy_entry_and_minute(called: RunningVault) -> None:
    ((hashed, entry, minute), *_) = door.deployments()
    assert (hashed, entry) == (door.policy_hash(), 0)
    assert minute.endswith("Z")
    assert len(minute) == len("2026-11-22T19:30Z")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE vault_tally SET entries = entries - 1 WHERE kind = 'collection'",
        "UPDATE vault_tally SET kind = 'use' WHERE kind = 'disclosure'",
        "UPDATE vault_tally SET month = '2020-01' WHERE kind = 'deployment'",
        "INSERT INTO vault_tally (month, kind, purpose, party, entries) VALUES ('2026-01', 'use', 'bill', '', 1)",
        "INSERT INTO vault_tally (month, kind, purpose, party, entries) VALUES ('2026-01', 'use', 'bill', '', 0)",
        "DELETE FROM vault_tally WHERE kind = 'disclosure'",
    ],
)
def test_verify_recounts(tmp_path: Path, harm: str) -> None:
    running = start_vault(tmp_path, profile="classic")
    try:
        with calling(running):
            disclosed(a_sale())
        assert run_vault(tmp_path, "verify").returncode == 0
        change(tmp_path, harm)
        found = run_vault(tmp_path, "verify")
        assert found.returncode == 1
        assert "the tally of 20" in found.stderr
        assert "the leaves say" in found.stderr
    finally:
        remove_vault(running)


def test_an_older_ledger_is_counted_once_it_is_migrated(tmp_path: Path) -> None:
    running = start_vault(tmp_path, profile="classic")
    try:
        with calling(running):
            disclosed(a_sale())
        running.stop()
        django = {"DJANGO_SETTINGS_MODULE": "microkitten.vault.server.settings"}
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "vault", "0001"],
            env=environment(tmp_path) | django,
            check=True,
            timeout=60,
            capture_output=True,
        )
        assert "run migrate" in run_vault(tmp_path, "verify").stderr
        assert run_vault(tmp_path, "migrate").returncode == 0
        running.start()
        with calling(running):
            counts = door.counts()
            assert tallied(counts) == leaves(tmp_path)
            assert {one.party for one in counts} == {""}
            assert disclosed(a_sale()) == 1
        assert run_vault(tmp_path, "verify").returncode == 0
    finally:
        remove_vault(running)


def test_one_who_only_looks_is_counted_too(called: RunningVault) -> None:
    sale = a_sale()
    before = tallied(door.counts())
    with door.use(purpose.deliver, {sale.recipients[0]: ["recipient.name"]}, by=sale.me):
        pass
    (key,) = tallied(door.counts()) - before
    assert key[1:] == ("use", "deliver")
