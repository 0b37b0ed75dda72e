"""Says which processes a store consists of and how each is started, by the supervisor or alone."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from microkitten.config import runtime
from microkitten.config.declarations import SHOP_DATABASE
from microkitten.config.identities import Identities, Identity, becoming
from microkitten.config.store import Serving
from microkitten.web.store import Store

BLOCKING_THREADS = 1  # more made the slowest answers slower, and no more of them (docs/decisions)
KILL_SECONDS = 3
COMMAND_SECONDS_MAX = 3600
AGREEMENT_TRIES_MAX = 5
WEB_LISTENS = "listens"
STYLES = ".styles"  # the shop's style sheet with the theme's, as static files collect it
PICTURES_DRAWN = ".pictures"  # stands once all pictures of the sample goods are made
SOURCE = Path(__file__).resolve().parents[2]
log = logging.getLogger("microkitten.web")
Application = Callable[..., Iterable[bytes]]
StartResponse = Callable[..., Any]
# What a process may inherit; all else, tokens of the shell it was started from included, stays outside.
_INHERITED = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "COVERAGE_PROCESS_START"})


@dataclass(frozen=True, slots=True)
class Program:
    """One process: `arguments` of the interpreter, the user it runs as, the port it listens at (0: none)."""

    name: str
    arguments: tuple[str, ...]
    identity: Identity
    role: str
    port: int = 0


def vault_program(store: Store, who: Identities) -> Program:
    """Return the process that everything else waits for."""
    # A new one takes the folder over from the old one: it has loaded all that it needs when that lets go.
    arguments = ["-m", "microkitten.vault.server", "serve", str(store.folder), "--wait-seconds", "15"]
    # The kernel tells the vault who knocks: one user for each role, and the operator is who started it.
    for role, uid in (("web", who.web.uid), ("worker", who.worker.uid), ("operator", os.geteuid())):
        arguments += ["--uid", f"{role}={uid}"]
    return Program("vault", tuple(arguments), who.vault, "vault")


def other_programs(store: Store, serving: Serving, who: Identities) -> tuple[Program, ...]:
    """Return what is started once the vault answers."""
    folder = str(store.folder)
    command = ("-m", "microkitten")
    programs = [
        Program("worker", (*command, "worker", folder), who.worker, "worker"),
        Program("web", (*command, "web", folder), who.web, "web", serving.port),
        Program(
            "plain",
            ("-m", "microkitten.config.redirector", store.address, serving.host, str(serving.plain_port)),
            who.web,
            "",
            serving.plain_port,
        ),
    ]
    if store.sample and store.cards.kind == "sandbox":
        programs.append(_sandbox(store, serving, who))
    return tuple(programs)


def _sandbox(store: Store, serving: Serving, who: Identities) -> Program:
    tls = store.folder / "tls"
    arguments = (
        "-m", "microkitten.providers.cards.sandbox", str(store.folder),
        "--port", str(serving.cards_port),
        "--shop-address", store.address,
        "--merchant", store.name,
        "--certificate", str(tls / "cert.pem"),
        "--key", str(tls / "key.pem"),
        "--authority", str(tls / "ca.pem"),
    )  # fmt: skip
    return Program("cards", arguments, who.cards, "", serving.cards_port)


def pictures_program(store: Store, who: Identities) -> Program:
    """Return what draws the sample goods' remaining pictures; it ends when all are there."""
    return Program(
        "samples", ("-m", "microkitten", "prepare", "pictures", str(store.folder)), who.worker, "worker"
    )


def environment(folder: Path, role: str) -> dict[str, str]:
    """Return the whole environment of a process of a store; `role` is who it is to the vault."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED or name.startswith("MICROKITTEN_")
    }
    kept |= {
        "MICROKITTEN_STORE": str(folder),
        "MICROKITTEN_ROLE": role,
        "PYTHONPATH": str(SOURCE),
        # Nothing is imported from the folder a process happens to stand in.
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        # Large buffers (pictures being made) go back to the machine when they are freed.
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "MALLOC_TRIM_THRESHOLD_": "131072",
    }
    if role in {"web", "worker"}:
        kept["DJANGO_SETTINGS_MODULE"] = "microkitten.config.settings"
    else:  # it may hold a password, which neither the vault nor the card processor is to know
        kept.pop(SHOP_DATABASE, None)
    return kept


# An error's words may quote what a person typed: the server's own log shows classes and places only (P27).
LOGS: dict[str, object] = {
    "formatters": {"plain": {"()": "microkitten.web.logs.Plain"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}
    },
    "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}


def run_web(folder: Path) -> None:
    """Serve the shop over HTTPS until told to stop; SIGHUP takes up a new certificate, losing no request."""
    os.environ.update(environment(folder, "web"))
    import gc  # late, as all below: only this process needs them
    import multiprocessing

    from django.urls import get_resolver
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.log import LogLevels
    from granian.server import Server

    from microkitten.config.store import read
    from microkitten.config.wsgi import application

    serving = read(folder)[1]
    # Everything is loaded once, before the workers fork: they share that memory and start at once.
    multiprocessing.set_start_method("fork")
    _load(get_resolver().url_patterns)
    gc.collect()
    gc.freeze()
    server = Server(
        "microkitten.config.wsgi:application",
        address=serving.host,
        port=serving.port,
        interface=Interfaces.WSGI,
        workers=serving.workers,
        blocking_threads=BLOCKING_THREADS,
        backpressure=256,
        http=HTTPModes.auto,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGS,
        log_access=False,
        ssl_cert=folder / "tls/cert.pem",
        ssl_key=folder / "tls/key.pem",
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=KILL_SECONDS,
    )
    guarded = _guarded(application)

    def load() -> Application:
        sys.stdout.write(f"{WEB_LISTENS}\n")  # in each worker, just before it does
        sys.stdout.flush()
        return guarded

    server.serve(target_loader=load, wrap_loader=False)


def _guarded(application: Application) -> Application:
    """Answer for an error that even the error page could not: the server would print it, words and all (P27)."""

    def call(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except Exception:  # the process's outermost edge
            log.error("a page failed", exc_info=True)
            start_response(
                "500 Internal Server Error", [("Cache-Control", "no-store"), ("Content-Length", "0")]
            )
            return [b""]

    return call


def _load(_patterns: object) -> None:
    """Take the address book: asking for it has imported every view."""


def run_worker(folder: Path) -> None:
    """Run what is left in the queue until told to stop."""
    os.environ.update(environment(folder, "worker"))
    import django  # late, as all below: settings are read from the environment set above

    django.setup()
    from microkitten.config.jobs import TASKS
    from microkitten.shop.privacy.actions import proof_of_life
    from microkitten.web.queue.names import JobName
    from microkitten.web.queue.outbox import leave
    from microkitten.web.queue.worker import Worker

    for _ in range(AGREEMENT_TRIES_MAX):  # three seconds each: jobs are for when shop and vault agree
        if proof_of_life():
            break
    worker = Worker(TASKS, every_minute=lambda: leave(JobName.SWEEP, key="sweep"))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.serve()


def run_vault(folder: Path) -> NoReturn:
    """Become the vault process."""
    runtime.ensure(folder, None)
    arguments = [sys.executable, "-m", "microkitten.vault.server", "serve", str(folder)]
    os.execve(sys.executable, arguments, environment(folder, "vault"))  # noqa: S606 # no shell is what we want


def ask_vault(verb: str, folder: Path) -> int:
    """Run one of the vault's own commands on a store and return how it ended; it writes to our output."""
    return vault_command(verb, folder, None).returncode


def vault_command(
    verb: str, folder: Path, output: int | None, *, as_vault: bool = False
) -> "subprocess.CompletedProcess[bytes]":
    """Run one of the vault's own commands, its output to `output`: as operator of a vault that runs, else as
    the user whose vault it is; `as_vault` as that user in any case (commands that read files of the vault).
    """
    owner = None
    if (as_vault or not runtime.is_served(folder)) and (folder / "vault").exists():
        found = (folder / "vault").stat()
        owner = Identity("vault", found.st_uid, found.st_gid, (), 0o077)
    return subprocess.run(
        [sys.executable, "-m", "microkitten.vault.server", verb, str(folder)],
        env=environment(folder, "operator"),
        cwd="/",
        stdout=output,
        stderr=output and subprocess.STDOUT,
        preexec_fn=becoming(owner) if owner else None,
        check=False,
        timeout=COMMAND_SECONDS_MAX,
    )


def local_name(store: Store) -> str:
    """Return the host name of the store's address."""
    return urlsplit(store.address).hostname or "localhost"
