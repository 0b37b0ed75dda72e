"""A public page as bytes: compressed once, sent with its tag and headers as each browser can take it."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from gzip import compress as gzipped
from gzip import decompress
from hashlib import sha256
from typing import Any

import brotli

from microkitten.web.security import NOT_SHARED

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]

# 11 makes bodies a tenth smaller and takes forty times as long: too dear where each odd address makes a page.
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
_SECONDS = re.compile(r"public, max-age=(\d+)")
_NEVER = re.compile(r";\s*q=0(\.0*)?\s*$")
_AROUND_BYTES = 2048  # about what headers and the objects themselves take


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page that is everybody's: `headers` without those of its encoding, `seconds` how long it may be kept."""

    headers: Headers
    tag: str
    bodies: dict[str, bytes]
    made: float
    seconds: int

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""
        return sum(map(len, self.bodies.values())) + _AROUND_BYTES

    @property
    def is_fresh(self) -> bool:
        """Whether its view still stands by it: what changes with the clock (a sale's end) has no edition."""
        return time.monotonic() < self.made + self.seconds

    def send(self, environ: Environ, cookies: list[str], start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the page, in the encoding the browser takes, or with 304 if it has it (RFC 9110).

        Params: `cookies`, values of Set-Cookie; they go on outside of what is kept.
        """
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        tag = f'"{self.tag}{encoding and "-"}{encoding}"'
        headers = [*self.headers, ("Vary", "Accept-Encoding"), ("ETag", tag)]
        if cookies:  # the page is everybody's, the cookie is not
            headers = [
                (name, NOT_SHARED if name.lower() == "cache-control" else value) for name, value in headers
            ]
            headers += [("Set-Cookie", cookie) for cookie in cookies]
        else:
            headers.append(("Age", str(int(time.monotonic() - self.made))))
        if _has(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start_response("304 Not Modified", headers)
            return [b""]
        body = self.bodies[encoding] if encoding else decompress(self.bodies["gzip"])
        if encoding:
            headers.append(("Content-Encoding", encoding))
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def public_page(status: str, headers: Headers, body: bytes) -> PublicPage | None:
    """Return an answer as a page if its view marked it as everybody's, and nothing else speaks against it."""
    told = {name.lower(): value for name, value in headers}
    lasts = _SECONDS.fullmatch(told.get("cache-control", ""))
    if (
        not status.startswith("200")
        or lasts is None
        or {"set-cookie", "vary", "content-encoding"} & told.keys()
    ):
        return None
    return PublicPage(
        headers=[(name, value) for name, value in headers if name.lower() != "content-length"],
        tag=sha256(body).hexdigest()[:24],
        bodies={
            "br": brotli.compress(body, quality=BROTLI_QUALITY),
            "gzip": gzipped(body, GZIP_LEVEL, mtime=0),
        },
        made=time.monotonic(),
        seconds=int(lasts[1]),
    )


@lru_cache(maxsize=64)
def _encoding(accepted: str) -> str:
    """Return the best encoding that a browser accepts; "" for none."""
    parts = [part.strip().lower() for part in accepted.split(",")]
    names = {part.partition(";")[0].strip() for part in parts if not _NEVER.search(part)}
    return next((name for name in ("br", "gzip") if name in names), "")


def _has(known: str, tag: str) -> bool:
    return any(one.strip().removeprefix("W/") in {tag, "*"} for one in known.split(",")) if known else False
