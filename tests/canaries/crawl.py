"""The crawl that finds pages and forms by itself: by links, and by the running code's own list of addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit
from uuid import uuid4

import requests
from django.urls import URLPattern, URLResolver, get_resolver

from tests.buying import Shopper
from tests.canaries.client import Recorder, route_of
from tests.canaries.law import Law, Who
from tests.canaries.pages import Asking, Input, Page
from tests.canaries.tokens import Mint

PAGES_OF_A_PATTERN_MAX = 2
GOODS = "staff/goods/"  # the back office of the goods: what is typed there is published
# Patterns that nobody can be shown anything at, and why.
SKIPPED = {
    "staff/goods/login/": "stands behind the shop's own pattern of the same address",
    "staff/goods/logout/": "stands behind the shop's own pattern of the same address",
    "staff/goods/password_change/": "answers that there is no such page: nobody has a password",
    "staff/goods/password_change/done/": "there is no password, so nothing leads here",
    "staff/goods/r/<path:content_type_id>/<path:object_id>/": "leads to an object's own page; goods have none there",
    "staff/goods/autocomplete/": "no input of the back office completes by itself",
    "staff/goods/(?P<url>.*)$": "catches what is no page of the back office",
}
DELETES = re.compile(r"/(delete|logout)/")


@dataclass
class Visitor:
    """Somebody who crawls: a browser, where to begin, how to tell that they still are who they were."""

    who: Who
    shopper: Shopper
    starts: list[str]
    still: Callable[[Shopper], bool] = lambda _: True
    again: Callable[[], Shopper] | None = None
    forms: dict[object, Asking] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)


class Crawl:
    """Visits everything as several people, and fills what it finds."""

    def __init__(self, recorder: Recorder, mint: Mint, law: Law) -> None:
        self.recorder, self.mint, self.law = recorder, mint, law
        self.assets: set[str] = set()
        self.forms: dict[str, set[int]] = {}
        self._at = recorder.store.address
        self._visitor: Visitor | None = None
        recorder.on_page = self._read

    # Pages

    def pages(self, visitor: Visitor) -> None:
        """Follow links from the visitor's starts until there is nothing new."""
        self._visitor, self._queue = visitor, list(visitor.starts)
        seen: set[str] = set()
        while self._queue:
            address = self._queue.pop(0)
            if address in seen:
                continue
            seen.add(address)
            with suppress(requests.TooManyRedirects):
                visitor.shopper.get(address)
        self._visitor = None

    def _read(self, answer: requests.Response, who: Who) -> None:
        """Take links and forms from whatever anybody was shown, if it is a page."""
        visitor = self._visitor
        if visitor is None or "html" not in answer.headers.get("Content-Type", ""):
            return
        if not str(answer.url).startswith(self._at):
            return
        page = Page(str(answer.url), answer.text)
        for form in page.forms:
            if form.action.startswith(self._at):
                visitor.forms.setdefault(form.shape, form)
        for link in page.links:
            self._found(visitor, link.partition("#")[0])

    def _found(self, visitor: Visitor, link: str) -> None:
        if not link.startswith(self._at + "/"):
            return
        path = urlsplit(link).path
        route, name, _ = route_of(path)
        if not route and path.startswith("/static/") or name == "media":
            if link not in self.assets:
                self.assets.add(link)
                self._queue.append(link)
            return
        known = visitor.examples.setdefault(route, [])
        if link not in known and len(known) < PAGES_OF_A_PATTERN_MAX:
            known.append(link)
            self._queue.append(link)

    # Every pattern, whether anything leads to it or not

    def assault(self, visitor: Visitor) -> None:
        """Ask at every pattern of the code with what nobody asked for: query, headers, keys, JSON, files, methods."""
        for route in patterns():
            if DELETES.search(f"/{route}"):
                continue
            address = next(iter(visitor.examples.get(route, [])), "") or self._at + self._made_up(route)
            self._attack(visitor, route, address)
            if not visitor.still(visitor.shopper) and visitor.again:
                visitor.shopper = visitor.again()

    def _made_up(self, route: str) -> str:
        """Return an address of a pattern; where it takes words, they are canaries."""

        def part(found: re.Match[str]) -> str:
            kind = found[1].partition(":")[0]
            if kind == "int":
                return "1"
            return str(uuid4()) if kind == "uuid" else quote(self._word(f"path of {route}"))

        # Django's own lists have regular expressions: the first of several words, or a word of ours for anything.
        plain = re.sub(r"\(\?P<\w+>(\w+)\|[^)]*\)", r"\1", route)
        plain = re.sub(r"\(\?P<\w+>[^)]*\)", "nowhere", plain).replace("^", "").replace("$", "")
        return "/" + re.sub(r"<([^>]+)>", part, plain)

    def _word(self, name: str) -> str:
        return self.mint.word(self.mint.free(name))

    def _attack(self, visitor: Visitor, route: str, address: str) -> None:
        session = visitor.shopper.session

        def word(how: str) -> str:
            return self._word(f"{how} at {route}")

        def ask(method: str, to: str, **more: object) -> None:
            for _ in range(2):  # a connection may end between two requests
                with suppress(requests.ConnectionError):
                    session.request(method, to, timeout=30, allow_redirects=False, **more)  # type: ignore[arg-type] # named as requests names them
                    return
            raise AssertionError(f"{method} {to} was not answered")

        glue = "&" if "?" in address else "?"
        odd = {name: f"Mozilla/5.0 {word(name)}" for name in ("User-Agent", "X-Forwarded-For", "X-Any")}
        odd["Referer"] = f"{self._at}/{word('Referer')}"
        ours = {"Origin": self._at}
        ask("GET", f"{address}{glue}email={word('query')}&{word('query key')}=1", headers=odd)
        ask("POST", address, data={"email": word("key"), word("key name"): "1"}, headers=ours)
        if route.startswith(GOODS) and "staff" not in visitor.who.holds:
            return  # they are all turned away at the same door
        ask("POST", address, json={"name": word("JSON"), word("JSON key"): [word("JSON list")]}, headers=ours)
        ask("POST", address, files={"file": (word("file name"), word("file"))}, headers=ours)
        ask("PUT", address, data=word("PUT"), headers=ours)

    # Forms

    def submit(self, visitor: Visitor) -> None:
        """Fill and send every form that was found, by each of its buttons, with inputs nobody asked for as well."""
        forms = [form for form in visitor.forms.values() if not DELETES.search(form.action)]
        # Whoever signs out is nobody afterwards: what ends something comes last.
        # Whoever is erased has nothing to show afterwards either: that comes last of all.
        ends = ("sign-out", "choice", "forgetting", "erasure")
        for form in sorted(
            forms, key=lambda form: max(map(form.action.count, ends)) + ("erasure" in form.action)
        ):
            for button in form.buttons or [Input("", "submit", "")]:
                self._send(visitor, form, button)
            if not visitor.still(visitor.shopper) and visitor.again:
                visitor.shopper = visitor.again()

    def _send(self, visitor: Visitor, form: Asking, button: Input) -> None:
        route = route_of(urlsplit(form.action).path)[0]
        typist = crawls_as(visitor.who)
        values = {one.name: self._filled(one, route, typist) for one in form.inputs}
        if button.name:
            values[button.name] = button.value
        token = visitor.shopper.session.cookies.get("__Host-csrf")
        ours = {"Origin": self._at, "Referer": form.page, "X-CSRFToken": token or ""}
        ask = {"headers": ours, "timeout": 60}
        if form.method == "get":
            answer = visitor.shopper.session.get(form.action, params=values, **ask)
        else:
            surplus = {
                "email": self._word(f"surplus key at {route}"),
                self._word(f"surplus name at {route}"): "1",
            }
            answer = visitor.shopper.session.post(form.action, data=surplus | values, **ask)
        first = answer.history[0] if answer.history else answer
        self.forms.setdefault(f"{form.method} {route} {button.name}".strip(), set()).add(first.status_code)

    def _filled(self, one: Input, route: str, typist: str) -> str:
        """Return what a person made of tokens would type; in the back office what is there already."""
        if route.startswith(GOODS) or one.kind in {
            "hidden",
            "radio",
            "checkbox",
            "number",
            "range",
            "file",
            "date",
        }:
            return one.value or ("1" if one.kind == "number" else "")
        if one.kind == "select":
            return one.value or next((option for option in one.options if option), "")
        fields = sorted(self.law.fields_of_input(one.name))
        field_name = fields[0] if fields else ""
        name = self.mint.free(f"{one.name} at {route}")
        if one.kind == "tel" or one.autofill.endswith("tel"):
            return self.mint.phone(name, field=field_name, person=typist)
        form = "{}@mail.example.com" if one.kind == "email" else "{}"
        return self.mint.word(name, form, field=field_name, person=typist)

    # What is left

    def unvisited(self, people: list[str]) -> list[str]:
        """Return the patterns that somebody never asked for, or that never answered but that there is nothing."""
        missing = []
        for route in patterns():
            if route in SKIPPED or DELETES.search(f"/{route}"):
                continue
            by = self.recorder.visits.get(route, {})
            missing += [f"/{route} was not asked for as {name}" for name in people if name not in by]
            statuses = {status for some in by.values() for status in some}
            if statuses <= {404, 405}:
                missing.append(f"/{route} never showed anything ({sorted(statuses)}): nothing leads to it")
        return missing


def crawls_as(who: Who) -> str:
    """Return the person whose data it is that the crawl types as somebody: what they put right is shown to them."""
    return f"crawl as {who.name}"


def patterns() -> list[str]:
    """Return every pattern of the running code, those first that are asked first."""
    return list(dict.fromkeys(_walk(get_resolver(), "")))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).removeprefix("^")  # as a found address names its pattern
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _walk(entry, route)
