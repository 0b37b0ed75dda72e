"""The line between door and vault: length-prefixed canonical JSON, so that each message has exactly one
spelling."""

import json
import socket
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NoReturn

PROTOCOL: Final = 2
FRAME_BYTES_MAX: Final = 1_048_576
ASKS_MAX: Final = 1_000
INTEGER_MAX: Final = 2**53
FRAME_SECONDS_MAX: Final = 5.0


class Role(StrEnum):
    """Who may connect, and for whom it may speak: `web` for pages, `worker` for jobs, `operator` for the
    command line.
    """

    WEB = "web"
    WORKER = "worker"
    OPERATOR = "operator"

    def speaks_for(self, actor: str) -> bool:
        """Tell whether a peer of this role may ask in the name of an actor of the policy."""
        return actor in SPEAKS_FOR[self]


# Each actor of the policy has one socket; a new one speaks nowhere until it is named here (P11).
SPEAKS_FOR: Final[Mapping[Role, frozenset[str]]] = {
    Role.WEB: frozenset(
        {
            "web:checkout",
            "web:orders",
            "web:visitors",
            "web:members",
            "person",
            "shipping",
            "merchant",
        }
    ),
    Role.WORKER: frozenset({"job:pay", "job:confirm", "job:sweep", "job:notify"}),
    Role.OPERATOR: frozenset({"operator"}),
}


class Malformed(Exception):
    """A message that is no canonical JSON of ours, or larger than allowed; carries no part of it."""


class Gone(Exception):
    """The other side closed the line, or was too slow."""


def encode(message: object) -> bytes:
    """Write a message: sorted keys, no blanks, UTF-8, no floats. Raises: Malformed."""
    try:
        return _ENCODER.encode(message).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None


def decode(data: bytes) -> Any:
    """Read a message; any other spelling of the same thing is refused. Raises: Malformed."""
    try:
        message = _DECODER.decode(data.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None
    if encode(message) != data:
        raise Malformed("not canonical")
    return message


def _no_number(_text: str) -> NoReturn:
    raise ValueError("only whole numbers travel")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX:
        raise ValueError("number too large")
    return int(text)


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_DECODER: Final = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number, parse_int=_integer)


def send(line: socket.socket, message: object) -> None:
    """Send one frame: four bytes of length, then the message. Raises: Malformed if too large, Gone."""
    data = encode(message)
    if len(data) > FRAME_BYTES_MAX:
        raise Malformed("too large")
    try:
        line.settimeout(FRAME_SECONDS_MAX)
        line.sendall(len(data).to_bytes(4, "big") + data)
    except OSError:
        raise Gone from None


def receive(line: socket.socket, *, wait_seconds: float, rest_seconds: float = FRAME_SECONDS_MAX) -> Any:
    """Receive one message. Params and errors as of `receive_bytes`."""
    return decode(receive_bytes(line, wait_seconds=wait_seconds, rest_seconds=rest_seconds))


def receive_bytes(
    line: socket.socket, *, wait_seconds: float, rest_seconds: float = FRAME_SECONDS_MAX
) -> bytes:
    """Receive one frame, unread.

    Params: `wait_seconds` until its first byte, `rest_seconds` for all the rest of it together, however
    it trickles in. Raises: Gone, Malformed.
    """
    try:
        line.settimeout(wait_seconds)
        head = line.recv(4) or _gone()
        end = time.monotonic() + rest_seconds
        head += _rest(line, 4 - len(head), end)
        size = int.from_bytes(head, "big")
        if size > FRAME_BYTES_MAX:
            raise Malformed("too large")
        return _rest(line, size, end)
    except OSError:
        raise Gone from None


def _rest(line: socket.socket, size: int, end: float) -> bytes:
    """Receive so many bytes, until a time of the monotonic clock. Raises: Gone, OSError."""
    data = bytearray()
    while len(data) < size:
        left = end - time.monotonic()
        if left <= 0:
            _gone()
        line.settimeout(left)
        data += line.recv(min(size - len(data), 65_536)) or _gone()
    return bytes(data)


def _gone() -> NoReturn:
    raise Gone
