"""Reads the refusals back out of a vault that has stopped, with the keys that only the vault's own user has."""

from __future__ import annotations

import json
from collections import Counter

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.vault.server import sealing
from microkitten.vault.server.database import open_database
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.journal import STORE_LOG, detail_place
from microkitten.vault.server.keys import GENERATION
from microkitten.vault.server.keys.founding import open_keyring
from tests.vault_process import RunningVault


def refusals(running: RunningVault) -> Counter[tuple[str, str]]:
    """Stop the vault and return how often it entered a refusal, by actor and rule."""
    assert running.stop() == 0, running.log()[-2000:]
    folder = Folder(running.folder)
    database = open_database(folder)
    try:
        cipher = AESGCMSIV(open_keyring(folder, database).service(STORE_LOG))
        found: Counter[tuple[str, str]] = Counter()
        for index, sealed in database.rows("SELECT entry, sealed FROM vault_detail WHERE person IS NULL"):
            plain = sealing.open_sealed(cipher, sealed, detail_place(index, None), generation=GENERATION)
            told = json.loads(sealing.unpack(plain)["detail"])
            if told.get("outcome") == "refused":
                found[told["by"], told["rule"]] += told["count"]
        return found
    finally:
        database.close()
