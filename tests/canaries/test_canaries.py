"""Everything the shop can do, done by people whose every word is a token; then every byte is searched (P1, P35)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from microkitten.config.cli import microkitten
from microkitten.web.queue.names import JobName
from tests.canaries import commands
from tests.canaries.run import Run

SOURCE = Path(__file__).resolve().parents[2] / "src/microkitten"
# Fields of the policy into which nobody can type a token, and how they are looked at instead.
UNTYPED = {
    "payment.brand": "typed on the processor's page; too short to be a token, so cells are compared",
    "payment.last4": "typed on the processor's page; too short to be a token, so cells are compared",
    "payment.expiry": "typed on the processor's page; too short to be a token, so cells are compared",
    "visitor.seen": "its words are the catalog's own and public; whose they are hangs on the cookie, a token",
}


@pytest.fixture(scope="module")
def done(classic: Run) -> Run:
    """The classic store, stopped, everything searched, the plants planted and looked for."""
    classic.store.stop()
    classic.store.look("after it has stopped")
    classic.cells += classic.store.cells("after it has stopped")
    classic.judge()
    classic.plant()
    classic.report()
    return classic


def test_no_token_is_out_of_place(done: Run) -> None:
    """Evidence (P1): every byte written or sent, in every writing; each token is where a rule lets it."""
    told = sorted(
        {
            f"{hit.token!r} ({hit.writing}) in {hit.place.channel}: {hit.place.where}, byte {hit.at}"
            for hit in done.hits
        }
    )
    assert not told, f"{len(told)} tokens out of place:\n" + "\n".join(told[:200])


def test_the_search_found_every_plant(done: Run) -> None:
    """A search that finds nothing has shown nothing until it has found what was there."""
    assert len(done.planted) >= 12
    assert [name for name, found in done.planted.items() if not found] == []


def test_every_field_of_the_policy_had_a_token(done: Run) -> None:
    """A field that is added to the policy is typed in here by itself, or this names the input that could not be."""
    fields = {token.field for token in done.mint if token.field}
    missing = {
        name: entry.forms
        for name, entry in done.policy.fields.items()
        if name not in fields and name not in UNTYPED
    }
    assert missing == {}, f"nobody typed a token into {missing}"
    assert set(UNTYPED) <= set(done.policy.fields)


def test_what_may_be_shown_was_found_where_it_may(done: Run) -> None:
    """The law is no blindfold: each rule that shows something to a person or to staff was seen to do so."""
    seen = done.law.rules
    shows = {
        rule.id
        for rule in done.policy.rules.values()
        if rule.act == "use" and rule.when & {"staff", "proven"} and set(rule.fields) - set(UNTYPED)
    }
    assert seen == shows, f"never seen: {sorted(shows - seen)}; in no rule: {sorted(seen - shows)}"
    disclosed = {reason for reason in done.law.allowed if reason.endswith(" to mail")}
    assert disclosed == {f"{name} to mail" for names in done.policy.gives("mail").values() for name in names}


def test_every_address_was_asked_for(done: Run) -> None:
    """The running code's own list: a new address that nothing leads to fails here by its name."""
    missing = done.crawl.unvisited(["nobody", "the customer", "the clerk"])
    assert not missing, "\n".join(missing)


def test_every_job_ran(done: Run) -> None:
    """The closed list of jobs: a new one that the drive does not bring about fails here by its name."""
    ran = {name for name, how in done.store.jobs().items() if "done" in how}
    assert {str(name) for name in JobName} - ran == set()


def test_every_kind_of_mail_was_sent(done: Run) -> None:
    """Each template of a mail: its kind was sent at least once, and its bytes were searched."""
    kinds = {path.stem for path in SOURCE.glob("shop/**/mail/*.txt")}
    sent = {
        str(kind) for (kind,) in done.store.shop("SELECT kind FROM orders_mail WHERE sent_at IS NOT NULL")
    }
    assert kinds
    assert kinds - sent == set()


def test_every_command_was_asked(done: Run) -> None:
    """Each subcommand of the command's own tree: its help, and itself unless it serves; none ended in a traceback."""
    ran = {said.words for said in done.said}
    for words, _ in commands.tree(microkitten):
        assert (*words, "--help") in ran
        if " ".join(words) not in commands.NOT_RUN:
            assert any(one[: len(words)] == words and one[-1] != "--help" for one in ran), words
    assert set(commands.NOT_RUN) <= {" ".join(words) for words, _ in commands.tree(microkitten)} | {
        "policy preview"
    }
    failed = [
        f"{' '.join(said.words)}: {said.output[-300:]!r}" for said in done.said if b"Traceback" in said.output
    ]
    assert failed == []


def test_each_fault_held_people_and_told_nobody(done: Run) -> None:
    """Errors in view, template, job, letter, mailer and vault quoted tokens; the log has their class and place."""
    assert set(done.held) == {"view", "template", "job", "letter", "mailer", "vault"}
    assert [name for name, words in done.held.items() if done.mint.mark not in words] == []
    assert "Held" in done.store.output
    assert re.search(r"error [0-9a-f]{8}", done.store.output)


def test_short_values_of_a_card_stand_in_no_cell_of_the_shop(done: Run) -> None:
    """Four digits are too short to search bytes for; no cell of shop or vault is one of a card's (P4)."""
    short = {"4711", "4242", "2034-12", "12 / 34", "12/34"}
    from tests.canaries.store import tables

    for path in (done.store.folder / "shop.sqlite3", done.store.folder / "vault/vault.sqlite3"):
        for table, rows in tables(path):
            cells = {str(cell) for row in rows for cell in row if isinstance(cell, (str, int))}
            cells |= {cell.decode("latin-1") for row in rows for cell in row if isinstance(cell, bytes)}
            assert not short & cells, table


def test_nothing_was_called_but_this_machine(done: Run) -> None:
    """Every process, from its first instruction: which addresses it asked for or called (P1)."""
    calls = done.store.calls()
    assert any("worker" in call for call in calls), "the worker has called the processor"
    assert [call for call in calls if call.split()[1] not in {"localhost", "127.0.0.1", "::1", "None"}] == []
