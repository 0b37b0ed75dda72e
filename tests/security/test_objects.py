"""A process that has done a whole checkout, asked for every object that it still holds (P11, P35).

What the garbage collector can reach, an intruder can: no key, no opening, nothing typed, nothing shown.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canaries.tokens import word
from tests.security import memory, shopper_inside
from tests.security.walled import WalledStore, walled

pytestmark = pytest.mark.slow
PARTS = ("name", "email", "r-name", "line1", "city", "message")


@pytest.fixture(scope="module")
def store() -> Iterator[WalledStore]:
    """A store whose processes are users of their own; the shopper's process is one more web process."""
    with walled({"MICROKITTEN_SAMPLES_PICTURES": "none"}) as running:
        yield running


@pytest.fixture(scope="module")
def found(store: WalledStore) -> dict[str, Any]:
    """What is left in a process that has refused one checkout, placed another, and shown its order."""
    tokens = {part: word() for part in PARTS}
    extra = {"r1-region": "IL", "r1-postcode": "62701"}
    told = store.run_as(
        "web", Path(shopper_inside.__file__).read_text(), said=json.dumps({"tokens": tokens, "extra": extra})
    )
    return dict(json.loads(told))


def test_the_order_was_shown_with_everything_in_it(found: dict[str, Any]) -> None:
    """The page was made from opened values, in this very process; only then does finding none mean anything."""
    assert found["status"] == 200
    assert sorted(found["shown"]) == sorted(PARTS)
    assert found["objects"] > 100_000
    print(f"\n{found['objects']} objects looked at")


def test_no_opening_no_typed_value_and_no_pass_is_left(found: dict[str, Any]) -> None:
    """Values live in `Opened` only, inside the block; `Given` and `Pass` end with the request."""
    assert found["kinds"] == {}


def test_no_object_holds_a_word_that_was_typed_or_shown(found: dict[str, Any]) -> None:
    """No cache, no form, no traceback, no query log: what memory still holds is rubbish that nobody refers to."""
    assert found["live"] == {}


def test_no_object_is_a_key(found: dict[str, Any], store: WalledStore) -> None:
    """Every object of a key's length, compared with every key of the vault; by digest, so that this brings none in."""
    keys = memory.keys_of(store.folder)
    digests = {
        hashlib.sha256(spelling).hexdigest()
        for key in keys.values()
        for spelling in (key, key.hex().encode())
    }
    held = set(found["of_a_keys_length"])
    assert len(keys) >= 12
    assert len(held) > 100
    assert held & digests == set()
    print(f"\n{len(held)} objects of a key's length, {len(keys)} keys: none is one")
