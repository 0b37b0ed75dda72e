"""Shows the privacy page of an edited policy beside the one in force, to this machine alone (P0, P42).

A small server of its own, for one merchant at a time: it reads both files anew at each request, opens nothing, and
holds nothing personal.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape

from microkitten.config.processes import SOURCE, environment
from microkitten.policy import Policy, PolicyError, load, past, versions
from microkitten.policy.diff import Difference, compared, diff
from microkitten.policy.render import Page, PageStatement, page
from microkitten.policy.wording import Company

ADDRESS: Final = "127.0.0.1"
STATIC: Final = SOURCE / "microkitten/web/static"
TEMPLATE: Final = Path(__file__).with_name("preview.html")
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; script-src 'none'; frame-src 'self'; frame-ancestors 'self'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
STYLE: Final = """\
.previewing main { max-inline-size: none; padding-block: var(--s5); }
.previewing header { margin-block-end: var(--s6); }
.previewing li + li { margin-block-start: var(--s4); }
.told { display: grid; gap: 0 var(--s6); grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.previewing pre { overflow-x: auto; padding: var(--s2); background: var(--paper-2); }
.panes { display: grid; gap: var(--s4); }
.panes h2 { font-size: var(--t1); margin-block-end: var(--s2); }
.panes iframe { inline-size: 100%; block-size: 85vh; border: 1px solid var(--line); border-radius: 3px; }
@media (min-width: 70rem) { .panes:not(.one) { grid-template-columns: 1fr 1fr; } }
"""
MARKS: Final = """\
del { color: var(--rose); text-decoration-thickness: 1px; }
ins { background: var(--sea-ground); text-decoration-color: var(--sea); }
"""
_SIGNED: Final = {"-": Markup("<del>{}</del>"), "+": Markup("<ins>{}</ins>")}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A problem of the edited file, with the line it stands in."""

    line: int
    message: str
    hint: str
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """Both policies as they stand at this moment; `after` is None where the edited file does not load."""

    before: Policy
    after: Policy | None
    found: Difference | None
    problems: tuple[Mistake, ...]


def state(store: Path, file: Path, company: Company) -> State:
    """Read both policies anew. Raises: PolicyError if the one in force cannot be read."""
    before = past.read(versions.in_force(store))
    try:
        after = load(file)
    except PolicyError as error:
        lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
        wrong = tuple(
            Mistake(one.line, one.message, one.hint, lines[one.line - 1] if one.line <= len(lines) else "")
            for one in error.problems
        )
        return State(before, None, None, wrong)
    return State(before, after, diff(before, after, company), ())


def marked(shown: Policy, other: Policy, company: Company, sign: str) -> Page:
    """Lay a policy out with the words that the other one lacks marked: `-` as gone, `+` as new."""
    made, beside = page(shown, company), {one.id: one for one in page(other, company).statements}
    said = {one.id: _marked(one, beside.get(one.id), sign) for one in made.statements}
    chapters = tuple(
        replace(chapter, statements=tuple(said[one.id] for one in chapter.statements))
        for chapter in made.chapters
    )
    return replace(made, statements=tuple(said.values()), chapters=chapters)


def _marked(shown: PageStatement, other: PageStatement | None, sign: str) -> PageStatement:
    def text(part: str) -> str:
        mine, theirs = str(getattr(shown, part)), str(getattr(other, part)) if other else ""
        if mine == theirs:
            return mine
        words = compared(theirs, mine) if sign == "+" else compared(mine, theirs)
        return Markup("").join(
            escape(part) if op == "=" else _SIGNED[sign].format(part)
            for op, part in words
            if op in ("=", sign)
        )

    return replace(shown, title=text("title"), text=text("text"), meaning=text("meaning"))


class Preview:
    """Answers the addresses of the preview: the pages, and the shop's own style, fonts and drawings."""

    def __init__(self, store: Path, file: Path) -> None:
        _set_up(store)
        from microkitten.config.store import read

        self._store, self._file = store, file
        self._company = read(store)[0].answers()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, kind and body of an address."""
        if path == "/preview.css":
            return 200, "text/css", STYLE.encode()
        if path == "/static/shop.css":
            from microkitten.web import styles  # late: of all addresses one needs it

            return 200, "text/css", (styles.assemble() + MARKS).encode()
        if path.startswith("/static/"):
            return self._file_of(path.removeprefix("/static/"))
        if path not in ("/", "/before", "/after"):
            return 404, "text/plain", b"not a part of the preview\n"
        now = state(self._store, self._file, self._company)
        return (
            200,
            "text/html; charset=utf-8",
            (self._whole(now) if path == "/" else self._pane(now, path)).encode(),
        )

    def _whole(self, now: State) -> str:
        from django.template import engines

        context = {"file": self._file.name, "before": now.before, "after": now.after, "found": now.found}
        template = engines["shop"].from_string(TEMPLATE.read_text("utf-8"))
        return str(template.render(context | {"problems": now.problems}))

    def _pane(self, now: State, path: str) -> str:
        from microkitten.policy.render import ENGLISH
        from microkitten.web.page import render

        after = now.after or now.before
        is_new = path == "/after"
        shown, other = (after, now.before) if is_new else (now.before, after)
        made = marked(shown, other, self._company, "+" if is_new else "-")
        context = {"made": made, "say": ENGLISH.say, "yours": None}
        return render(None, "privacy/privacy.html", context).text

    def _file_of(self, name: str) -> tuple[int, str, bytes]:
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            return 404, "text/plain", b"not a part of the preview\n"
        return 200, mimetypes.guess_type(path.name)[0] or "application/octet-stream", path.read_bytes()


def _set_up(store: Path) -> None:
    """Read the shop's settings and templates; static files are served from the package, under their own names."""
    os.environ.update(environment(store, "web"))
    import django  # late: its settings are read from the environment just set
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    django.setup()


def server(preview: Preview, port: int) -> ThreadingHTTPServer:
    """Return the preview's server, bound to this machine; `port` 0 takes a free one."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own = {f"{name}:{here.server_port}" for name in (ADDRESS, "localhost")}
            if self.headers.get("Host") not in own:  # another name that leads here is another site's doing
                self.send_error(421)
                return
            status, kind, body = preview.answer(self.path.partition("?")[0])
            self.send_response(status)
            for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Say nothing: whoever reloads knows it."""

    here = ThreadingHTTPServer((ADDRESS, port), Answering)
    return here


def serve(store: Path, file: Path, port: int, *, say: Callable[[str], Any]) -> None:
    """Serve the preview until it is interrupted. Raises: PolicyError if the policy in force cannot be read."""
    preview = Preview(store, file)
    running = server(preview, port)
    say(
        f"{file.name} beside the policy in force:  http://{ADDRESS}:{running.server_port}/   (Ctrl-C ends it)"
    )
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        say("ended")
    finally:
        running.server_close()
