"""A browser whose every answer goes onto the tape, with who asked and what they had sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from django.urls import Resolver404, resolve

from tests.buying import Shopper
from tests.canaries.law import Answer, Who
from tests.canaries.tape import Tape, unbrotlied
from tests.running import RunningStore

NOBODY = Who("nobody")


def route_of(path: str) -> tuple[str, str, dict[str, object]]:
    """Return pattern, name and arguments of an address by the running code's own list; empty if it is on none."""
    try:
        found = resolve(path)
    except Resolver404:
        return "", "", {}
    return found.route, found.url_name or "", dict(found.kwargs)


class Recorder:
    """Makes browsers of one store, and notes which pattern was asked for by whom with what result."""

    def __init__(self, store: RunningStore, tape: Tape | None) -> None:
        self.store, self.tape = store, tape
        self.visits: dict[str, dict[str, set[int]]] = {}
        self.methods: dict[str, set[str]] = {}
        self.answers = 0
        self.on_page: Callable[[requests.Response, Who], None] = lambda *_: None

    def shopper(self, who: Who = NOBODY) -> Shopper:
        """Return a browser without cookies; `shopper.session.who` may be changed later."""
        session = self.store.session()
        session.who = who  # type: ignore[attr-defined] # a browser is somebody's
        session.hooks["response"].append(self._record(session))
        return Shopper(session, self.store.address)

    def _record(self, session: requests.Session) -> Callable[..., None]:
        def record(answer: requests.Response, **_: object) -> None:
            self._note(answer, session.who)  # type: ignore[attr-defined] # set above
            self.on_page(answer, session.who)  # type: ignore[attr-defined] # set above

        return record

    def _note(self, answer: requests.Response, who: Who) -> None:
        self.answers += 1
        url = urlsplit(str(answer.request.url))
        is_ours = str(answer.request.url).startswith(self.store.address + "/")
        route, name, arguments = route_of(url.path) if is_ours else ("", "", {})
        if is_ours:
            self.visits.setdefault(route, {}).setdefault(who.name, set()).add(answer.status_code)
            self.methods.setdefault(route, set()).add(str(answer.request.method))
        if self.tape is None:
            return
        body = answer.content
        sent = sent_by(answer.request) | {key: str(value) for key, value in arguments.items()}
        told = answer.headers
        text = body.decode("utf-8", "replace")
        about = {
            "who": who, "route": name, "sent": sent,
            "is_sealed": "no-store" in told.get("Cache-Control", ""),
            "is_marked": "noindex" in told.get("X-Robots-Tag", "")
            and ("<html" not in text or "Opened for this page" in text),
            "cookies": cookies_set(answer),
            "path": unquote(str(answer.request.url)) if route.startswith("staff/") and answer.is_redirect else "",
        }  # fmt: skip
        where = f"{answer.request.method} {url.path} for {who.name}, {answer.status_code}"
        channel = "answers" if is_ours else "processor's pages"
        if not is_ours:
            about = about | {"route": "processor", "is_sealed": True}
        head = "\n".join(f"{key}: {value}" for key, value in answer.raw.headers.items())
        self.tape.add(
            f"{channel}, headers", where, f"{answer.reason}\n{head}".encode(),
            Answer(part="headers", **about),  # type: ignore[arg-type] # named above
        )  # fmt: skip
        self.tape.add(channel, where, body, Answer(part="body", **about))  # type: ignore[arg-type] # named above


def sent_by(request: requests.PreparedRequest) -> dict[str, str]:
    """Return what a request said, value by name: query, form, JSON and cookies."""
    told = dict(parse_qsl(urlsplit(str(request.url)).query))
    body = request.body or b""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    kind = request.headers.get("Content-Type", "")
    if "urlencoded" in kind:
        told |= dict(parse_qsl(text, keep_blank_values=True))
    elif "json" in kind:
        parsed = json.loads(text)
        told |= {key: str(value) for key, value in parsed.items()} if isinstance(parsed, dict) else {}
    for pair in request.headers.get("Cookie", "").split("; "):
        name, _, value = pair.partition("=")
        told[name] = value
    return told


def cookies_set(answer: requests.Response) -> dict[str, str]:
    """Return the cookies that an answer sets."""
    found = {}
    for line in answer.raw.headers.getlist("Set-Cookie"):
        name, _, rest = line.partition("=")
        found[name] = rest.partition(";")[0].strip('"')
    return found


def raw_body(session: requests.Session, url: str, encoding: str) -> tuple[bytes, bytes, str]:
    """Ask for a page compressed in one way; returns its bytes on the wire, unpacked, and how they say they are."""
    answer = session.get(url, headers={"Accept-Encoding": encoding}, stream=True, timeout=20)
    wire = answer.raw.read(decode_content=False)
    how = answer.headers.get("Content-Encoding", "")
    if how == "br":
        return wire, unbrotlied(wire), how
    return wire, wire, how  # gzip is known by its sign
