"""Making a vault, and bringing one to the present release: folder, root key, tables, keys of its own, empty
ledger."""

from __future__ import annotations

import os
import tomllib
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from microkitten.ledger.note import Checkpoint, Signer
from microkitten.ledger.tree import EMPTY_ROOT
from microkitten.vault.server.database import Database, alone, open_database
from microkitten.vault.server.folder import Doubt, Folder, write_new
from microkitten.vault.server.harden import harden
from microkitten.vault.server.journal import STORE_LOG
from microkitten.vault.server.keys import Keyring
from microkitten.vault.server.keys.founding import found, open_keyring

SERVICE_KEYS: Final = ("actor", "checkpoint", "disclosure", "erased", "once", STORE_LOG)


def migrate(folder: Folder, *, origin: str | None = None) -> None:
    """Make what is missing and change the tables to this release's; what is there is never overwritten.

    Params: `origin`, the ledger's name (an address without its scheme); by default the store's address.
    Raises: Doubt.
    """
    harden()
    folder.make()
    lock = folder.lock()
    with alone(folder):
        migrate_tables(folder)
    database = open_database(folder)
    found(folder, database)
    keyring = open_keyring(folder, database)
    database.begin()
    for name in SERVICE_KEYS:
        keyring.service(name)
    keyring.prepare()
    database.run(
        "INSERT INTO vault_fact (name, value) VALUES ('origin', ?) ON CONFLICT DO NOTHING",
        origin or _origin(folder),
    )
    database.commit()
    keyring.settle()
    _make_checkpoint(folder, database, keyring)
    keyring.close()
    database.close()
    os.close(lock)


def migrate_tables(folder: Folder) -> None:
    os.environ["MICROKITTEN_STORE"] = str(folder.store)
    os.environ["DJANGO_SETTINGS_MODULE"] = "microkitten.vault.server.settings"
    # Django is needed for nothing but this; the serving vault does not load its database layer at all.
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    connection.close()


def _make_checkpoint(folder: Folder, database: Database, keyring: Keyring) -> None:
    """Sign for the empty ledger, so that from the first entry on there is something to extend."""
    (origin,) = database.row("SELECT value FROM vault_fact WHERE name = 'origin'")
    signer = Signer(origin, Ed25519PrivateKey.from_private_bytes(keyring.service("checkpoint")))
    if not folder.verifier.exists():
        write_new(folder.verifier, f"{signer.verifier}\n".encode())
    if not folder.signed.exists():
        if database.row("SELECT 1 FROM vault_entry LIMIT 1"):
            raise Doubt(f"{folder.signed} is gone while the ledger has entries: bring it back from its copy")
        write_new(folder.signed, signer.sign(str(Checkpoint(origin, 0, EMPTY_ROOT))).encode())


def _origin(folder: Folder) -> str:
    """Return the store's address without its scheme, or `localhost` where there is no store yet."""
    try:
        address = tomllib.loads((folder.store / "store.toml").read_text()).get("address", "")
    except FileNotFoundError:
        address = ""
    return f"{str(address).partition('://')[2].rstrip('/') or 'localhost'}/ledger"
