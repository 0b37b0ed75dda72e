"""`bin/mutate`: spoils the program in copies of it, runs the tests that should see it, and says what survived."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.mutation.code import CodeMutant
from tests.mutation.running import ROOT, Outcome, are_sound, run_all
from tests.mutation.targets import Target, all_mutants

DONE = ("killed", "timed out", "equivalent")


def main() -> int:
    """Run; the status is 0 if nothing survived that is not argued to be equivalent."""
    asked = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    asked.add_argument("--files", default="", help="only source files whose name matches this pattern")
    asked.add_argument("--id", default="", help="only mutants whose name holds this text")
    asked.add_argument(
        "--deep", action="store_true", help="shift bounds and split conditions everywhere as well"
    )
    asked.add_argument("--quick", action="store_true", help="only the first tests of each, no second try")
    asked.add_argument("--list", action="store_true", help="name them and run nothing")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--out", type=Path, default=ROOT / "artifacts" / "mutation.json")
    asked.add_argument("--left", action="store_true", help="only what lived, changed or was never run")
    asked.add_argument("--page", type=Path, help="write the table for the docs here")
    asked.add_argument("--no-policy", action="store_true", help="leave the mutants of the policy file out")
    choice = asked.parse_args()
    everything = list(all_mutants(ROOT, deep=choice.deep))
    known = _known(choice.out, everything)
    work = [
        (target, mutant)
        for target, mutant in everything
        if re.search(choice.files, target.file)
        and choice.id in mutant.id
        and not (choice.left and known.get(mutant.id, {}).get("fate") in DONE)
    ]
    if choice.list:
        print("\n".join(mutant.id for _, mutant in work), f"\n{len(work)} mutants")
        return 0
    policy_file = [] if choice.no_policy else [_policy_file()]
    outcomes = run_all(work, processes=choice.processes, quick=choice.quick)
    rows = {**known, **{one.mutant.id: _row(one) for one in outcomes}}
    told = _told([rows[mutant.id] for _, mutant in everything if mutant.id in rows], policy_file, choice.out)
    print(f"{len(everything) - len(told['mutants'])} of the program's mutants were never run as it stands")
    if choice.page:
        choice.page.write_text(page(told))
    return 0 if are_sound(outcomes) and not told["survived"] else 1


def _digest(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes()).hexdigest()[:16]


def _row(one: Outcome) -> dict[str, Any]:
    return {
        "id": one.mutant.id,
        "kind": one.target.kind,
        "file": one.mutant.file,
        "line": one.mutant.line,
        "fate": one.fate,
        "seconds": one.seconds,
        "by": one.red[:200],
        "source": _digest(one.mutant.file),
    }


def _known(out: Path, everything: list[tuple[Target, CodeMutant]]) -> dict[str, dict[str, Any]]:
    """Return what an earlier run found of source files that are the same to the byte."""
    if not out.exists():
        return {}
    ids = {mutant.id for _, mutant in everything}
    rows = json.loads(out.read_text())["mutants"]
    return {row["id"]: row for row in rows if row["id"] in ids and row.get("source") == _digest(row["file"])}


def _policy_file() -> dict[str, Any]:
    """Spoil the policy file; it takes seconds, since nothing is started."""
    from tests.mutation.test_policy_mutants import SPOILT, seen_by

    seen = {mutant: seen_by(mutant) for mutant in SPOILT}
    survived = [f"policy file | {mutant.kind} | {mutant.name}" for mutant, by in seen.items() if not by]
    killed = sum(map(bool, seen.values()))
    return {
        "kind": "policy file",
        "mutants": len(seen),
        "killed": killed,
        "equivalent": 0,
        "survived": survived,
    }


def _told(rows: list[dict[str, Any]], policy_file: list[dict[str, Any]], out: Path) -> dict[str, Any]:
    """Print and write what became of all. Returns: it."""
    by_kind = [*policy_file, *_counted(rows, "kind")]
    told: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": _commit(),
        "total": {key: sum(row[key] for row in by_kind) for key in ("mutants", "killed", "equivalent")},
        "survived": [one for row in by_kind for one in row["survived"]],
        "kinds": by_kind,
        "files": _counted(rows, "file"),
        "mutants": rows,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(told, indent=1) + "\n")
    for row in by_kind:
        print(f"{row['kind']:16} {row['killed']:4} / {row['mutants']}")
    for one in told["survived"]:
        print("survived:", one)
    total = told["total"]
    print(f"mutants killed / total: {total['killed']} / {total['mutants']}, {total['equivalent']} equivalent")
    return told


def _counted(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Return how many were killed for each of the rows' kinds or files."""
    table = []
    for name in dict.fromkeys(row[key] for row in rows):
        fates = Counter(row["fate"] for row in rows if row[key] == name)
        table.append(
            {
                key: name,
                "mutants": fates.total(),
                "killed": fates["killed"] + fates["timed out"],
                "equivalent": fates["equivalent"],
                "survived": [row["id"] for row in rows if row[key] == name and row["fate"] == "survived"],
            }
        )
    return table


def _commit() -> str:
    """Name the commit that was spoilt; a plus where the tree had more than that."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout

    return git("rev-parse", "--short=7", "HEAD").strip() + (
        "+" if git("status", "--porcelain").strip() else ""
    )


def page(told: dict[str, Any]) -> str:
    """Return the table for the docs."""
    total = told["total"]
    lines = [
        "# Mutants",
        "",
        "Each check, each refusal and each condition taken out or turned, one at a time; killed means that a test",
        "turned red. Written by `bin/mutate --page`; how and why stands in [0047](decisions/0047-mutants.md).",
        "",
        f"{told['at']}, commit {told['commit']}: **{total['killed']} of {total['mutants']} killed**, "
        f"{total['equivalent']} argued to be equivalent, {len(told['survived'])} survived.",
        "",
        "| What | Killed | Of |",
        "|---|---:|---:|",
    ]
    rows = [(row["kind"], row) for row in told["kinds"]]
    rows += [(f"`{row['file'].removeprefix('src/microkitten/')}`", row) for row in told["files"]]
    lines += [f"| {name} | {row['killed']} | {row['mutants']} |" for name, row in rows]
    lines += ["", *(f"- survived: `{one}`" for one in told["survived"])]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
