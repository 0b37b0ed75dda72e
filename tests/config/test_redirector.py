"""The plain port answers with the encrypted address and nothing else, whatever comes in (P36)."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from microkitten.config import redirector
from microkitten.config.processes import SOURCE
from tests.outside import free_port

ORIGIN = "https://shop.example:8443"


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def status(answer: bytes) -> str:
    return answer.split(b" ", 2)[1].decode() if answer else ""


@pytest.mark.parametrize("host", ["shop.example", "shop.example:80", "SHOP.example:8445"])
def test_a_page_is_sent_on_to_itself(host: str) -> None:
    """An old bookmark must work, and lead to the same page."""
    answer = redirector.answer(head("GET /products/felt-mouse?color=oat HTTP/1.1", f"Host: {host}"), ORIGIN)
    assert status(answer) == "301"
    assert b"\r\nLocation: https://shop.example:8443/products/felt-mouse?color=oat\r\n" in answer


def test_the_answer_is_bare() -> None:
    """No cookie, no HSTS (RFC 6797 forbids it here), no page: nothing that could be read on the way."""
    answer = redirector.answer(head("GET / HTTP/1.1", "Host: shop.example"), ORIGIN)
    names = {line.partition(b":")[0].lower() for line in answer.split(b"\r\n")[1:] if line}
    assert names == {b"location", b"date", b"content-length", b"connection"}
    assert answer.endswith(b"\r\n\r\n")


def test_a_form_is_told_to_come_encrypted() -> None:
    """A form keeps its method on the way (308), so that nothing is done in the clear or twice."""
    answer = redirector.answer(head("POST /checkout HTTP/1.1", "Host: shop.example"), ORIGIN)
    assert status(answer) == "308"


@pytest.mark.parametrize(
    "lines",
    [
        ("GET / HTTP/1.1", "Host: evil.example"),
        ("GET / HTTP/1.1", "Host: shop.example.evil.example"),
        ("GET / HTTP/1.1", "Host: shop.example@evil.example"),
        ("GET / HTTP/1.1", "Host: shop.example", "Host: evil.example"),
        ("GET / HTTP/1.1",),
        ("GET http://evil.example/ HTTP/1.1", "Host: shop.example"),
        ("GET http://shop.example@evil.example/ HTTP/1.1", "Host: shop.example"),
        ("GET //evil.example\\@/ HTTP/1.1 HTTP/1.1", "Host: shop.example"),
        ("GET evil HTTP/1.1", "Host: shop.example"),
        ("GET * HTTP/1.1", "Host: shop.example"),
        ("CONNECT evil.example:443 HTTP/1.1", "Host: shop.example"),
        ("TRACE / HTTP/1.1", "Host: shop.example"),
        ("GET /\x00 HTTP/1.1", "Host: shop.example"),
        ("GET /\xe9 HTTP/1.1", "Host: shop.example"),
        ("GET / HTTP/2.0", "Host: shop.example"),
        ("GET / HTTP/1.1", "Host: shop.example", " folded: line"),
        ("get / HTTP/1.1", "Host: shop.example"),
        ("\x16\x03\x01\x02\x00", ""),
    ],
    ids=repr,
)
def test_anything_else_is_refused(lines: tuple[str, ...]) -> None:
    """A foreign host, a broken or a strange request gets 400 and no address: this is no open redirect."""
    answer = redirector.answer(head(*lines), ORIGIN)
    assert status(answer) == "400"
    assert b"evil" not in answer
    assert b"Location" not in answer


def test_what_is_sent_on_stays_on_the_store_s_own_origin() -> None:
    """Two slashes would be another host if they stood alone; behind the origin they are a path."""
    answer = redirector.answer(head("GET //evil.example/ HTTP/1.1", "Host: shop.example"), ORIGIN)
    assert b"\r\nLocation: https://shop.example:8443//evil.example/\r\n" in answer


@pytest.fixture
def port() -> Iterator[int]:
    """A running redirector, as `serve` starts it."""
    number = free_port()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PYTHONSAFEPATH": "1"}
    arguments = ["-m", "microkitten.config.redirector", "https://localhost:8443", "127.0.0.1", str(number)]
    process = subprocess.Popen([sys.executable, *arguments], env=environment)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield number
    process.terminate()
    assert process.wait(5) == 0


def talk(port: int, sent: bytes, *, seconds: float = 10) -> bytes:
    """Send bytes and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), seconds) as line:
        line.sendall(sent)
        answer = b""
        try:
            while part := line.recv(4096):
                answer += part
        except ConnectionResetError:
            pass
        return answer


@pytest.mark.slow
def test_over_the_wire(port: int) -> None:
    """What the function says is what a client gets, and the connection is closed after one answer."""
    twice = head("GET / HTTP/1.1", "Host: localhost") * 2
    assert talk(port, twice).count(b"HTTP/1.1 ") == 1
    assert status(talk(port, head("GET / HTTP/1.1", "Host: localhost"))) == "301"
    assert status(talk(port, b"\x16\x03\x01" + os.urandom(600) + b"\r\n\r\n")) == "400"
    assert status(talk(port, b"GET /" + b"a" * 20_000)) == "400"


@pytest.mark.slow
def test_a_body_is_not_waited_for_and_does_not_cost_the_answer(port: int) -> None:
    """A megabyte of form is announced, and partly sent: the answer comes at once, and is not lost to a reset."""
    posted = head("POST /checkout HTTP/1.1", "Host: localhost", "Content-Length: 1000000") + b"x" * 30_000
    began = time.monotonic()
    assert status(talk(port, posted)) == "308"
    assert time.monotonic() - began < 3


@pytest.mark.slow
def test_who_dawdles_is_dropped_and_others_are_served(port: int) -> None:
    """A hundred connections that send a byte now and then keep nobody out, and end."""
    slow = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(100)]
    for line in slow:
        line.sendall(b"G")
    assert status(talk(port, head("GET / HTTP/1.1", "Host: localhost"))) == "301"
    began = time.monotonic()
    slow[0].settimeout(redirector.HEAD_SECONDS_MAX + 5)
    while slow[0].recv(4096):
        pass
    assert time.monotonic() - began < redirector.HEAD_SECONDS_MAX + 3
    for line in slow:
        line.close()


def test_a_flood_of_connections_is_bounded() -> None:
    """Above the limit a connection is dropped at once, before a byte of it is read."""

    async def flood() -> int:
        served = redirector.Redirector(ORIGIN)
        served._open = redirector.CONNECTIONS_MAX
        server = await asyncio.start_server(served.serve_one, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            answer = await reader.read()
        except ConnectionResetError:
            answer = b""
        writer.close()
        server.close()
        return len(answer)

    assert asyncio.run(flood()) == 0
