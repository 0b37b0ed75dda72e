"""Public pages kept as compressed bytes, and answered before Django is woken (docs/decisions, 0039)."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO

from django.db import DatabaseError

from microkitten.web.bodies import Environ, Headers, PublicPage, StartResponse, public_page

Application = Callable[[Environ, StartResponse], Iterable[bytes]]

BYTES_MAX = 8 * 1024 * 1024  # for each worker
ADDRESS_LENGTH_MAX = 512
# All that a page built without a person may know of its request.
_NOBODYS = (
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Django answered to a request in nobody's name."""

    status: str
    headers: Headers
    body: bytes


class KeptPages:
    """The application with public pages in front of it; each worker keeps its own."""

    def __init__(
        self,
        wake: Application,
        *,
        host: str,
        addresses: re.Pattern[str],
        edition: Callable[[], int],
        cookies: Callable[[Environ], list[str]],
    ) -> None:
        """Params: `wake`, Django; `host` with its port; `addresses`, the paths that are public; `edition`, the
        number whose change makes all pages old; `cookies`, the Set-Cookie values due to a browser on such a page
        (P8).
        """
        self._wake, self._host, self._addresses = wake, host, addresses
        self._edition, self._cookies = edition, cookies
        self._standing: int | None = None
        self._pages: OrderedDict[tuple[str, str], PublicPage] = OrderedDict()
        self._bytes = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, else by Django (PEP 3333)."""
        found = self._find(environ) if self._is_public(environ) else None
        if isinstance(found, PublicPage):
            return found.send(environ, self._cookies(environ), start_response)
        if found is None or found.status < "4":  # it is not public after all: the whole request
            return self._wake(environ, start_response)
        start_response(found.status, found.headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else found.body]

    def _is_public(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] in {"GET", "HEAD"}
            and environ.get("HTTP_HOST") == self._host
            and environ.get("wsgi.url_scheme") == "https"
            and len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) <= ADDRESS_LENGTH_MAX
            and self._addresses.fullmatch(environ["PATH_INFO"]) is not None
        )

    def _find(self, environ: Environ) -> PublicPage | _Answer | None:
        """Return the page, kept or made now; Django's answer if that is no public page; None if the edition is
        not known.
        """
        try:
            # Read before the page is made: what changes meanwhile makes the page old, never the other way.
            edition = self._edition()
        except DatabaseError:
            return None
        if edition != self._standing:
            self._pages.clear()
            self._standing, self._bytes = edition, 0
        key = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        page = self._pages.get(key)
        if page is not None and page.is_fresh:
            self._pages.move_to_end(key)
            return page
        answer = self._ask_in_nobodys_name(environ)
        made = public_page(answer.status, answer.headers, answer.body)
        self._forget(key)
        if made is not None and made.seconds:
            self._keep(key, made)
        return made or answer

    def _ask_in_nobodys_name(self, environ: Environ) -> _Answer:
        """Have Django make the page for a request without cookie, agent or address: it cannot be anybody's (P19)."""
        bare = {
            name: value for name, value in environ.items() if name in _NOBODYS or name.startswith("wsgi.")
        }
        bare |= {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO()}
        begun: list[tuple[str, Headers]] = []
        chunks = self._wake(bare, lambda status, headers, *_: begun.append((status, headers)))
        try:
            body = b"".join(chunks)
        finally:
            if close := getattr(chunks, "close", None):
                close()
        return _Answer(*begun[-1], body)

    def _keep(self, key: tuple[str, str], page: PublicPage) -> None:
        self._pages[key] = page
        self._bytes += page.size
        while self._bytes > BYTES_MAX:
            self._forget(next(iter(self._pages)))

    def _forget(self, key: tuple[str, str]) -> None:
        if (page := self._pages.pop(key, None)) is not None:
            self._bytes -= page.size
