"""Asking as the operator: of the vault that serves a folder, or, if none does, of one opened for these asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from microkitten.vault.server import process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.harden import harden
from microkitten.vault.server.verbs import VERBS
from microkitten.vault.server.writer import Job, Writer
from microkitten.vault.wire import Malformed, Role

OPERATOR = "operator"


class No(Exception):
    """The vault refused: why, by which rule, and which statement tells it."""

    def __init__(self, *, rule: str, statement: str, why: str) -> None:
        self.rule, self.statement, self.why = rule, statement, why
        super().__init__(why)


class Ask(Protocol):
    """One verb asked of the vault."""

    def __call__(self, do: str, token: str = "", /, **parts: Any) -> Any:
        """Return its answer. Raises: No, Doubt."""


@contextmanager
def operator(folder: Folder) -> Iterator[Ask]:
    """Let the operator ask; what is asked is one batch each. Raises: Doubt."""
    harden()
    try:
        lock = folder.lock()
    except Doubt:
        yield _of_running(folder)
        return
    try:
        vault = process.open_vault(folder, Clock())
        writer = Writer(vault)
        writer.start()
        try:
            yield _of_writer(writer)
        finally:
            writer.stop()
            vault.keyring.close()
            vault.database.close()
    finally:
        os.close(lock)


def _of_writer(writer: Writer) -> Ask:
    def ask(do: str, token: str = "", /, **parts: Any) -> Any:
        verb = VERBS[do]
        try:
            typed = {name: verb.shape[name](part) for name, part in parts.items()}
        except Malformed as error:
            raise Doubt(f"{do}: {error}") from None
        reply = writer.do(Job(Role.OPERATOR, OPERATOR, token, [(verb, typed)]))
        if "refused" in reply:
            raise No(**reply["refused"])
        if "answers" not in reply:
            raise Doubt(str(reply.get("error", "no answer")))
        return reply["answers"][0]

    return ask


def _of_running(folder: Folder) -> Ask:
    os.environ["MICROKITTEN_STORE"], os.environ["MICROKITTEN_ROLE"] = str(folder.store), Role.OPERATOR
    # Only where a vault runs already, whose door is then the only way in; the door loads Django's forms
    # of fields.
    from microkitten.vault.door import line
    from microkitten.vault.types import Refused, VaultAway

    def ask(do: str, token: str = "", /, **parts: Any) -> Any:
        by = {"name": OPERATOR, "token": token}
        try:
            return line.ask({"by": by, "asks": [{"do": do, **parts}]}, repeatable=False)[0]
        except Refused as no:
            raise No(rule=no.rule, statement=no.statement, why=no.why) from None
        except VaultAway as error:
            raise Doubt(str(error)) from None

    return ask
