"""P36: everything travels encrypted; the plain port redirects and does nothing else."""

import socket
import ssl
import threading
import warnings
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.outside import certificates
from tests.promises.outsider import Bought, Outsider, canary, cookies_of


def client(version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return a browser that speaks this one version and believes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


def speaks(port: int, version: ssl.TLSVersion) -> str | None:
    """Return the version agreed upon, or None if the other side refuses."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as line:
        try:
            with client(version).wrap_socket(line, server_hostname="localhost") as secured:
                return secured.version()
        except (ssl.SSLError, ConnectionError):
            return None


@pytest.mark.shows("lock.tls")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_are_refused(shop: Outsider, version: ssl.TLSVersion, tmp_path: Path) -> None:
    """Lock: a browser that speaks only that gets no page; and another server shows that it does speak it."""
    files = certificates(tmp_path / "old")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(files.certificate, files.key)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = version
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def greet() -> None:
            line, _ = listener.accept()
            with line, old.wrap_socket(line, server_side=True):
                pass

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        if speaks(listener.getsockname()[1], version) is None:
            pytest.skip(f"this machine's OpenSSL cannot speak {version.name} at all")
        thread.join(5)
    assert speaks(shop.store.port, version) is None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_present_versions_are_spoken(shop: Outsider, version: ssl.TLSVersion) -> None:
    """Feature: TLS 1.2 and 1.3, as the sentence says."""
    assert speaks(shop.store.port, version) == version.name.replace("_", ".")
    assert "TLS 1.2 or newer" in shop.sentence("P36")


@pytest.mark.shows("lock.tls")
@pytest.mark.parametrize("path", ["/", "/checkout", "/orders/AAAA-BBBB", "/staff/sign-in", "/privacy"])
def test_the_plain_port_only_redirects(either: Outsider, path: str) -> None:
    """Lock: no cookie, no page, no form; just the encrypted address of the same page."""
    url = f"http://localhost:{either.store.port + 2}{path}"
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 301
    assert answer.headers["Location"] == either.address + path
    assert "Set-Cookie" not in answer.headers
    assert answer.content == b""


def test_a_form_sent_in_the_clear_is_not_read(shop: Outsider) -> None:
    """Attack: a name posted to the plain port; it is sent on unread and kept nowhere."""
    word = canary()
    url = f"http://localhost:{shop.store.port + 2}/checkout"
    answer = requests.post(url, data={"name": word}, allow_redirects=False, timeout=10)
    assert answer.status_code == 308
    assert word not in str(answer.headers) + answer.text
    assert shop.traces([word]) == []


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost.elsewhere.example", "", "localhost@elsewhere.example"]
)
def test_the_plain_port_leads_nowhere_else(shop: Outsider, host: str) -> None:
    """Attack: a forged host name does not make it an open redirect."""
    with closing(socket.create_connection(("127.0.0.1", shop.store.port + 2), timeout=10)) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = line.recv(4096).decode()
    assert answer.split()[1] == "400"
    assert "elsewhere" not in answer


def test_the_clear_is_not_answered_on_the_encrypted_port(shop: Outsider, bought: Bought) -> None:
    """Attack: plain HTTP spoken to the shop's own port gets no page."""
    with closing(socket.create_connection(("127.0.0.1", shop.store.port), timeout=10)) as line:
        line.sendall(f"GET /orders/{bought.number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        try:
            answer = line.recv(4096)
        except ConnectionError:
            answer = b""
    assert b"200 OK" not in answer
    assert b"<html" not in answer


def test_browsers_are_told_to_stay_encrypted(either: Outsider) -> None:
    """Lock: every answer says so for at least a day, and every cookie is for encrypted connections alone."""
    guest = either.visit()
    for path in ("/", "/cart", "/privacy", "/missing"):
        answer = guest.get(path)
        found = answer.headers["Strict-Transport-Security"]
        assert int(found.partition("max-age=")[2].split(";")[0]) >= 86_400
        assert all("secure" in marks for marks in cookies_of(answer).values())
    page = guest.add("felt-mouse")
    assert cookies_of(page)
    assert all("secure" in marks and name.startswith("__Host-") for name, marks in cookies_of(page).items())


def test_a_header_that_claims_the_clear_or_the_secure_changes_nothing(shop: Outsider, bought: Bought) -> None:
    """Attack: X-Forwarded-Proto and Host from a stranger."""
    for headers in ({"X-Forwarded-Proto": "http"}, {"X-Forwarded-Host": "elsewhere.example"}):
        page = bought.shopper.session.get(
            f"{shop.address}/orders/{bought.number}", headers=headers, timeout=20
        )
        assert "elsewhere" not in page.text
        assert page.headers["Cache-Control"] == "no-store, private"
    forged = shop.visit().session.get(f"{shop.address}/", headers={"Host": "elsewhere.example"}, timeout=20)
    assert forged.status_code == 400
    assert "elsewhere" not in forged.text
