"""The preview of an edited policy: both pages side by side, to this machine alone (P0, P42)."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from microkitten.config import founding
from microkitten.config.processes import environment

START_SECONDS_MAX = 30


class Shown:
    """A running preview, and the file it shows."""

    def __init__(self, address: str, file: Path) -> None:
        self.address, self.file, self.good = address, file, file.read_text("utf-8")

    def edit(self, *changes: tuple[str, str]) -> None:
        """Save the file with changes to how it was at first."""
        text = self.good
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        self.file.write_text(text, "utf-8")

    def get(self, path: str) -> requests.Response:
        """Load an address as a browser does."""
        return requests.get(f"{self.address}{path}", timeout=10)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A preview of a copy of a founded store's policy, in a process of its own."""
    store = tmp_path_factory.mktemp("preview") / "store"
    founding.found(store, founding.sample_plan(8443))
    (store / "secret.key").write_text("of a store that never ran", "ascii")
    file = store.parent / "edited.toml"
    file.write_bytes((store / "policy.toml").read_bytes())
    command = [
        sys.executable,
        "-m",
        "microkitten",
        "policy",
        "preview",
        str(file),
        "--store",
        str(store),
        "--port",
        "0",
    ]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(store, ""))
    try:
        assert running.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
        assert found, "it did not say where"
        yield Shown(found[0], file)
    finally:
        running.terminate()
        running.wait(10)


def test_each_reload_shows_the_file_as_it_is_now(shown: Shown) -> None:
    """Save, reload, read: words, rights and lists follow within the answer to one request (figure 22: 2 s)."""
    shown.edit()
    assert "The same sentences, rights and lists" in shown.get("/").text
    began = time.monotonic()
    shown.edit(
        ("You pay what you saw, once.", "You pay what you saw, <once> & only."),
        ('actors = ["web:orders"]', 'actors = ["web:checkout"]'),
    )
    whole, before, after = (shown.get(path).text for path in ("/", "/before", "/after"))
    assert time.monotonic() - began < 2
    assert "the checkout page may compare" in whole
    assert whole.index("What the program may do") < whole.index("Sentences") < whole.index("<iframe")
    assert '<a href="/after#P14" target="after">' in whole
    assert "saw, <del>once.</del>" in before
    assert "saw, <ins>&lt;once&gt; &amp; only.</ins>" in after
    assert "<del>" not in after
    assert "<ins>" not in before


def test_mistakes_are_shown_with_their_lines(shown: Shown) -> None:
    """While the page in force stays beside them, and the next good file is shown again."""
    shown.edit(('act = "compare"', 'act = "compaer"'))
    line = next(
        number for number, text in enumerate(shown.file.read_text().splitlines(), 1) if "compaer" in text
    )
    whole = shown.get("/").text
    assert f"<strong>Line {line}:</strong> unknown act" in whole
    assert "did you mean &#39;compare&#39;?" in whole
    assert 'src="/before"' in whole
    assert 'src="/after"' not in whole
    shown.edit()
    assert 'src="/after"' in shown.get("/").text


def test_it_looks_like_the_shop_and_needs_no_script(shown: Shown) -> None:
    """The shop's own style and letters; scripts are barred, nothing is kept."""
    page = shown.get("/")
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    links = set(
        re.findall(
            r'(?:href|src)="(/(?:static|preview)[^"#]+)"', shown.get("/").text + shown.get("/after").text
        )
    )
    assert {"/static/shop.css", "/preview.css", "/static/fonts/bricolage.woff2"} <= links
    assert {link: shown.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_nobody_else_can_ask(shown: Shown) -> None:
    """Bound to this machine; a foreign name that leads here, and a file outside, are refused."""
    port = int(shown.address.rpartition(":")[2])
    assert requests.get(shown.address, headers={"Host": "evil.example"}, timeout=10).status_code == 421
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"GET /static/../settings.py HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert line.recv(64).startswith(b"HTTP/1.0 404")
    here = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in here - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError):  # noqa: PT011 # refused or unreachable, as the machine says it
            socket.create_connection((address, port), timeout=2).close()
