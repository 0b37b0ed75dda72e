"""`bin/mutate`: spoils the program in copies of it, runs the tests that should see it, and says what survived."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.mutation.running import ROOT, Outcome, are_sound, run_all
from tests.mutation.targets import all_mutants


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
    asked.add_argument("--page", type=Path, help="write the table for the docs here")
    asked.add_argument("--no-policy", action="store_true", help="leave the mutants of the policy file out")
    choice = asked.parse_args()
    work = [one for one in all_mutants(ROOT, files=choice.files, deep=choice.deep) if choice.id in one[1].id]
    if choice.list:
        print("\n".join(mutant.id for _, mutant in work), f"\n{len(work)} mutants")
        return 0
    policy_file = [] if choice.no_policy else [_policy_file()]
    outcomes = run_all(work, processes=choice.processes, quick=choice.quick)
    told = _told(outcomes, policy_file, choice.out)
    if choice.page:
        choice.page.write_text(page(told))
    return 0 if are_sound(outcomes) and not told["survived"] else 1


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


def _told(outcomes: list[Outcome], policy_file: list[dict[str, Any]], out: Path) -> dict[str, Any]:
    """Print and write what became of all. Returns: it."""
    kinds = dict.fromkeys(one.target.kind for one in outcomes)
    by_kind = [
        *policy_file,
        *({"kind": kind, **_counted([one for one in outcomes if one.target.kind == kind])} for kind in kinds),
    ]
    files = dict.fromkeys(one.mutant.file for one in outcomes)
    told: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": _commit(),
        "total": {key: sum(row[key] for row in by_kind) for key in ("mutants", "killed", "equivalent")},
        "survived": [one for row in by_kind for one in row["survived"]],
        "kinds": by_kind,
        "files": [
            {"file": file, **_counted([one for one in outcomes if one.mutant.file == file])}
            for file in sorted(files)
        ],
        "mutants": [
            {
                "id": one.mutant.id,
                "line": one.mutant.line,
                "fate": one.fate,
                "seconds": one.seconds,
                "by": one.red[:200],
            }
            for one in sorted(outcomes, key=lambda one: one.mutant.id)
        ],
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


def _counted(outcomes: list[Outcome]) -> dict[str, Any]:
    fates = Counter(one.fate for one in outcomes)
    return {
        "mutants": len(outcomes),
        "killed": fates["killed"] + fates["timed out"],
        "equivalent": fates["equivalent"],
        "survived": sorted(one.mutant.id for one in outcomes if one.fate == "survived"),
    }


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
