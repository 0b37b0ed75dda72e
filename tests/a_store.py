"""Founds the run's own store before anything reads Django's settings (a plugin: see pytest.ini)."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from microkitten.config import founding
from tests import engine


def found() -> Path:
    """Make a store that other users of the machine can reach, one for each process of the run."""
    folder = Path(tempfile.mkdtemp(prefix="microkitten-test-"))
    folder.chmod(0o755)
    founding.found(folder, founding.sample_plan(8443))
    (folder / "secret.key").write_text(secrets.token_urlsafe(50))
    (folder / "media").mkdir()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


if engine.IS_POSTGRESQL:
    os.environ[engine.VARIABLE] = engine.run_url()
FOLDER = found()
os.environ["MICROKITTEN_STORE"] = str(FOLDER)
os.environ["MICROKITTEN_ROLE"] = "web"
