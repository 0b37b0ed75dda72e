"""`python -m microkitten.vault.server.copies backup|restore|resume|rehearse|tables DIR`: what `microkitten backup` and
`restore` let the vault's user do; handles and pipes come from that command, paths of backups do not."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from microkitten.policy import PolicyError
from microkitten.vault.server.copies import copying, rehearsing, restoring
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.harden import NotHardened, harden
from microkitten.vault.server.sealing import NotOpened


def _backup(folder: Folder, told: argparse.Namespace) -> None:
    with os.fdopen(told.handle, "wb") as out:
        _tell(copying.copy(folder, out))


def _restore(folder: Folder, told: argparse.Namespace) -> None:
    folder.make()
    restoring.run(folder, told.handle, json.loads(sys.stdin.readline()), _tell, _hear)


def _resume(folder: Folder, _told: argparse.Namespace) -> None:
    _tell({"done": restoring.resume(folder, _hear())})


def _rehearse(folder: Folder, told: argparse.Namespace) -> None:
    manifest = json.loads(sys.stdin.readline())
    people = {line.strip() for line in sys.stdin if line.strip()}
    _tell(rehearsing.rehearse(folder, told.handle, manifest, people))


def _tables(folder: Folder, _told: argparse.Namespace) -> None:
    from microkitten.vault.server.setup import migrate_tables  # late: Django is needed for this alone

    migrate_tables(folder)


def _tell(facts: dict[str, Any]) -> None:
    sys.stdout.write(restoring.say(facts))
    sys.stdout.flush()


def _hear() -> str:
    return sys.stdin.readline().strip()


ACTS: dict[str, Callable[[Folder, argparse.Namespace], None]] = {
    "backup": _backup, "restore": _restore, "resume": _resume, "rehearse": _rehearse, "tables": _tables,
}  # fmt: skip


def main() -> int:
    """Run one command. Returns: 0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="microkitten.vault.server.copies", description=__doc__)
    parser.add_argument("act", choices=ACTS)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the store's folder")
    parser.add_argument("--handle", type=int, default=-1, help="an open file: the copy")
    told = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(name)s %(levelname)s %(message)s")
    try:
        harden()
        ACTS[told.act](Folder(told.folder.resolve()), told)
    except (Doubt, PolicyError, NotHardened) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except NotOpened:
        sys.stderr.write(
            "the keys themselves are damaged: a box does not open; bring them back from a replica\n"
        )
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.strerror or type(error).__name__}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
