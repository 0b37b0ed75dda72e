"""Starts the sandbox: `python -m microkitten.providers.cards.sandbox STORE_DIR --port ...`."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import threading
from pathlib import Path

from microkitten.providers.cards.sandbox import keys
from microkitten.providers.cards.sandbox.bank import Bank
from microkitten.providers.cards.sandbox.book import Book
from microkitten.providers.cards.sandbox.courier import Courier, trusting
from microkitten.providers.cards.sandbox.knobs import BadKnob, Knobs
from microkitten.providers.cards.sandbox.server import HOST, Server, serving

_ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    wanted = _parser().parse_args(arguments)
    shop_origin = wanted.shop_address.rstrip("/")
    if not _ORIGIN.fullmatch(shop_origin):
        return _refuse("the shop's address has the form https://localhost:8443")
    os.umask(0o077)
    folder = wanted.store / "sandbox"
    try:
        knobs = Knobs().turned(dict(turn.partition("=")[::2] for turn in wanted.knob))
        keys.ensure(folder)
        bank = Bank(
            book=Book(folder / "sandbox.sqlite3"),
            api_key=keys.read(folder / keys.API_KEY_FILE),
            webhook_key=keys.read(folder / keys.WEBHOOK_KEY_FILE),
            own_origin=f"https://{HOST}:{wanted.port}",
            shop_origin=shop_origin,
            merchant=wanted.merchant or shop_origin.removeprefix("https://"),
            knobs=knobs,
        )
        server = Server(bank, wanted.port, serving(wanted.certificate, wanted.key))
        courier = Courier(bank, trusting(wanted.authority, wanted.certificate))
    except (OSError, keys.BadKeyFile, BadKnob) as error:
        return _refuse(str(error))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    courier.start()
    sys.stdout.write(f"sandbox ready {bank.own_origin}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    courier.stop()
    bank.book.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A card processor to try the shop with. No real money."
    )
    parser.add_argument(
        "store", type=Path, help="the store's folder; everything is kept in its sandbox/ folder"
    )
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument(
        "--shop-address", required=True, help="the shop's origin, the only place this program talks to"
    )
    parser.add_argument(
        "--certificate", type=Path, required=True, help="certificate chain for 127.0.0.1 (PEM)"
    )
    parser.add_argument("--key", type=Path, required=True, help="its private key (PEM)")
    parser.add_argument(
        "--authority", type=Path, help="who signed the shop's certificate; else it must be our own one"
    )
    parser.add_argument("--merchant", default="", help="name on the payment page; else the shop's address")
    parser.add_argument(
        "--knob", action="append", default=[], metavar="NAME=VALUE", help="see knobs.py; repeatable"
    )
    return parser


def _refuse(reason: str) -> int:
    sys.stderr.write(f"sandbox: {reason}\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
