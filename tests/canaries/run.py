"""One whole run: a store driven, crawled, attacked, broken and asked, and all its bytes searched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from microkitten import policy
from microkitten.config.cli import microkitten
from microkitten.policy.parts import Policy
from tests.canaries import commands, plants
from tests.canaries.client import NOBODY, Recorder, raw_body
from tests.canaries.crawl import Crawl, Visitor
from tests.canaries.drive import Drive
from tests.canaries.law import Law
from tests.canaries.letters import text_of_mail, to_mail
from tests.canaries.search import Hit, Search
from tests.canaries.store import WatchedStore
from tests.canaries.tape import Tape
from tests.canaries.tokens import Mint
from tests.fakes.test_mail import Inbox
from tests.running import wait_for

PUBLIC = ("/", "/catalog/", "/products/cork-ball", "/privacy", "/search?q=ball")


@dataclass
class Run:
    """A store and all that is known of it."""

    store: WatchedStore
    tape: Tape
    mint: Mint
    policy: Policy
    inbox: Inbox | None = None
    hits: list[Hit] = field(default_factory=list)
    planted: dict[str, bool] = field(default_factory=dict)
    said: list[commands.Said] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    cells: int = 0

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.store, self.tape)
        self.store.mint = self.mint
        self.drive = Drive(self.store, self.recorder, self.mint)
        self.law = Law(self.policy, self.mint.tokens)
        self.drive.law = self.law
        if self.inbox is not None:
            self.drive.sent = self.inbox.kept
        self.crawl = Crawl(self.recorder, self.mint, self.law)
        self.search: Search | None = None

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Do something, and look at what it left in the files."""
        began = time.monotonic()
        act()
        self.store.look(f"after {name}")
        self.seconds[name] = round(time.monotonic() - began, 2)

    # What is done

    def purchase(self) -> None:
        """The drive: looked around, refused, broken, bought, turned back, come back, opened by staff."""
        self.store.look("at the start")
        for act in self.drive.steps():
            self.step(act.__name__.replace("_", " "), act)

    def people(self) -> list[Visitor]:
        """Return who crawls: somebody with nothing, the customer with the pass, a clerk."""
        drive, at = self.drive, self.store.address
        order = f"{at}/orders/{drive.number}"
        clerk = drive.clerk
        assert clerk is not None
        home = [at + "/", *(at + path for path in PUBLIC)]
        return [
            Visitor(NOBODY, self.recorder.shopper(), [*home, drive.link()]),
            Visitor(drive.as_customer, drive.shopper, [order, *home, f"{at}/checkout"]),
            Visitor(
                drive.as_clerk, clerk, [f"{at}/staff/", f"{at}/staff/mailbox", f"{at}/staff/goods/", *home],
                still=lambda shopper: shopper.get("/staff/orders").url.endswith("/staff/orders"),
                again=drive.sign_in,
            ),
        ]  # fmt: skip

    def everywhere(self) -> None:
        """The crawl: pages, then every pattern attacked, then every form filled, as each of the people."""
        crowd = self.people()
        for visitor in crowd:
            if visitor.shopper is not self.drive.clerk:
                visitor.shopper.add("felt-mouse")
            self.step(f"pages for {visitor.who.name}", lambda visitor=visitor: self.crawl.pages(visitor))  # type: ignore[misc] # bound in its turn
        for visitor in crowd:
            self.step(f"attacks as {visitor.who.name}", lambda visitor=visitor: self.crawl.assault(visitor))  # type: ignore[misc] # as above
        for visitor in reversed(crowd):
            self.step(f"forms for {visitor.who.name}", lambda visitor=visitor: self.crawl.submit(visitor))  # type: ignore[misc] # as above

    def compressed(self) -> None:
        """Ask for public pages as browsers do, compressed; what is on the wire and what is in it."""
        with self.store.session() as session:
            for path in PUBLIC:
                for encoding in ("br", "gzip", "deflate"):
                    wire, inside, how = raw_body(session, self.store.address + path, encoding)
                    assert how in {"", "br", "gzip"}, f"nobody here can read {how}"
                    self.tape.add("answers", f"{path} on the wire, {how}", wire)
                    self.tape.add("answers", f"{path} unpacked from {how}", inside)

    def faults(self) -> None:
        """Let view, template, job, letter, mailer and vault fail, each quoting all that it holds of an order."""
        drive, at = self.drive, self.store
        for fault in ("view", "vault"):
            at.arm(fault)
            drive.attempt(f"{fault} failing")
            self._fell(fault)
        at.arm("template")
        drive.shopper.get(f"/orders/{drive.number}")
        self._fell("template")
        names = ["job", "letter"] + (["mailer"] if self.inbox is None else [])
        for fault in names:
            at.arm(fault)
        told = len(at.mails())
        drive.buy_again("failing job")
        for fault in names:
            wait_for(f"the failing {fault}", lambda fault=fault: at.fired(fault))  # type: ignore[misc] # as above
            self._fell(fault)
        if self.inbox is None:
            wait_for("the mail after all", lambda: len(at.mails()) > told)

    def _fell(self, fault: str) -> None:
        wait_for(f"the fault {fault}", lambda: self.store.fired(fault), 20)
        self.held[fault] = self.store.fired(fault)

    def jobs(self) -> None:
        """Leave each job that needs no arguments and has not run; wait for those that are owed."""
        with suppress(AssertionError):
            wait_for(
                "an empty queue",
                lambda: not self.store.shop("SELECT 1 FROM queue_job WHERE failed_at IS NULL"),
                8,
            )

    def ask(self, temporary: Path) -> None:
        """Run every command, an import with a personal column among them; keep what they say."""
        file = commands.goods(temporary, self.mint.word("column of an import"))
        before = (self.store.folder / "policy.toml").read_text()
        old = temporary / "old.toml"
        old.write_text(before)
        files = {"file": file, "old": old, "new": self.store.folder / "policy.toml"}
        self.said = commands.everything(microkitten, self.store, files)
        for said in self.said:
            for token in self._tokens_of(said):
                self.mint.made("staff token of a command", token, field="staff.token", person="operator")
            self.tape.add("commands", " ".join(said.words), said.output, said)
        file.unlink()
        self._hire()

    def _hire(self) -> None:
        """Let the operator name a new member of staff, by the vault's own command."""
        name = self.mint.word("name of staff", field="staff.name", person="staff")
        program = [
            sys.executable,
            "-m",
            "microkitten.vault.server",
            "staff-token",
            str(self.store.folder),
            "--name",
            name,
        ]
        environ = {**self.store.environ, "MICROKITTEN_STORE": str(self.store.folder)}
        done = subprocess.run(program, capture_output=True, env=environ, timeout=60, check=True)
        said = commands.Said(("staff", "token", "--name"), 0, done.stdout + done.stderr)
        for token in self._tokens_of(said):
            self.mint.made("token of a new member", token, field="staff.token", person="operator")
        self.tape.add("commands", "staff-token of the vault", said.output, said)

    @staticmethod
    def _tokens_of(said: commands.Said) -> list[str]:
        is_token = said.words[:2] == ("staff", "token") and said.status == 0
        return re.findall(r"\b[A-Za-z0-9_-]{20,}\b", said.output.decode())[-1:] if is_token else []

    # What is found

    def judge(self) -> None:
        """Search the whole tape; then plant leaks, and search for those."""
        self.store.outbound()
        sent = [(path.name, path.read_bytes()) for path in self.store.mails()]
        sent += [
            (f"on its way {number}", one) for number, one in enumerate(self.inbox.kept if self.inbox else ())
        ]
        for name, content in sent:
            about = to_mail(content, self.mint)
            self.tape.add("smtp" if self.inbox else "mail", name, content, about)
            self.tape.add("mails, read", name, text_of_mail(content).encode(), about)
        began = time.monotonic()
        self.search = Search(self.mint.mark, self.mint)
        self.hits = self.search.hits(self.tape, self._may)
        self.seconds["search"] = round(time.monotonic() - began, 2)

    def _may(self, place, token: str, writing: str) -> bool:  # type: ignore[no-untyped-def] # as the law's
        """The operator's own command shows the token that it has just made, to whoever typed the command."""
        if isinstance(place.about, commands.Said) and self.mint.tokens.get(token, None) is not None:
            return (
                place.about.words[:2] == ("staff", "token") and self.mint.tokens[token].person == "operator"
            )
        return self.law.may(place, token, writing)

    def plant(self) -> None:
        """Plant leaks and look for them by the same search and the same law."""
        people = self.mint.of(["recipient 2", "customer", "recipient 3"])
        number = self.mint.tokens["recipient 1 phone"]
        made = self.mint.tokens["order pass"]
        found = plants.planted(self.store, people, number, made)
        assert self.search is not None
        self.planted = plants.discovered(self.search, found, self.law.may)

    # What is told

    def summary(self) -> dict[str, object]:
        """Return the figures of the run."""
        assert self.search is not None
        statuses = [status for by in self.recorder.visits.values() for some in by.values() for status in some]
        return {
            "profile": self.policy.profile, "policy": self.policy.hash,
            "tokens": len(self.mint.tokens), "writings": self.search.writings,
            "fields": len({token.field for token in self.mint if token.field}),
            "answers": self.recorder.answers, "patterns": len(self.recorder.visits), "statuses": sorted(set(statuses)),
            "forms": len(self.crawl.forms), "commands": len(self.said),
            "jobs": sorted(self.store.jobs()), "faults": sorted(self.held),
            "files": self.tape.count["files"], "cells": self.cells,
            "bytes": dict(sorted(self.tape.bytes.items())), "bytes searched": self.tape.bytes.total(),
            "bytes of them distinct": sum(map(len, self.tape.pieces.values())),
            "in place": dict(sorted(self.law.allowed.items())), "out of place": len(self.hits),
            "plants found": sum(self.planted.values()), "plants": len(self.planted), "seconds": self.seconds,
        }  # fmt: skip

    def report(self) -> None:
        """Print the figures, and keep them as an artifact if there is a place for those."""
        told = self.summary()
        print()
        for name, value in told.items():
            print(f"{name:<22} {value}")
        if place := os.environ.get("MICROKITTEN_ARTIFACTS"):
            path = Path(place) / "canaries.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            known = json.loads(path.read_text()) if path.exists() else {}
            path.write_text(json.dumps(known | {self.policy.profile: told}, indent=1, sort_keys=True))


def load(store: WatchedStore) -> Policy:
    """Return the policy of a store."""
    return policy.load(store.folder / "policy.toml")
