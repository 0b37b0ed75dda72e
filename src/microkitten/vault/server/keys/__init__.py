"""Keys: a box for each person in a tree that ends in one root, replaced whenever a key is taken away.

Read `person` (what a box holds), `tree` (how boxes hang together), `store` and `held` (where they lie), `chain` (all
places as one) and `keyring` (what the verbs use). Only the writer's thread uses any of it.
"""

from microkitten.vault.server.keys.keyring import GENERATION, Keyring
from microkitten.vault.server.keys.person import (
    CONSENT,
    LAW,
    LIFE,
    LOG,
    OBJECTED,
    RESTRICTED,
    TAG,
    Person,
    key_name,
)

__all__ = [
    "CONSENT",
    "GENERATION",
    "LAW",
    "LIFE",
    "LOG",
    "OBJECTED",
    "RESTRICTED",
    "TAG",
    "Keyring",
    "Person",
    "key_name",
]
