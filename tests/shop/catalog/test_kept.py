"""Pages kept before Django is woken: the same bytes, never anybody's, old as soon as the catalog changes."""

import gzip
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings

from microkitten.shop.catalog.actions import changed
from microkitten.shop.catalog.models import Edition, Product
from microkitten.shop.visitors import actions as visitors
from microkitten.shop.visitors.middleware import set_cookies
from microkitten.vault.types import VaultAway
from microkitten.web import kept
from microkitten.web.kept import KeptPages
from tests.shop.goods import NOW, a_product

pytestmark = pytest.mark.django_db

HOST = "localhost:8443"
COOKIE = "A" * 22
ADDRESSES = ["/", "/catalog/", "/catalog/play/", "/products/felt-mouse", "/privacy"]


class Site:
    """The layer over the real application; `woken` counts how often Django was."""

    def __init__(self) -> None:
        from django.core.handlers.wsgi import WSGIHandler  # late: both look for the static files' folder

        from microkitten.config.wsgi import PUBLIC

        self._django = WSGIHandler()
        self.woken: list[dict[str, Any]] = []
        self.pages = KeptPages(
            self._wake, host=HOST, addresses=PUBLIC, edition=Edition.current, cookies=set_cookies
        )

    def _wake(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.woken.append(environ)
        return self._django(environ, start_response)

    def ask(
        self, path: str, query: str = "", method: str = "GET", **headers: str
    ) -> tuple[str, dict[str, str], bytes]:
        """Return status, headers and body, as the server would get them."""
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "8443", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": HOST,
            "wsgi.url_scheme": "https", "wsgi.input": BytesIO(), "wsgi.errors": None, "REMOTE_ADDR": "192.0.2.1",
            "HTTP_USER_AGENT": "Mozilla/5.0", **headers,
        }  # fmt: skip
        told: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self.pages(environ, lambda status, headers, *_: told.append((status, headers)))
        body = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
        return told[-1][0], dict(told[-1][1]), body


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A shop with one product, in front of which pages are kept; no request ends the test's own connection."""
    from django.core import signals
    from django.db import close_old_connections

    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["localhost"])
    monkeypatch.setattr(visitors, "assign", lambda: "B" * 22)
    a_product(tmp_path)
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield Site()
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_second_asking_does_not_wake_django(site: Site, address: str) -> None:
    """Whoever asks: with a cookie, with another, with none; all get the same bytes and headers of protection."""
    first = site.ask(address, HTTP_COOKIE=f"__Host-visitor={COOKIE}")
    second = site.ask(address, HTTP_COOKIE=f"__Host-visitor={'C' * 22}; __Host-cart=x")
    robot = site.ask(address, HTTP_USER_AGENT="")
    assert len(site.woken) == 1
    assert first[0] == second[0] == robot[0] == "200 OK"
    assert first[2] == second[2] == robot[2]
    for name in (
        "Content-Security-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "Referrer-Policy",
    ):
        assert first[1][name] == robot[1][name]


def test_what_is_kept_is_made_for_nobody(site: Site) -> None:
    """The request that makes a page has no cookie, no agent, no address, no signal (P19)."""
    site.ask("/", HTTP_COOKIE=f"__Host-visitor={COOKIE}", HTTP_REFERER="https://localhost:8443/cart")
    (asked,) = site.woken
    assert {name for name in asked if name.startswith(("HTTP_", "REMOTE_"))} == {"HTTP_HOST"}


def test_the_cookie_goes_on_outside_of_what_is_kept(site: Site) -> None:
    """Renewed for who has one, with the answer said to be theirs; given to who is new, but not to robots."""
    site.ask("/", HTTP_USER_AGENT="")
    known = site.ask("/", HTTP_COOKIE=f"__Host-visitor={COOKIE}")[1]
    assert known["Set-Cookie"].startswith(f"__Host-visitor={COOKIE}; ")
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert part in known["Set-Cookie"]
    assert known["Cache-Control"] == "private, no-cache"
    assert len(site.woken) == 1
    robot = site.ask("/", HTTP_USER_AGENT="")[1]
    assert (robot["Cache-Control"], "Set-Cookie" in robot) == ("public, max-age=60", False)
    assert len(site.woken) == 1
    new = site.ask("/")[1]
    assert new["Set-Cookie"].startswith(f"__Host-visitor={'B' * 22}; ")
    for no in ({"HTTP_SEC_GPC": "1"}, {"HTTP_COOKIE": "__Host-choice=no"}):
        assert "Set-Cookie" not in site.ask("/", **no)[1]
    assert len(site.woken) == 1


def test_a_no_takes_the_cookie_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The opt-out signal with a cookie reaches the vault, kept page or not (P8)."""
    forgotten: list[str] = []
    monkeypatch.setattr(visitors, "forget", forgotten.append)
    site.ask("/", HTTP_USER_AGENT="")
    told = site.ask("/", HTTP_COOKIE=f"__Host-visitor={COOKIE}", HTTP_SEC_GPC="1")[1]
    assert forgotten == [COOKIE]
    assert "Max-Age=0" in told["Set-Cookie"]


def test_a_page_needs_no_vault(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the vault away, a page without the cookie is a whole page."""

    def away() -> str:
        raise VaultAway("test")

    monkeypatch.setattr(visitors, "assign", away)
    status, told, body = site.ask("/")
    assert (status, "Set-Cookie" in told, b"Felt mouse" in body) == ("200 OK", False, True)


def test_in_strict_nothing_is_set(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a yes there is no cookie, and no reason to wake Django."""
    monkeypatch.setattr(visitors, "assigns_on_visit", lambda: False)
    site.ask("/")
    assert "Set-Cookie" not in site.ask("/")[1]
    assert len(site.woken) == 1


def test_a_change_of_the_catalog_makes_all_pages_old(site: Site) -> None:
    """The next asking after the edition's change shows it."""
    assert b"Felt mouse" in site.ask("/products/felt-mouse")[2]
    product = Product.objects.get(slug="felt-mouse")
    product.title = "Wool mouse"
    product.save()
    changed(products=[product.pk], at=NOW)
    assert b"Wool mouse" in site.ask("/products/felt-mouse")[2]
    assert b"Wool mouse" in site.ask("/")[2]


def test_each_browser_gets_what_it_can_unpack(site: Site) -> None:
    """Brotli, gzip or plain; each with a tag of its own, and 304 to who has it."""
    plain = site.ask("/", HTTP_USER_AGENT="")
    br = site.ask("/", HTTP_USER_AGENT="", HTTP_ACCEPT_ENCODING="gzip, deflate, br, zstd")
    gz = site.ask("/", HTTP_USER_AGENT="", HTTP_ACCEPT_ENCODING="gzip, br;q=0")
    assert (br[1]["Content-Encoding"], gz[1]["Content-Encoding"]) == ("br", "gzip")
    assert "Content-Encoding" not in plain[1]
    assert brotli.decompress(br[2]) == gzip.decompress(gz[2]) == plain[2]
    tags = {answer[1]["ETag"] for answer in (plain, br, gz)}
    assert len(tags) == 3
    for status, told, body in (plain, br, gz):
        assert status == "200 OK"
        assert (told["Vary"], told["Content-Length"]) == ("Accept-Encoding", str(len(body)))
    same = site.ask(
        "/",
        HTTP_ACCEPT_ENCODING="br",
        HTTP_IF_NONE_MATCH=f'"x", W/{br[1]["ETag"]}',
        HTTP_COOKIE=f"__Host-visitor={COOKIE}",
    )
    assert (same[0], same[2]) == ("304 Not Modified", b"")
    assert "Set-Cookie" in same[1]
    head = site.ask("/", method="HEAD", HTTP_ACCEPT_ENCODING="br")
    assert (head[0], head[1]["Content-Length"], head[2]) == ("200 OK", br[1]["Content-Length"], b"")


def test_other_answers_pass_by(site: Site) -> None:
    """Searches are compressed and not kept; what is missing, private, changed or at another host is Django's."""
    for _ in range(2):
        assert (
            site.ask("/search", "q=mouse", HTTP_ACCEPT_ENCODING="br", HTTP_USER_AGENT="")[1][
                "Content-Encoding"
            ]
            == "br"
        )
    assert len(site.woken) == 2
    assert site.ask("/products/nothing")[0].startswith("404")
    assert len(site.woken) == 3
    assert site.ask("/cart")[1]["Cache-Control"] == "no-store, private"
    assert site.ask("/", method="POST")[0].startswith("403")  # another site's form
    assert site.ask("/", HTTP_HOST="evil.example")[0].startswith("400")
    assert site.woken[-1]["HTTP_HOST"] == "evil.example"


def test_a_question_mark_in_a_path_is_no_query(site: Site) -> None:
    """`/products/felt-mouse%3Fvariant=x` is another address than `/products/felt-mouse?variant=x`."""
    assert site.ask("/products/felt-mouse", "variant=x", HTTP_USER_AGENT="")[0].startswith("200")
    assert site.ask("/products/felt-mouse?variant=x", HTTP_USER_AGENT="")[0].startswith("404")


def test_what_is_kept_is_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Odd addresses push each other out; an endless one is not kept at all."""
    monkeypatch.setattr(kept, "BYTES_MAX", 25_000)
    for number in range(12):
        site.ask("/products/felt-mouse", f"x={number}", HTTP_USER_AGENT="")
    assert 0 < site.pages._bytes <= 25_000
    assert site.pages._bytes == sum(page.size for page in site.pages._pages.values())
    woken = len(site.woken)
    for _ in range(2):
        site.ask("/products/felt-mouse", "x=" + "y" * 600, HTTP_USER_AGENT="")
    assert len(site.woken) == woken + 2


def test_pages_age_with_the_clock(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sale ends by the clock and not by an edition: no page outlives what its view said of it."""
    site.ask("/", HTTP_USER_AGENT="")
    (page,) = site.pages._pages.values()
    monkeypatch.setattr("microkitten.web.bodies.time.monotonic", lambda: page.made + 59)
    assert site.ask("/", HTTP_USER_AGENT="")[1]["Age"] == "59"
    monkeypatch.setattr("microkitten.web.bodies.time.monotonic", lambda: page.made + 61)
    assert site.ask("/", HTTP_USER_AGENT="")[1]["Age"] == "0"
    assert len(site.woken) == 2
