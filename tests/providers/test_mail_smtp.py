"""Mail by SMTP: encrypted or not at all, and honest about which failures are for good (P25, P36)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from tests.fakes.test_mail import SENDER, Inbox, message, serve_mail, to
from tests.outside import Certificates, certificates, free_port

from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import smtp as module
from microkitten.providers.mail.smtp import SmtpMailer

Serve = Callable[..., tuple[Inbox, Controller]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start mail servers, and stop them at the end."""
    running: list[Controller] = []

    def start(files: Certificates | None = None, **options: Any) -> tuple[Inbox, Controller]:
        inbox = Inbox()
        running.append(serve_mail(inbox, files, **options))
        return inbox, running[-1]

    yield start
    for server in running:
        server.stop()


def failure(mailer: SmtpMailer, email: str = "anna@customer.example") -> ProviderError:
    """Send and return the error, which names nobody."""
    about = message()
    with pytest.raises(ProviderError) as refused:
        mailer.send(to(about, email=email), about)
    assert "customer" not in str(refused.value)
    assert "anna" not in str(refused.value).lower()
    return refused.value


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("550 <anna@customer.example> unknown", True),
        ("554 spam", True),
        ("452 full", False),
        ("451 later", False),
    ],
)
def test_a_refusal_is_for_good_or_for_now(serve: Serve, answer: str, permanent: bool) -> None:
    """The queue gives up on 5xx and waits on 4xx; what the server says of the address stays out."""
    inbox, server = serve()
    inbox.refuse = answer
    error = failure(SmtpMailer("127.0.0.1", SENDER, port=server.port))
    assert error.permanent is permanent
    assert answer[:3] in str(error)


@pytest.mark.parametrize(("answer", "permanent"), [("550 nobody here", True), ("450 greylisted", False)])
def test_a_refused_recipient_too(serve: Serve, answer: str, permanent: bool) -> None:
    """Most servers refuse here already."""
    inbox, server = serve()

    async def refuse(*_: object) -> str:
        return answer

    inbox.handle_RCPT = refuse  # type: ignore[attr-defined]  # the server looks for it by this name
    server.handler = inbox
    assert failure(SmtpMailer("127.0.0.1", SENDER, port=server.port)).permanent is permanent


def test_a_server_that_is_away_is_passing() -> None:
    """Nobody answers, or somebody who speaks no SMTP."""
    assert not failure(SmtpMailer("127.0.0.1", SENDER, port=free_port())).permanent
    with socket.create_server(("127.0.0.1", 0)) as dumb:
        dumb.settimeout(0)
        mailer = SmtpMailer("127.0.0.1", SENDER, port=dumb.getsockname()[1])
        before, module._TIMEOUT_SECONDS = module._TIMEOUT_SECONDS, 0.2
        try:
            assert not failure(mailer).permanent
        finally:
            module._TIMEOUT_SECONDS = before


def test_nothing_leaves_this_machine_in_the_clear(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server elsewhere that offers no encryption gets nothing, not even the address."""
    inbox, server = serve()
    monkeypatch.setattr(module, "_is_loopback", lambda host: False)
    error = failure(SmtpMailer("127.0.0.1", SENDER, port=server.port))
    assert not error.permanent
    assert inbox.kept == []


def test_a_password_is_not_sent_in_the_clear(serve: Serve, tmp_path: Path) -> None:
    """Not even to this very machine."""
    heard: list[object] = []

    def listen(*given: object) -> AuthResult:
        heard.append(given)
        return AuthResult(success=True)

    inbox, server = serve(auth_require_tls=False, authenticator=listen)
    (tmp_path / "password").write_text("s3cret\n")
    failure(
        SmtpMailer("127.0.0.1", SENDER, port=server.port, user="shop", password_file=tmp_path / "password")
    )
    assert heard == []
    assert inbox.kept == []


@pytest.mark.parametrize(("password", "arrives"), [("s3cret", 1), ("wrong", 0)])
def test_a_password_is_read_from_a_file(
    serve: Serve, files: Certificates, tmp_path: Path, password: str, arrives: int
) -> None:
    """A wrong one is passing: the merchant can mend it, and no mail is lost meanwhile."""

    def check(*args: Any) -> AuthResult:
        given: LoginPassword = args[4]
        return AuthResult(success=(given.login, given.password) == (b"shop", b"s3cret"), handled=False)

    inbox, server = serve(files, authenticator=check, auth_required=True)
    (tmp_path / "password").write_text(password + "\n")
    mailer = SmtpMailer(
        "localhost", SENDER, port=server.port, user="shop", password_file=tmp_path / "password",
        authority_file=files.authority,
    )  # fmt: skip
    if arrives:
        about = message()
        mailer.send(to(about), about)
    else:
        error = failure(mailer)
        assert not error.permanent
        assert "wrong" not in str(error)
    assert len(inbox.kept) == arrives


def test_a_certificate_by_another_authority_is_refused(
    serve: Serve, files: Certificates, tmp_path: Path
) -> None:
    """Somebody in between is not the mail server."""
    inbox, server = serve(files)
    other = certificates(tmp_path / "other").authority
    error = failure(SmtpMailer("localhost", SENDER, port=server.port, authority_file=other))
    assert not error.permanent
    assert inbox.kept == []


def test_an_address_in_another_script_needs_a_server_that_takes_it(serve: Serve) -> None:
    """Else it is a clear and final error, not a garbled address."""
    inbox, server = serve(enable_SMTPUTF8=False)
    about = message()
    with pytest.raises(ProviderError, match="script") as refused:
        SmtpMailer("127.0.0.1", SENDER, port=server.port).send(
            to(about, email="用户@customer.example"), about
        )
    assert refused.value.permanent
    assert inbox.kept == []


def test_a_bad_farewell_does_not_make_a_second_mail(serve: Serve) -> None:
    """The message was taken; what the server says to QUIT changes nothing."""
    inbox, server = serve()

    async def rude(*_: object) -> str:
        return "421 go away"

    inbox.handle_QUIT = rude  # type: ignore[attr-defined]  # the server looks for it by this name
    about = message()
    SmtpMailer("127.0.0.1", SENDER, port=server.port).send(to(about), about)
    assert len(inbox.kept) == 1
