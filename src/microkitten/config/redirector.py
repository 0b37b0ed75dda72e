"""Answers the plain port: with the encrypted address of the same page, and with nothing else (P36).

It reads at most the head of one request, looks at no body, sets no cookie and renders nothing. It runs as a
process of its own so that the supervisor, which may be root, never reads a byte from the network.
"""

import asyncio
import re
import signal
import socket
import sys
from contextlib import suppress
from email.utils import formatdate
from urllib.parse import urlsplit

HEAD_BYTES_MAX = 8_192
HEAD_SECONDS_MAX = 5.0
LINGER_SECONDS = 0.5
CONNECTIONS_MAX = 256
_REQUEST = re.compile(rb"([A-Z]{3,7}) ([\x21-\x7e]{1,4096}) HTTP/1\.[01]")
_HOST = re.compile(rb"(?i)host:[ \t]*([\x21-\x7e]{1,300})[ \t]*")
_READING = frozenset({b"GET", b"HEAD"})
_WRITING = frozenset({b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"})


def answer(head: bytes, origin: str) -> bytes:
    """Return the whole answer to the head of a request: a redirect to `origin`, or 400.

    Only the store's own host is redirected and only to itself, so this is no open redirect. What changes
    something is sent on with 308 (RFC 9110); the shop then judges it by where it came from.
    """
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    request = _REQUEST.fullmatch(first)
    hosts = [match[1] for line in lines if (match := _HOST.fullmatch(line))]
    if not request or len(hosts) != 1 or any(line[:1] in b" \t" for line in lines):
        return _answer("400 Bad Request")
    method, target = request[1], request[2].decode("ascii")
    own = urlsplit(origin).hostname
    if target.lower().startswith("http://"):  # a proxy's form; its host must be ours as well
        _, _, rest = target.partition("//")
        authority, slash, path = rest.partition("/")
        if _name(authority) != own:
            return _answer("400 Bad Request")
        target = slash + path or "/"
    if _name(hosts[0].decode("ascii")) != own or not target.startswith("/"):
        return _answer("400 Bad Request")
    if method in _READING:
        return _answer("301 Moved Permanently", origin + target)
    if method in _WRITING:
        return _answer("308 Permanent Redirect", origin + target)
    return _answer("400 Bad Request")


def _name(authority: str) -> str | None:
    """Return the host of `name`, `name:port` or `[::1]:port` in small letters; None if it is neither."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?", authority)
    return match[1].strip("[]").lower() if match else None


def _answer(status: str, location: str = "") -> bytes:
    where = f"Location: {location}\r\n" if location else ""
    return (
        f"HTTP/1.1 {status}\r\n{where}Date: {formatdate(usegmt=True)}\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
    ).encode("ascii")


class Redirector:
    """The listening side: bounded in time, size and number."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._open = 0

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection and close it."""
        if self._open >= CONNECTIONS_MAX:
            writer.transport.abort()
            return
        self._open += 1
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass  # gone, too slow, or we are being stopped: in each case nothing more is said
        finally:
            self._open -= 1
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = b""
        try:
            async with asyncio.timeout(HEAD_SECONDS_MAX):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if not error.partial:  # nothing came: nothing is owed
                return
        except asyncio.LimitOverrunError:
            pass  # too long: answered with 400 like all that is no request
        writer.transport.pause_reading()  # type: ignore[attr-defined] # the body, if any, stays unread
        writer.write(answer(head, self._origin) if head else _answer("400 Bad Request"))
        async with asyncio.timeout(HEAD_SECONDS_MAX):
            await writer.drain()
        with suppress(OSError):
            writer.write_eof()
        # Closing with bytes unread would reset the connection, perhaps before the answer was taken.
        await asyncio.sleep(LINGER_SECONDS)


async def run(origin: str, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    redirector = Redirector(origin)
    server = await asyncio.start_server(
        redirector.serve_one,
        host,
        port,
        limit=HEAD_BYTES_MAX,
        backlog=CONNECTIONS_MAX,
        family=socket.AF_UNSPEC,
    )
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
