"""The vault as a process: start in doubt of everything, serve, clear away, and stop with a signed
checkpoint."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Mapping
from typing import Final

from microkitten import __version__
from microkitten.policy import versions
from microkitten.vault import wire
from microkitten.vault.server import sealing
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.database import open_database
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.harden import harden
from microkitten.vault.server.journal import Journal
from microkitten.vault.server.keys.founding import open_keyring
from microkitten.vault.server.listener import Listener
from microkitten.vault.server.verbs.disclose import signing_key
from microkitten.vault.server.verbs.sweep import PERSONS_A_SWEEP_MAX
from microkitten.vault.server.work import Vault
from microkitten.vault.server.writer import Writer
from microkitten.vault.wire import Role

SWEEP_SECONDS: Final = 30.0
_STOP: Final = frozenset({signal.SIGTERM, signal.SIGINT})
log = logging.getLogger("microkitten.vault")


def open_vault(folder: Folder, clock: Clock) -> Vault:
    """Open database, keys and ledger. Raises: Doubt if anything is missing, odd or not what was signed
    for.
    """
    if not sealing.is_available():
        raise Doubt(
            "this cryptography library lacks AES-256-GCM-SIV; install the one that the requirements name"
        )
    rules, sha256 = versions.sworn(folder.store)
    database = open_database(folder)
    keyring = open_keyring(folder, database)
    if not keyring.named("checkpoint"):
        raise Doubt("the vault has no keys of its own; run migrate")
    return Vault(
        rules, database, keyring, Journal(database, keyring, folder, policy=rules.hash), clock, sha256
    )


def serve(
    folder: Folder,
    *,
    uids: Mapping[Role, int],
    clock: Clock,
    sweep_seconds: float = SWEEP_SECONDS,
    wait_seconds: float = 0.0,
    rates_times: int = 1,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Params: `wait_seconds` for another vault to let go of the folder, before anything of it is read; `rates_times`
    the table of rates, for benches. Raises: Doubt, policy.PolicyError, harden.NotHardened.
    """
    harden()
    lock = folder.lock(wait_seconds=wait_seconds)
    # Blocked and waited for, in this thread and every one it starts: a handler might interrupt it with
    # a lock held.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    vault = open_vault(folder, clock)
    vault.limits.times = rates_times
    writer = Writer(vault)
    writer.enter_deployment(__version__, sha256=vault.sha256)
    writer.start()
    own = os.geteuid()
    greeting = {
        "protocol": wire.PROTOCOL,
        "policy": vault.policy.hash,
        "release": __version__,
        "disclosure_key": signing_key(vault.keyring).public_key().public_bytes_raw().hex(),
    }
    runtime = folder.runtime(shared=any(uid != own for uid in uids.values()))
    listener = Listener(runtime, uids, greeting, writer, vault.alarms)
    listener.open(own_uid=own)
    log.info("vault serves %s with %d entries", folder.store, vault.journal.size)
    pause = 0.0
    while signal.sigtimedwait(_STOP, pause) is None:
        # What ended while the vault was down is cleared away at once; a full sweep is followed by the next.
        pause = 0.0 if writer.sweep() >= PERSONS_A_SWEEP_MAX else sweep_seconds
    listener.close()
    writer.stop()
    vault.keyring.close()
    vault.database.close()
    os.close(lock)
