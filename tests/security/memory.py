"""What root, or a debugger inside a process, can read: its memory, its mapped files, its open files; and the keys."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

from microkitten.vault.server.database import open_database
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.keys.founding import open_keyring

CHUNK_BYTES = 32 << 20
OVERLAP_BYTES = 4096


def found_in(pid: int, needles: Mapping[str, bytes]) -> tuple[dict[str, int], int]:
    """Search all readable memory of a process. Returns: how often each needle was found, and bytes read."""
    found, size = dict.fromkeys(needles, 0), 0
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights, *rest = line.split()
            if "r" not in rights or rest[-1:] in (["[vvar]"], ["[vsyscall]"], ["[vvar_vclock]"]):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            while start < end:
                try:
                    memory.seek(start)
                    data = memory.read(min(CHUNK_BYTES, end - start))
                except (OSError, ValueError):
                    break
                if not data:
                    break
                size += len(data)
                for name, needle in needles.items():
                    found[name] += data.count(needle)
                start += len(data) if start + len(data) >= end else max(len(data) - OVERLAP_BYTES, 4096)
    return found, size


def mapped(pid: int) -> set[str]:
    """Return the files that a process has mapped."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {parts[5] for line in lines if len(parts := line.split(None, 5)) == 6 and parts[5].startswith("/")}


def open_files(pid: int) -> list[str]:
    """Return what a process has open, as the kernel names it."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except OSError:
            continue
    return sorted(found)


def keys_of(folder: Path) -> dict[str, bytes]:
    """Return every key of a store's vault, unwrapped: root, each person's, and those that are nobody's own."""
    with tempfile.TemporaryDirectory() as copy:
        (Path(copy) / "vault").mkdir()
        for path in (*(folder / "vault").glob("*.sqlite3*"), *(folder / "vault").glob("root-*.key")):
            shutil.copy(path, Path(copy) / "vault")
        database = open_database(Folder(Path(copy)))
        keyring = open_keyring(Folder(Path(copy)), database)
        root = keyring.chain.root
        keys = {"root": root}
        for number, (person, kind) in enumerate(database.rows("SELECT id, kind FROM vault_person")):
            box = keyring.of(UUID(person))
            assert box is not None
            # What is called `wording` is the hash of words that everybody may read, and no key.
            own = {name: key for name, key in box.keys.items() if not name.startswith("wording:")}
            keys |= {f"person {number} ({kind}) {name}": key for name, key in own.items()}
        keys |= {f"service {name}": keyring.service(name) for name in keyring.named("")}
        database.close()
    return keys


def spellings(keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return each key as bytes, in hex and in base64."""
    found: dict[str, bytes] = {}
    for name, key in keys.items():
        found |= {name: key, f"{name}, hex": key.hex().encode(), f"{name}, HEX": key.hex().upper().encode()}
        found[f"{name}, base64"] = base64.b64encode(key)[:42]
    return found


def total(found: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the names with hits, added up over processes."""
    added: dict[str, int] = {}
    for one in found:
        for name, count in one.items():
            if count:
                added[name] = added.get(name, 0) + count
    return added
