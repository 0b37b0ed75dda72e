"""What a page leads to and asks for: its links and its forms, each input with what a browser knows of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Input:
    """One input of a form."""

    name: str
    kind: str
    value: str
    autofill: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Asking:
    """A form as a browser reads it; `inputs` in their order, `buttons` with their values."""

    page: str
    action: str
    method: str
    inputs: list[Input] = field(default_factory=list)
    buttons: list[Input] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes it another form than those seen: numbers in addresses and names do not."""
        names = sorted({re.sub(r"\d+", "#", one.name) for one in (*self.inputs, *self.buttons)})
        return self.method, re.sub(r"\d+", "#", self.action), tuple(names)


class Page(HTMLParser):
    """Reads one page."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__()
        self.url = url
        self.links: list[str] = []
        self.forms: list[Asking] = []
        self._form: Asking | None = None
        self._open: Input | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and inputs."""
        a = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "hx-get"):
            if a.get(name):
                self.links.append(urljoin(self.url, a[name]))
        for one in a.get("srcset", "").split(","):
            if one.strip():
                self.links.append(urljoin(self.url, one.split()[0]))
        if tag == "form":
            self._form = Asking(
                self.url, urljoin(self.url, a.get("action", "")), a.get("method", "get").lower()
            )
            self.forms.append(self._form)
        if self._form is not None and a.get("name") and "disabled" not in a:
            self._input(tag, a, self._form)
        if tag == "option" and self._open is not None:
            self._open.options.append(a.get("value", ""))
            if "selected" in a:
                self._open.value = a.get("value", "")

    def _input(self, tag: str, a: dict[str, str], form: Asking) -> None:
        kind = a.get("type", "text") if tag == "input" else tag
        made = Input(a["name"], kind, a.get("value", ""), a.get("autocomplete", ""))
        if tag == "button" or kind in {"submit", "image"}:
            form.buttons.append(made)
        elif kind in {"radio", "checkbox"} and "checked" not in a:
            return
        elif tag in {"input", "select", "textarea"}:
            form.inputs.append(made)
            self._open = made if tag in {"select", "textarea"} else None

    def handle_data(self, data: str) -> None:
        """Note what a textarea holds."""
        if self._open is not None and self._open.kind == "textarea":
            self._open.value += data

    def handle_endtag(self, tag: str) -> None:
        """Close what ends."""
        if tag == "form":
            self._form = None
        if tag in {"select", "textarea"}:
            self._open = None


def wrong_inputs(page: str) -> list[str]:
    """Return the inputs beside which a page says that something is wrong: what the drive could not fill."""
    return sorted(set(re.findall(r'id="id_([^"]+?)_error"', page)))
