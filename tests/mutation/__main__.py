"""`bin/mutate`: spoils the program in copies of it, runs the tests that should see it, and says what survived."""

from __future__ import annotations

import argparse
import json
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
    asked.add_argument("--no-policy", action="store_true", help="leave the mutants of the policy file out")
    choice = asked.parse_args()
    work = [one for one in all_mutants(ROOT, files=choice.files, deep=choice.deep) if choice.id in one[1].id]
    if choice.list:
        print("\n".join(mutant.id for _, mutant in work), f"\n{len(work)} mutants")
        return 0
    table = [] if choice.no_policy else [_policy_file()]
    outcomes = run_all(work, processes=choice.processes, quick=choice.quick)
    survived = _told(outcomes, table, choice.out)
    return 0 if are_sound(outcomes) and not survived else 1


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


def _told(outcomes: list[Outcome], table: list[dict[str, Any]], out: Path) -> list[str]:
    """Print and write the table. Returns: what survived."""
    for kind in dict.fromkeys(one.target.kind for one in outcomes):
        of_kind = [one for one in outcomes if one.target.kind == kind]
        fates = Counter(one.fate for one in of_kind)
        table.append(
            {
                "kind": kind,
                "mutants": len(of_kind),
                "killed": fates["killed"] + fates["timed out"],
                "equivalent": fates["equivalent"],
                "survived": sorted(one.mutant.id for one in of_kind if one.fate == "survived"),
            }
        )
    total = {key: sum(row[key] for row in table) for key in ("mutants", "killed", "equivalent")}
    survived = [one for row in table for one in row["survived"]]
    mutants = [
        {
            "id": one.mutant.id,
            "line": one.mutant.line,
            "fate": one.fate,
            "seconds": one.seconds,
            "by": one.red[:200],
        }
        for one in sorted(outcomes, key=lambda one: one.mutant.id)
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    told = {"at": time.strftime("%Y-%m-%d"), "total": total, "kinds": table, "mutants": mutants}
    out.write_text(json.dumps(told, indent=1) + "\n")
    for row in [*table, {"kind": "all", **total}]:
        print(
            f"{row['kind']:16} {row['killed']:5} of {row['mutants']:5} killed, {row['equivalent']} equivalent"
        )
    print(f"{len(survived)} survived")
    for one in survived:
        print("survived:", one)
    return survived


if __name__ == "__main__":
    sys.exit(main())
