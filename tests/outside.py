"""The world beyond the store, for tests: disclosures, certificates, the sandbox as a process, a shop."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from microkitten.vault.disclosure import LABEL, Disclosure, learn_key
from microkitten.vault.opened import MAKER

ROOT = Path(__file__).resolve().parents[1]
GOOD, BAD, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0027 6000 3184"
_KEY = Ed25519PrivateKey.generate()
learn_key(_KEY.public_key().public_bytes_raw())


def disclose(
    party: str,
    purpose: str,
    *,
    fields: Mapping[str, Any] | None = None,
    facts: Mapping[str, int | str] | None = None,
    id: UUID | None = None,
    key: Ed25519PrivateKey = _KEY,
    seconds: int = 600,
) -> Disclosure:
    """Return a disclosure as the vault makes them, signed with a key of the test's own vault."""
    until = int(time.time()) + seconds
    parts = {"id": str(id or uuid4()), "party": party, "purpose": purpose, "entry": 7, "until": until}
    told = {**parts, "fields": dict(fields or {}), "facts": dict(facts or {})}
    signed = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return Disclosure(MAKER, signed, key.sign(LABEL + signed))


def bill(
    amount_minor: int = 4250, reference: str = "", id: UUID | None = None, currency: str = "USD"
) -> Disclosure:
    """Return what a card processor is told of a purchase."""
    facts: dict[str, int | str] = {"amount_minor": amount_minor, "currency": currency}
    return disclose("card_processor", "bill", facts={**facts, "reference": reference or uuid4().hex}, id=id)


@dataclass(frozen=True)
class Certificates:
    """An authority of the test's own, and a certificate by it for localhost and 127.0.0.1."""

    authority: Path
    certificate: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    """Make them (PEM)."""
    folder.mkdir(parents=True, exist_ok=True)
    now = dt.datetime.now(dt.UTC)
    top, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test's authority")])

    def made(subject: x509.Name, key: ec.EllipticCurvePrivateKey, is_top: bool) -> x509.CertificateBuilder:
        about = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(named).public_key(key.public_key())
        )
        about = about.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
        about = about.not_valid_after(now + dt.timedelta(days=2))
        return about.add_extension(x509.BasicConstraints(ca=is_top, path_length=None), critical=True)

    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = made(own, leaf, False).add_extension(x509.SubjectAlternativeName(names), critical=False)
    pem = serialization.Encoding.PEM
    files = Certificates(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")
    files.authority.write_bytes(made(named, top, True).sign(top, hashes.SHA256()).public_bytes(pem))
    files.certificate.write_bytes(builder.sign(top, hashes.SHA256()).public_bytes(pem))
    secret = leaf.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files.key.write_bytes(secret)
    return files


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Shop:
    """What the sandbox sees of a shop: webhooks come in, and the answer is whatever the test wants."""

    origin: str
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; 204 once they are used up."""

    def wait_for(self, count: int, seconds: float = 10) -> list[tuple[dict[str, str], bytes]]:
        """Return the webhooks as soon as there are so many."""
        until = time.monotonic() + seconds
        while len(self.came) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.came) >= count, f"{len(self.came)} of {count} webhooks came"
        return self.came


@contextmanager
def shop(files: Certificates, port: int = 0) -> Iterator[Shop]:
    """Listen as a shop would, on https://localhost."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            it.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(it.answers.pop(0) if it.answers else 204)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Back in the shop</title><h1>Back in the shop</h1>")

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    it = Shop(origin=f"https://localhost:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()


class Sandbox:
    """The sandbox card processor as a process, and a payer without a browser."""

    def __init__(self, store: Path, files: Certificates, shop_origin: str, **knobs: object) -> None:
        """Remember how to start it."""
        self.store, self.files, self.port = store, files, free_port()
        self.origin = f"https://127.0.0.1:{self.port}"
        self.knobs = {
            "webhook_when": "after",
            "webhook_delay_seconds": 0,
            "webhook_retry_seconds": 0.1,
            **knobs,
        }
        self._shop_origin = shop_origin
        self._process: subprocess.Popen[bytes] | None = None
        self._browser = requests.Session()
        self.output = store / "sandbox-output.txt"

    def start(self) -> Sandbox:
        """Start it and wait until it answers."""
        program = [sys.executable, "-m", "microkitten.providers.cards.sandbox", str(self.store)]
        where = [
            "--port",
            str(self.port),
            "--shop-address",
            self._shop_origin,
            "--merchant",
            "A <small> shop",
        ]
        proof = ["--certificate", str(self.files.certificate), "--key", str(self.files.key)]
        turned = [part for name, value in self.knobs.items() for part in ("--knob", f"{name}={value}")]
        path = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self.store.mkdir(exist_ok=True)
        with self.output.open("ab") as output:
            command = [*program, *where, *proof, "--authority", str(self.files.authority), *turned]
            self._process = subprocess.Popen(command, stdout=output, stderr=output, env=path)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            assert self._process.poll() is None, self.output.read_text()
            try:
                if requests.get(self.origin + "/healthz", verify=str(self.files.authority), timeout=2).ok:
                    return self
            except requests.ConnectionError:
                time.sleep(0.02)
        raise AssertionError("the sandbox did not start")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._browser.close()

    def stop(self) -> int:
        """Ask it to end; return its exit status."""
        assert self._process is not None
        self._process.terminate()
        self._browser.close()
        return self._process.wait(15)

    def send(self, path: str, form: Mapping[str, str], **more: Any) -> requests.Response:
        """Post a form as a browser without scripts does."""
        more = {"verify": str(self.files.authority), "timeout": 10, "allow_redirects": False, **more}
        return self._browser.post(self.origin + path, data=form, **more)

    def pay(self, session_id: str, number: str, **form: str) -> requests.Response:
        """Type a card and press Pay."""
        typed = {"cc-name": "Anna Canary", "cc-number": number, "cc-exp": "08 / 31", "cc-csc": "987"}
        return self.send(
            f"/pay/{session_id}", {**typed, **{name.replace("_", "-"): it for name, it in form.items()}}
        )

    def api(self, method: str, path: str, told: object = None) -> Any:
        """Ask as the shop would, with the secret key."""
        key = (self.store / "sandbox" / "api.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        return requests.request(
            method,
            self.origin + path,
            json=told,
            headers=headers,
            verify=str(self.files.authority),
            timeout=10,
        ).json()
