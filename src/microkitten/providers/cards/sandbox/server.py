"""The sandbox's server: TLS on the loopback address alone, one thread a connection, no log of requests."""

from __future__ import annotations

import contextlib
import ssl
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from microkitten.providers.cards.sandbox import api, site
from microkitten.providers.cards.sandbox.bank import Answer, Asked, Bank

HOST = "127.0.0.1"
_BODY_BYTES_MAX = 64 * 1024
_DRAINED_BYTES_MAX = 1024 * 1024
_PATIENCE_SECONDS = 20
_SAFETY = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    (
        "Referrer-Policy",
        "same-origin",
    ),  # `no-referrer` would make browsers send `Origin: null` with our own form
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1; each connection shakes hands in its own thread, so a slow one holds up nobody."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, bank: Bank, port: int, context: ssl.SSLContext) -> None:
        """Bind the port.

        :raises OSError: if the port is taken.
        """
        self.bank = bank
        self._context = context
        super().__init__((HOST, port), Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are, as the base class would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        """Accept a connection; its handshake comes later, in `Handler.setup`."""
        connection, address = self.socket.accept()
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *_: Any) -> None:
        """Say which kind of error it was and nothing of the request: it may hold a card (P4)."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            sys.stderr.write(f"sandbox: a request failed with {type(error).__name__}\n")


class Handler(BaseHTTPRequestHandler):
    """Reads one request as a whole, finds who answers it, sends the answer."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    timeout = _PATIENCE_SECONDS
    # Head and body leave together: sent apart, each answer would wait 40 ms for the browser's acknowledgment.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Shake hands within the time a request may take."""
        connection: ssl.SSLSocket = self.request
        connection.settimeout(_PATIENCE_SECONDS)
        connection.do_handshake()
        super().setup()

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep no log of requests."""

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """Refuse what is no proper request, without repeating any of it."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self._send(Answer(code, HTTPStatus(code).phrase.encode("ascii")))

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        if int(length[:9]) > _BODY_BYTES_MAX or len(length) > 9:
            self.rfile.read(
                min(int(length[:9]), _DRAINED_BYTES_MAX)
            )  # else the answer is lost with the connection
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path.partition("?")[0], headers, body)
        if asked.path == "/healthz":
            self._send(Answer(200, b"ok\n"))
        elif asked.path.startswith(("/v1/", "/_")):
            self._send(api.answer(self.server.bank, asked))
        else:
            self._send(site.answer(self.server.bank, asked))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in (*_SAFETY, *answer.headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)


def serving(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return how the sandbox proves itself (TLS 1.2 and above)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
