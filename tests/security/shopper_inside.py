"""A whole checkout inside one process, which then looks at all of its own objects: a program, printing JSON.

Run as the web user of a running store, it is a web process whose memory can be asked what it still holds.
"""

import gc
import hashlib
import json
import sys
from collections.abc import Iterator

import django

django.setup()

import requests  # noqa: E402 # Django first
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from microkitten.vault.opened import Opened  # noqa: E402
from microkitten.vault.types import Disclosure, Given, Pass  # noqa: E402

CARD = {"cc-name": "A CARTER", "cc-number": "4242 4242 4242 4242", "cc-exp": "12 / 34", "cc-csc": "123"}


def buy(client: Client, tokens: dict[str, str], extra: dict[str, str]) -> tuple[int, list[str]]:
    """Buy one thing. Returns: the order page's status and which tokens it shows."""
    host = settings.STORE.address.removeprefix("https://")
    ways = {"secure": True, "headers": {"host": host, "user-agent": "Mozilla/5.0 a browser's"}}
    page = client.get("/products/cork-ball", **ways).content.decode()
    variant = page.partition('name="variant"')[2].partition('value="')[2].partition('"')[0]
    client.post("/cart/lines", {"variant": variant, "quantity": "1"}, **ways)
    form = client.get("/checkout", **ways).content.decode()

    def hidden(name: str) -> str:
        return form.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]

    typed = {
        "name": tokens["name"], "email": f"{tokens['email']}@example.com", "r1-name": tokens["r-name"],
        "r1-line1": tokens["line1"], "r1-city": tokens["city"], "r1-message": tokens["message"],
        "recipients": "1", "attempt": hidden("attempt"), "seen_total": hidden("seen_total"),
        "r1-method": "standard", "r1-country": "US", "place": "1", **extra,
    }  # fmt: skip
    bad = client.post("/checkout", {**typed, "email": tokens["email"]}, **ways)
    assert bad.status_code == 422, bad.status_code
    placed = client.post("/checkout", typed, **ways)
    assert placed.status_code == 302, placed.content.decode()[:2000]
    bank = requests.Session()
    bank.verify = str(settings.STORE.cards.ca_file)
    paid = bank.post(
        placed["Location"], data=CARD, headers={"Origin": settings.STORE.cards.address},
        allow_redirects=False, timeout=20,
    )  # fmt: skip
    path = paid.headers["Location"].removeprefix(settings.STORE.address)
    answer = client.get(path, **ways)
    while answer.status_code == 302:
        answer = client.get(answer["Location"], **ways)
    text = answer.content.decode()
    return answer.status_code, [name for name, token in tokens.items() if token in text]


def everything() -> Iterator[object]:
    """Yield every object that the collector reaches, and what those hold: texts and bytes are in no list of its own."""
    gc.collect()
    seen: set[int] = set()
    for one in gc.get_objects():
        for thing in (one, *gc.get_referents(one)):
            if id(thing) not in seen:
                seen.add(id(thing))
                yield thing


def main() -> None:
    """Buy, let go of everything, look."""
    told = json.loads(sys.stdin.read())
    client = Client()
    status, shown = buy(client, told["tokens"], told["extra"])
    tokens = {name: token.encode() for name, token in told["tokens"].items()}
    del client, told
    gc.collect()
    found: dict[str, object] = {"status": status, "shown": shown, "objects": 0}
    kinds: dict[str, int] = {}
    keys, live = set(), {}
    mine = {id(one) for one in tokens.values()}
    for thing in everything():
        found["objects"] += 1  # type: ignore[operator]
        if isinstance(thing, Opened):
            kinds["opened"] = kinds.get("opened", 0) + 1
            kinds["opened with values"] = kinds.get("opened with values", 0) + bool(thing._values)
        if isinstance(thing, (Given, Disclosure, Pass)):
            kinds[type(thing).__name__] = kinds.get(type(thing).__name__, 0) + 1
        data = (
            thing
            if isinstance(thing, (bytes, bytearray))
            else thing.encode("utf-8", "replace")
            if isinstance(thing, str)
            else b""
        )
        if len(data) in (32, 64) and id(thing) not in mine:
            keys.add(hashlib.sha256(data.lower() if len(data) == 64 else bytes(data)).hexdigest())
        for name, token in tokens.items():
            if token in data and id(thing) not in mine:
                live.setdefault(name, []).append(
                    [type(thing).__name__, [type(by).__name__ for by in gc.get_referrers(thing)][:5]]
                )
    print(json.dumps(found | {"kinds": kinds, "live": live, "of_a_keys_length": sorted(keys)}))


if __name__ == "__main__":
    main()
