"""Killed at each step: after it the old root or the new one can be brought, never neither, and a drop goes through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fakes.custodians import CUSTODIES, custodian

pytestmark = pytest.mark.slow
HOUSE = Path(__file__).resolve().parents[2]
STEPS_MIN = 8
# Token and service take a second a kill; all of theirs are walked with MICROKITTEN_EVERY_KILL=1 in the environment.
STRIDES = {"file": 1, "pkcs11": 5, "aws-kms": 6}


@pytest.mark.parametrize("act", ["keep", "drop"])
@pytest.mark.parametrize("kind", CUSTODIES)
def test_a_kill_before_any_line_leaves_old_or_new(kind: str, act: str, tmp_path: Path) -> None:
    """The act is walked through with kill -9 before its lines: each of a key file's, some of the others'."""
    (tmp_path / "places").mkdir()
    stride = "1" if os.environ.get("MICROKITTEN_EVERY_KILL") else str(STRIDES[kind])
    with custodian(kind, tmp_path) as holder:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.fakes.custody_crash",
                holder.spec,
                str(tmp_path / "places"),
                act,
                stride,
            ],
            cwd=HOUSE,
            env=os.environ | {"PYTHONPATH": f"{HOUSE / 'src'}:{HOUSE}"},
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": well") >= STEPS_MIN
