"""`bin/mutate`: spoils the program in copies of it, runs the tests that should see it, and says what survived."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.mutation.code import CodeMutant
from tests.mutation.targets import Target, all_mutants

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(__file__).with_name("server.py")
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SECONDS_MAX = 240.0
GREEN = 0
NO_TESTS = 5
TIMED_OUT = -1
SOUND = ("tests/policy/test_purpose.py", "tests/vault/test_sealing.py")  # green before anything is spoilt


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant."""

    target: Target
    mutant: CodeMutant
    fate: str
    seconds: float
    words: str


def main() -> int:
    """Run; the status is 0 if nothing survived that is not argued to be equivalent."""
    asked = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    asked.add_argument("--files", default="", help="only source files whose name matches this pattern")
    asked.add_argument("--id", default="", help="only mutants whose name holds this text")
    asked.add_argument(
        "--deep", action="store_true", help="shift bounds and split conditions everywhere as well"
    )
    asked.add_argument("--list", action="store_true", help="name them and run nothing")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--out", type=Path, default=ROOT / "artifacts" / "mutation.json")
    asked.add_argument("--no-policy", action="store_true", help="leave the mutants of the policy file out")
    choice = asked.parse_args()
    work = [one for one in all_mutants(ROOT, files=choice.files, deep=choice.deep) if choice.id in one[1].id]
    if choice.list:
        print("\n".join(mutant.id for _, mutant in work), f"\n{len(work)} mutants")
        return 0
    table = [] if choice.no_policy else [_policy_row()]
    outcomes = run_all(work, processes=choice.processes)
    return _told(outcomes, table, choice.out) or _sound(outcomes)


def _sound(outcomes: list[Outcome]) -> int:
    """Run the tests that turned red once more on a copy that is not spoilt: there they must be green."""
    red = sorted({one.words.split()[1] for one in outcomes if one.words.startswith("FAILED ")})
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    folder.chmod(0o755)
    try:
        _copy(folder / "sound")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=0", *red]
        environ = {**os.environ, "PYTHONPATH": str(folder / "sound" / "src")}
        code = (
            subprocess.run(command, cwd=folder / "sound", env=environ, check=False).returncode if red else 0
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"the {len(red)} tests that killed are {'green' if code == 0 else 'NOT GREEN'} on the sound program"
    )
    return code


def run_all(work: list[tuple[Target, CodeMutant]], *, processes: int, quiet: bool = False) -> list[Outcome]:
    """Run mutants, several at a time, after the tests have passed on a copy that is not spoilt."""
    waiting: SimpleQueue[tuple[Target, CodeMutant]] = SimpleQueue()
    for one in work:
        waiting.put(one)
    done: list[Outcome] = []
    known = {one["id"] for one in tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])}
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    folder.chmod(0o755)
    try:
        lines = [
            threading.Thread(target=_line, args=(folder / str(n), waiting, done, known, len(work), quiet))
            for n in range(min(processes, len(work)))
        ]
        for line in lines:
            line.start()
        for line in lines:
            line.join()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if len(done) != len(work):
        raise SystemExit(f"{len(work) - len(done)} mutants were not run; see above")
    return done


def _line(
    tree: Path,
    waiting: SimpleQueue[tuple[Target, CodeMutant]],
    done: list[Outcome],
    known: set[str],
    total: int,
    quiet: bool,
) -> None:
    """Work mutants off in one copy of the tree."""
    _copy(tree)
    server = subprocess.Popen(
        [sys.executable, "-P", str(SERVER), str(tree)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        sound = _ask(server, "", "", SOUND)
        if sound["code"] != GREEN:
            raise RuntimeError(f"the sound program does not pass: {sound['words']}")
        while True:
            with suppress(Empty):
                target, mutant = waiting.get_nowait()
                answer = _ask(server, mutant.file, mutant.text, target.tests)
                fate = _fate(answer["code"])
                if fate == "survived" and mutant.id in known:
                    fate = "equivalent"
                outcome = Outcome(target, mutant, fate, answer["seconds"], _last_words(answer["words"]))
                done.append(outcome)
                if not quiet:
                    print(
                        f"{len(done):4}/{total} {fate:10} {answer['seconds']:6.1f} s  {mutant.id}", flush=True
                    )
                continue
            return
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(timeout=60)


def _fate(code: int) -> str:
    if code == GREEN:
        return "survived"
    if code == NO_TESTS:
        raise RuntimeError("there are no tests for this mutant")
    return "timed out" if code == TIMED_OUT else "killed"


def _last_words(words: str) -> str:
    lines = [line for line in words.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))]
    return lines[-1][:200] if lines else ""


def _copy(tree: Path) -> None:
    tree.mkdir(parents=True)
    for name in ("src", "tests", "bench", "docs", "bin"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "artifacts"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, tree / path.name)


def _ask(server: subprocess.Popen[str], file: str, text: str, tests: tuple[str, ...]) -> dict[str, Any]:
    assert server.stdin is not None
    assert server.stdout is not None
    job = {"file": file, "text": text, "tests": list(tests), "seconds_max": SECONDS_MAX}
    server.stdin.write(json.dumps(job) + "\n")
    server.stdin.flush()
    answer: dict[str, Any] = json.loads(server.stdout.readline())
    return answer


def _policy_row() -> dict[str, Any]:
    from tests.mutation.test_policy_mutants import SPOILT, seen_by

    seen = {mutant: seen_by(mutant) for mutant in SPOILT}
    survived = [f"policy file | {mutant.kind} | {mutant.name}" for mutant, by in seen.items() if not by]
    return {"kind": "policy file", "mutants": len(seen), "killed": sum(map(bool, seen.values())),
            "equivalent": 0, "survivors": survived}  # fmt: skip


def _told(outcomes: list[Outcome], table: list[dict[str, Any]], out: Path) -> int:
    """Print and write the table. Returns: the exit status."""
    for kind in dict.fromkeys(one.target.kind for one in outcomes):
        fates = Counter(one.fate for one in outcomes if one.target.kind == kind)
        survivors = [one.mutant.id for one in outcomes if one.target.kind == kind and one.fate == "survived"]
        table.append(
            {"kind": kind, "mutants": fates.total(), "killed": fates["killed"] + fates["timed out"],
             "equivalent": fates["equivalent"], "survivors": sorted(survivors)}
        )  # fmt: skip
    total = {key: sum(row[key] for row in table) for key in ("mutants", "killed", "equivalent")}
    out.parent.mkdir(parents=True, exist_ok=True)
    mutants = [
        {
            "id": one.mutant.id,
            "line": one.mutant.line,
            "fate": one.fate,
            "seconds": one.seconds,
            "by": one.words,
        }
        for one in sorted(outcomes, key=lambda one: one.mutant.id)
    ]
    told = {"at": time.strftime("%Y-%m-%d"), "total": total, "kinds": table, "mutants": mutants}
    out.write_text(json.dumps(told, indent=1) + "\n")
    for row in table:
        print(
            f"{row['kind']:14} {row['killed']:5} of {row['mutants']:5} killed, {row['equivalent']} equivalent"
        )
    survivors = [one for row in table for one in row["survivors"]]
    print(f"{'all':14} {total['killed']:5} of {total['mutants']:5} killed, {total['equivalent']} equivalent,"
          f" {len(survivors)} survived")  # fmt: skip
    for one in survivors:
        print("survived:", one)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
