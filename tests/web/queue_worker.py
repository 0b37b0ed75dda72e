"""A worker as a process of its own, for the tests of the queue: `make`, `hang`, `slow` or `work` in a folder."""

import os
import signal
import sys
import time
from pathlib import Path

from django.conf import settings


def main(word: str, folder: Path) -> None:
    """Work on the folder's database; what is done is noted in its file `done`, a line each."""
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root / "src")]
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "microkitten.web.sqlite",
                "NAME": folder / "queue.sqlite3",
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20,
                            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
            }
        },
        INSTALLED_APPS=["microkitten.web.queue.apps.QueueConfig"],
        USE_TZ=True,
    )  # fmt: skip
    import django

    django.setup()
    from microkitten.web.queue import worker
    from microkitten.web.queue.names import JobName
    from microkitten.web.queue.outbox import leave

    worker.LEASE_SECONDS = 1
    if word == "make":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for number in range(20):
            leave(JobName.CLAIM, order=str(number))
        return

    def act(order: str) -> None:
        (folder / "begun").touch()
        if word == "hang":
            time.sleep(600)
        if word == "slow":
            time.sleep(2.5 if int(order) < 2 else 0.05)
        file = os.open(folder / "done", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, f"{order}\n".encode())
        os.close(file)

    one = worker.Worker({JobName.CLAIM: act}, every_minute=lambda: None)
    signal.signal(signal.SIGTERM, lambda *_: one.stop())
    one.serve()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
