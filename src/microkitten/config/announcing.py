"""Finds out when a store can be used, by using it, and then tells people and programs how."""

import asyncio
import errno
import re
import socket
import ssl
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from microkitten.config.identities import Identities
from microkitten.config.preparation import CannotPrepare
from microkitten.config.processes import environment
from microkitten.config.store import Serving
from microkitten.policy import versions
from microkitten.vault import wire
from microkitten.web.store import Store

WEB_SECONDS_MAX = 60.0
ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 1_048_576
PAUSE_SECONDS = 0.05


class NotReady(Exception):
    """What did not begin to answer, and for how long it was waited for."""


def need_ports(store: Store, serving: Serving) -> None:
    """Make sure that the ports of the store can be had; raises `CannotPrepare` with what to do."""
    ports = [serving.port, serving.plain_port]
    if store.sample and store.cards.kind == "sandbox":
        ports.append(serving.cards_port)
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    for port in ports:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((serving.host, port))
            except OSError as error:
                if error.errno == errno.EACCES:
                    remedy = "start as root, or choose a port above 1023 in store.toml (address, serve.port)"
                else:
                    remedy = (
                        f"end what listens there, or choose another:  microkitten demo --port {port + 10}"
                    )
                raise CannotPrepare(f"port {port}: {error.strerror}; {remedy}") from None


async def wait_for_vault(folder: Path, seconds_max: float) -> None:
    """Return as soon as the vault takes connections; raises `NotReady` after `seconds_max`."""
    end = time.monotonic() + seconds_max
    while time.monotonic() < end:
        with suppress(OSError):
            _, writer = await asyncio.open_unix_connection(str((folder / "run").resolve() / "operator.sock"))
            writer.close()
            return
        await asyncio.sleep(PAUSE_SECONDS)
    raise NotReady(f"the vault did not begin to answer within {seconds_max:.0f} s")


async def wait_for_web(store: Store, serving: Serving) -> None:
    """Return as soon as a browser's first request succeeds: health, home page and, if any, the sandbox."""
    end = time.monotonic() + WEB_SECONDS_MAX
    pages = [(serving.port, store.address, "/healthz"), (serving.port, store.address, "/")]
    if store.sample and store.cards.kind == "sandbox":
        pages.append((serving.cards_port, store.cards.address, ""))
    for port, origin, path in pages:
        status = ""
        while not status.startswith("200"):
            if time.monotonic() > end:
                said = f", lastly {status}" if status else ""
                raise NotReady(f"{origin}{path} did not answer within {WEB_SECONDS_MAX:.0f} s{said}")
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                status, _ = await fetch(store, reach(serving.host), port, origin, path)
            if not status.startswith("200"):
                await asyncio.sleep(PAUSE_SECONDS)


async def wait_for_policy(store: Store, serving: Serving, wanted: str) -> None:
    """Return as soon as the page of promises is that of the policy with the hash `wanted`; raises `NotReady`."""
    end = time.monotonic() + WEB_SECONDS_MAX
    while time.monotonic() < end:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            _, _, body = await fetch_page(store, reach(serving.host), serving.port, store.address, "/privacy")
            if wanted.encode() in body:
                return
        await asyncio.sleep(PAUSE_SECONDS)
    raise NotReady(f"{store.address}/privacy did not show it within {WEB_SECONDS_MAX:.0f} s")


async def wait_for_agreement(store: Store, serving: Serving) -> str:
    """Return the hash of the policy in force, as soon as page, shop and vault work by it; raises `NotReady`."""
    wanted = versions.governing(store.folder).hash
    end = time.monotonic() + WEB_SECONDS_MAX
    while time.monotonic() < end:
        with suppress(OSError, asyncio.IncompleteReadError):
            if await _policy_of_vault(store.folder) == wanted:
                await wait_for_policy(store, serving, wanted)
                return wanted
        await asyncio.sleep(PAUSE_SECONDS)
    raise NotReady(f"the vault did not work by it within {WEB_SECONDS_MAX:.0f} s")


async def _policy_of_vault(folder: Path) -> str:
    """Return the hash of the policy by which the vault works: it greets before it compares."""
    path = str((folder / "run").resolve() / "operator.sock")
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        reader, writer = await asyncio.open_unix_connection(path)
        try:
            ours = wire.encode({})
            writer.write(len(ours).to_bytes(4, "big") + ours)
            size = int.from_bytes(await reader.readexactly(4), "big")
            return str(wire.decode(await reader.readexactly(size))["policy"])
        finally:
            writer.close()


def reach(host: str) -> str:
    """Return where to connect to, to meet what listens at `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 # the one that is listened at


def _trust(folder: Path) -> ssl.SSLContext:
    """Trust the very certificate that lies in the store: what answers must be ours, not just anybody's."""
    context = ssl.create_default_context(cafile=str(folder / "tls/cert.pem"))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


async def fetch(store: Store, host: str, port: int, origin: str, path: str) -> tuple[str, dict[str, str]]:
    """Return status words and headers of one of our own pages; without a path only a handshake is made.

    Raises `OSError`, `TimeoutError` or `asyncio.IncompleteReadError` if there is no such answer.
    """
    status, headers, _ = await fetch_page(store, host, port, origin, path)
    return status, headers


async def fetch_page(
    store: Store, host: str, port: int, origin: str, path: str
) -> tuple[str, dict[str, str], bytes]:
    """Return the same and the page itself, up to `ANSWER_BYTES_MAX`. Raises as `fetch` does."""
    name = urlsplit(origin).hostname
    body = b""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        reader, writer = await asyncio.open_connection(
            host, port, ssl=_trust(store.folder), server_hostname=name, limit=ANSWER_BYTES_MAX
        )
        try:
            if not path:
                return "200", {}, b""
            request = f"GET {path} HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode("ascii"))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            with suppress(ssl.SSLError):
                while len(body) < ANSWER_BYTES_MAX and (more := await reader.read(ANSWER_BYTES_MAX)):
                    body += more
        finally:
            writer.close()
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first.partition(" ")[2], {name.lower(): value.strip() for name, _, value in pairs}, body


async def announce(store: Store, who: Identities, *, with_token: bool) -> None:
    """Say on standard output that the store is ready, how staff sign in, and where mails are."""
    _tell([f"ready {store.address}"])
    token = await _staff_token(store.folder) if with_token else ""
    how = (
        f"sign in once, within the hour, with  {token}" if token else "microkitten staff token  makes a token"
    )
    lines = [f"staff    {store.address}/staff/  {how}"]
    if store.mail.kind == "folder":
        seen = f", shown at {store.address}/staff/mailbox" if store.sample else ""
        lines.append(f"mail     kept in {store.folder / 'mail'}{seen}")
    if (store.folder / "tls/ca.pem").exists():
        lines.append(f"trust    a browser that warns can be given  {store.folder / 'tls/ca.pem'}")
    if not who.separate:
        lines.append(f"wall     one user runs everything ({who.why}): for trying out; see  microkitten check")
    _tell(lines)


def _tell(lines: list[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _staff_token(folder: Path) -> str:
    """Ask the vault for a fresh token; empty if it gives none."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "microkitten.vault.server",
        "staff-token",
        str(folder),
        env=environment(folder, "operator"),
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            words, _ = await process.communicate()
            found = re.search(rb"[A-Za-z0-9_-]{16,}", words)
            return found[0].decode() if process.returncode == 0 and found else ""
    process.kill()
    return ""
