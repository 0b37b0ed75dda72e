"""`python -m microkitten.vault.server COMMAND DIR`: the vault's own commands; `-h` lists them."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from microkitten.policy import PolicyError
from microkitten.vault.server import asking, audit, people, process, setup
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.harden import NotHardened
from microkitten.vault.server.keys import loss
from microkitten.vault.wire import Role

PROGRESS_SECONDS = 0.5


def _serve(folder: Folder, told: argparse.Namespace) -> None:
    uids = dict.fromkeys(Role, os.geteuid()) | dict(told.uid)
    process.serve(
        folder,
        uids=uids,
        clock=Clock(told.clock_offset),
        sweep_seconds=told.sweep_seconds,
        wait_seconds=told.wait_seconds,
        rates_times=told.rates_times,
    )


def _migrate(folder: Folder, told: argparse.Namespace) -> None:
    setup.migrate(folder, origin=told.origin)


def _verify(folder: Folder, _told: argparse.Namespace) -> None:
    found = audit.verify(folder)
    told = {"entries": found.size, "root": found.root.hex(), "signed": found.signed}
    _say(told | ({"restores": found.restores, "logs_ended": found.ended} if found.restores else {}))


def _staff_token(folder: Folder, told: argparse.Namespace) -> None:
    sys.stdout.write(f"{_ask(folder, 'staff_token', name=told.name)}\n")


def _status(folder: Folder, _told: argparse.Namespace) -> None:
    _say(_ask(folder, "status"))


def _alarms(folder: Folder, told: argparse.Namespace) -> None:
    unseen = [one for one in _ask(folder, "alarms") if one["seen_at"] is None]
    _say({"alarms": unseen})
    for one in unseen if told.seen else ():
        _ask(folder, "alarm_seen", id=one["id"])


def _calendar(folder: Folder, _told: argparse.Namespace) -> None:
    _say(_ask(folder, "calendar"))


def _notices(folder: Folder, _told: argparse.Namespace) -> None:
    still_open = [one for one in _ask(folder, "notices") if one["acknowledged_at"] is None]
    _say(
        {
            "notices": [
                {name: one[name] for name in ("kind", "party", "made_at", "due_at")} for one in still_open
            ]
        }
    )


def _people(folder: Folder, _told: argparse.Namespace) -> None:
    # By a pipe: a list of processes shows everybody's arguments.
    request = json.loads(sys.stdin.buffer.read())
    with asking.operator(folder) as ask:
        sys.stdout.write(json.dumps(people.answer(ask, request), ensure_ascii=False) + "\n")


def _keys_status(folder: Folder, _told: argparse.Namespace) -> None:
    _say({"places": loss.status(folder)})


def _keys_rehearse(folder: Folder, _told: argparse.Namespace) -> None:
    told = loss.rehearse(folder)
    _say({"places": told})
    if not all(one["opens"] for one in told):
        raise Doubt("not every place opens alone; if one is lost, so are the others' chances")


def _keys_sync(folder: Folder, _told: argparse.Namespace) -> None:
    if away := loss.sync(folder):
        raise Doubt(f"not brought up to date: {', '.join(away)}")


def _keys_bring_back(folder: Folder, _told: argparse.Namespace) -> None:
    sys.stdout.write(f"brought back from {loss.bring_back(folder)}\n")


def _keys_rotate_root(folder: Folder, _told: argparse.Namespace) -> None:
    _ask(folder, "rotate_root")
    _say({"rotated": "root"})


def _keys_rotate_people(folder: Folder, _told: argparse.Namespace) -> None:
    with asking.operator(folder) as ask:
        state = ask("begin_rekey")
        while state["under_way"]:
            sys.stderr.write(f"{state['done']:,} of {state['total']:,} people have new keys\n")
            sys.stderr.flush()
            time.sleep(PROGRESS_SECONDS)
            state = ask("rotation")
    sys.stdout.write(f"{state['total']:,} people have new keys\n")


def _ask(folder: Folder, do: str, **parts: Any) -> Any:
    """Ask one thing. Raises: Doubt."""
    try:
        with asking.operator(folder) as ask:
            return ask(do, **parts)
    except asking.No as no:
        raise Doubt(str(no)) from None


def _say(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts, indent=1) + "\n")


def _role_uid(text: str) -> tuple[Role, int]:
    role, _, uid = text.partition("=")
    return Role(role), int(uid)


def main() -> int:
    """Run one command. Returns: 0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="microkitten.vault.server", description=__doc__)
    commands = parser.add_subparsers(required=True)
    acts: dict[str, Callable[[Folder, argparse.Namespace], None]] = {
        "serve": _serve, "migrate": _migrate, "verify": _verify, "staff-token": _staff_token, "status": _status,
        "people": _people, "calendar": _calendar, "notices": _notices,
        "alarms": _alarms, "keys-status": _keys_status, "keys-rehearse": _keys_rehearse, "keys-sync": _keys_sync,
        "keys-bring-back": _keys_bring_back, "keys-rotate-root": _keys_rotate_root,
        "keys-rotate-people": _keys_rotate_people,
    }  # fmt: skip
    made = {name: commands.add_parser(name) for name in acts}
    for name, act in acts.items():
        made[name].add_argument("folder", type=Path, metavar="DIR", help="the store's folder")
        made[name].set_defaults(act=act)
    environment = [_role_uid(one) for one in os.environ.get("MICROKITTEN_VAULT_UIDS", "").split()]
    serve = made["serve"]
    serve.add_argument("--uid", action="append", type=_role_uid, default=environment, metavar="ROLE=UID")
    serve.add_argument("--clock-offset", type=int, default=0, metavar="SECONDS", help="for tests")
    serve.add_argument("--sweep-seconds", type=float, default=process.SWEEP_SECONDS)
    serve.add_argument(
        "--wait-seconds", type=float, default=0.0, help="for another vault to let go of the folder"
    )
    times = int(os.environ.get("MICROKITTEN_VAULT_RATES_TIMES", "1"))
    serve.add_argument("--rates-times", type=int, default=times, metavar="N", help="for benches")
    made["migrate"].add_argument("--origin", help="the ledger's name: an address without its scheme")
    made["staff-token"].add_argument("--name", default="", help="for a new member of staff")
    made["alarms"].add_argument("--seen", action="store_true", help="and say that they were looked at")
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    try:
        told.act(Folder(told.folder.resolve()), told)
    except (Doubt, PolicyError, NotHardened) as error:
        sys.stderr.write(f"vault: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
