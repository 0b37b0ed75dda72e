"""Python in the web process, as a shell or a plug-in is: what can be built, bent or loaded there, and what it gains."""

from __future__ import annotations

import dataclasses
import gc
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from microkitten import policy
from microkitten.policy import Purpose, purpose
from microkitten.policy.table import Decision
from microkitten.providers.disclosed import check
from microkitten.providers.errors import ProviderError
from microkitten.vault import door, opened, wire
from microkitten.vault.disclosure import Disclosure
from microkitten.vault.opened import Opened
from microkitten.vault.types import (
    Actor,
    Closed,
    PersonField,
    Sealed,
    SealedError,
    VaultAway,
)
from tests.outside import disclose
from tests.vault_process import environment
from tests.violations.attempts import attempt, control, no, nothing
from tests.violations.world import World

AT = uuid4()
YES = Decision(True, "deliver.open", "P12", "allowed")


def look(
    world: World, why: Any = purpose.deliver, by: Actor | None = None, name: str = "recipient.name"
) -> object:
    """Open a field as the web process would."""
    with door.use(why, {world.recipient: [name]}, by=by or Actor("web:orders")) as found:
        return found.reveal(world.recipient, name)


# Values and passes made by hand


def unsigned(**parts: Any) -> Disclosure:
    """Return what only the vault makes, made by its maker's word found in memory."""
    return Disclosure(opened.MAKER, b"{}", bytes(64), **parts)


def bent() -> None:
    """Change the signed bytes of a true disclosure."""
    made = disclose("mail", "confirm", fields={"customer.email": "a@example.com"})
    object.__setattr__(made, "_signed", made._signed.replace(b"a@example", b"e@example"))
    taken(made)


def taken(made: Any) -> None:
    """Hand something to a provider."""
    check(made, party="mail", purposes={"confirm"}, fields=["customer.email"], facts=[], at=datetime.now(UTC))


def by_new() -> None:
    """Make a disclosure past its constructor."""
    made = object.__new__(Disclosure)
    object.__setattr__(made, "_signed", b'{"party":"mail","purpose":"confirm"}')
    object.__setattr__(made, "_signature", bytes(64))
    taken(made)


@dataclasses.dataclass
class Like:
    """Looks like a disclosure."""

    party: str = "mail"
    purpose: Purpose = purpose.confirm
    until: datetime = datetime.max.replace(tzinfo=UTC)

    def verify(self) -> None:
        """Say that all is well."""


def after_block(world: World) -> object:
    """Keep an opening, and look again when its block is over."""
    with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
        pass
    return found.reveal(world.recipient, "recipient.name")


def parts_after_block(world: World) -> None:
    """Read an opening's private parts when its block is over."""
    with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
        pass
    assert found._values == {}
    nothing("the values are gone with the block")


def in_a_thread(world: World) -> None:
    """Look from another thread while the block lasts."""
    ended: list[BaseException] = []

    def peek() -> None:
        try:
            found.reveal(world.recipient, "recipient.name")
        except Closed as error:
            ended.append(error)

    with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
        other = threading.Thread(target=peek)
        other.start()
        other.join()
    raise ended[0]


def inside(act: Callable[[Opened, World], object]) -> Callable[[World], object]:
    """Do something to an opening within its block."""

    def tried(world: World) -> object:
        with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
            return act(found, world)

    return tried


FROZEN = dataclasses.FrozenInstanceError
HELD = Sealed(AT, "recipient.name")
MADE: dict[str, tuple[Callable[[World], object], type[BaseException], str]] = {
    "P11-an-opening-made": (
        lambda _: Opened(object(), purpose=purpose.bill, asked=[], values={}, entries={}, until=None),
        SealedError,
        "only the door",
    ),
    "P22-a-disclosure-made": (lambda _: Disclosure(object(), b"", b""), SealedError, "only the vault"),
    "P22-a-disclosure-nobody-signed": (lambda _: taken(unsigned()), ProviderError, "did not sign"),
    "P22-a-disclosure-by-object-new": (lambda _: by_new(), ProviderError, "did not sign"),
    "P22-a-disclosure-bent": (lambda _: bent(), ProviderError, "did not sign"),
    "P22-a-look-alike": (lambda _: taken(Like()), ProviderError, "nothing but a Disclosure"),
    "P22-a-plain-dict": (
        lambda _: taken({"customer.email": "a@example.com"}),
        ProviderError,
        "nothing but a Disclosure",
    ),
    "P22-a-disclosure-changed": (
        lambda _: setattr(disclose("mail", "confirm"), "_signed", b""),
        SealedError,
        "does not change",
    ),
    "P22-a-disclosures-fields-changed": (
        lambda _: disclose("mail", "confirm", fields={"customer.email": "a"}).fields.update(x=1),
        AttributeError,
        "mappingproxy",
    ),
    "P22-a-disclosure-out-of-time": (
        lambda _: taken(disclose("mail", "confirm", seconds=-5)),
        ProviderError,
        "time .* is over",
    ),
    "P11-an-opening-after-its-block": (after_block, Closed, "is over"),
    "P11-an-openings-parts-after-its-block": (parts_after_block, SealedError, "gone"),
    "P11-an-opening-in-another-thread": (in_a_thread, Closed, "another's"),
    "P11-an-opening-entered-twice": (inside(lambda o, _: o.__enter__()), Closed, "entered once"),
    "P11-an-openings-purpose-changed": (
        inside(lambda o, _: setattr(o, "purpose", purpose.bill)),
        SealedError,
        "does not change",
    ),
    "P11-a-field-that-was-not-asked-for": (
        inside(lambda o, w: o.reveal(w.recipient, "recipient.phone")),
        SealedError,
        "not opened",
    ),
    "P6-somebody-who-was-not-asked-for": (
        inside(lambda o, w: o.reveal(w.ben.recipients[0], "recipient.name")),
        SealedError,
        "not opened",
    ),
    "P11-an-opening-compared": (inside(lambda o, _: o == "Anna"), SealedError, "not compared"),
    "P11-an-opening-as-key": (inside(lambda o, _: {o: 1}), TypeError, "unhashable"),
    "P3-a-pass-with-another-end": (
        lambda w: setattr(w.anna.order_pass, "until", datetime.now(UTC)),
        FROZEN,
        "cannot assign",
    ),
    "P35-a-reference-pointed-elsewhere": (
        lambda _: setattr(HELD, "field", "customer.name"),
        SealedError,
        "does not change",
    ),
    "P6-a-row-without-an-owner": (lambda _: PersonField(null=True), ValueError, "has an owner"),
    "P11-a-decision-overturned": (
        lambda _: setattr(settings.POLICY.table.closed, "allowed", True),
        AttributeError,
        "can't set",
    ),
    "P11-a-row-added": (
        lambda _: settings.POLICY.table.rows.__setitem__("x", YES),
        AttributeError,
        "__setitem__",
    ),
    "P11-a-rule-changed": (
        lambda _: setattr(settings.POLICY.rules["deliver.open"], "when", frozenset()),
        FROZEN,
        "cannot assign",
    ),
    "P11-the-words-for-actors-added-to": (
        lambda _: policy.words.ACTORS.update(clerk="x"),
        AttributeError,
        "update",
    ),
}
for name_, (tried_, kind_, says_) in MADE.items():
    attempt("shell", name_, tried_, says_, kind_)


# The web process's own copy of the policy is bent; the vault's is not


def bending(bend: Callable[[pytest.MonkeyPatch], None]) -> Callable[[World], object]:
    """Bend something in this process, then ask; the vault must still say no."""

    def tried(world: World) -> object:
        with pytest.MonkeyPatch.context() as patch:
            bend(patch)
            return look(world)

    return tried


def rows_by_gc(patch: pytest.MonkeyPatch) -> None:
    """Reach the dict below the frozen table, as a debugger does; on a copy of its own, so that others keep theirs."""
    rows: Any = MappingProxyType(dict(settings.POLICY.table.rows))
    (below,) = gc.get_referents(rows)
    key = ("use", "recipient.name", purpose.deliver, "web:orders", None)
    below[key] = dataclasses.replace(next(iter(rows.values())), needs=frozenset())
    own_table(patch, rows)


def own_table(patch: pytest.MonkeyPatch, rows: Any) -> None:
    """Put a table of one's own in front of the web process."""
    table = dataclasses.replace(settings.POLICY.table, rows=rows)
    patch.setattr(settings, "POLICY", dataclasses.replace(settings.POLICY, table=table))


BENT: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "P0-a-row-put-below-the-frozen-table": rows_by_gc,
    "P0-a-policy-without-rules": lambda patch: own_table(patch, MappingProxyType({})),
    "P0-decide-says-yes": lambda patch: patch.setattr(policy, "decide", lambda *_: YES),
    "P0-roles-speak-for-all": lambda patch: patch.setattr(wire.Role, "speaks_for", lambda *_: True),
    "P0-the-role-of-operator-in-the-environment": lambda patch: patch.setenv("MICROKITTEN_ACTOR", "shipping"),
}
for name_, bend_ in BENT.items():
    attempt("shell", name_, bending(bend_), "no row")


def other_policy(world: World) -> object:
    """Show one policy and work by another: the hashes differ, and the two do not talk."""
    edited = (
        (world.running.folder / "policy.toml").read_text().replace('when = ["staff", "claimed"]', "when = []")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "POLICY", dataclasses.replace(settings.POLICY, hash="f" * 64))
        door.line.hang_up()
        try:
            assert edited
            return look(world)
        finally:
            door.line.hang_up()


def edited_file(world: World) -> object:
    """Loosen the file on disk: it does not even load, for an actor with a pass needs its condition."""
    text = (world.running.folder / "policy.toml").read_text()
    return policy.parse(text.replace('when = ["staff", "claimed"]', 'when = ["claimed"]'), file="policy.toml")


def program(words: str) -> Callable[[World], object]:
    """Run a program of one's own in the web's environment; its last words are the refusal."""

    def tried(world: World) -> object:
        settings_ = {"DJANGO_SETTINGS_MODULE": "microkitten.config.settings", "MICROKITTEN_ROLE": "web"}
        done = subprocess.run(
            [sys.executable, "-c", words], env=environment(world.running.folder) | settings_, capture_output=True,
            text=True, timeout=60,
        )  # fmt: skip
        world.blank(done.stdout + done.stderr)
        return no(done.stderr.strip().splitlines()[-1]) if done.returncode else done.stdout

    return tried


attempt("shell", "P0-another-hash-than-the-vaults", other_policy, "policy differs", VaultAway)
attempt("shell", "P0-a-loosened-file", edited_file, "staff", policy.PolicyError)
attempt(
    "shell", "P35-a-second-vault-on-the-folder",
    program(
        "import os, runpy, sys; sys.argv = ['vault', 'serve', os.environ['MICROKITTEN_STORE']]; "
        "runpy.run_module('microkitten.vault.server', run_name='__main__')"
    ),
    "lock|already|another|serves",
)  # fmt: skip
attempt(
    "shell", "P35-the-vaults-models-in-the-shell",
    program("from django.conf import settings; settings.configure(); import django; django.setup(); "
            "import microkitten.vault.server.models"),
    "INSTALLED_APPS",
)  # fmt: skip
control("shell", lambda world: look(world, by=world.shipping))
