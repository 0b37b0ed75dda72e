"""The shop's side of the sandbox: whom it trusts, where its bytes go, and what it makes of odd answers (P22, P30)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.outside import Certificates, certificates, shop
from tests.providers.conftest import Pair

from microkitten.providers.cards.sandbox.answers import read_session, read_state
from microkitten.providers.cards.sandbox.client import SandboxProcessor
from microkitten.providers.errors import ProviderError


def test_the_client_trusts_the_named_authority_only(pair: Pair, tmp_path: Path) -> None:
    """Someone else on that port is not the processor."""
    other = certificates(tmp_path / "other")
    key = pair.sandbox.store / "sandbox" / "api.key"
    client = SandboxProcessor(pair.sandbox.origin, key_file=key, authority_file=other.authority)
    with pytest.raises(ProviderError) as refused:
        client.look_up("session_" + "x" * 24)
    assert "SSLError" in str(refused.value)


def test_the_client_follows_no_redirect_and_no_proxy(
    files: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that leads elsewhere is an error; the environment has no say in where the bytes go."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    (tmp_path / "api.key").write_text("sk_" + "x" * 40)
    (tmp_path / "api.key").chmod(0o600)
    with shop(files) as impostor:
        impostor.answers += [302]
        client = SandboxProcessor(
            impostor.origin, key_file=tmp_path / "api.key", authority_file=files.authority
        )
        with pytest.raises(ProviderError) as refused:
            client.void("session_" + "x" * 24)
        assert str(refused.value).startswith("sandbox answered 302")
        assert len(impostor.came) == 1
        assert "proxy" not in str(refused.value).lower()


def test_away_is_passing_and_a_key_that_all_can_read_is_told(files: Certificates, tmp_path: Path) -> None:
    """The queue tries again; the merchant reads why."""
    key = tmp_path / "api.key"
    client = SandboxProcessor("https://127.0.0.1:1", key_file=key, authority_file=files.authority)
    for prepare in (lambda: None, lambda: key.write_text("sk_" + "x" * 40), lambda: key.chmod(0o604)):
        prepare()
        with pytest.raises(ProviderError) as refused:
            client.look_up("session_" + "x" * 24)
        assert not refused.value.permanent
    assert "can be read by anyone" in str(refused.value)
    with pytest.raises(ValueError, match="https"):
        SandboxProcessor("http://127.0.0.1:1", key_file=key)


CARD = {"brand": "visa", "last4": "4242", "expiry": "2031-08", "token": "card_abcdefgh"}
STATE = {
    "status": "authorized",
    "amount_minor": 5,
    "currency": "USD",
    "reference": "REFERENCE",
    "captured_minor": 0,
}


def test_a_sound_answer_is_read() -> None:
    """The control for the test below."""
    state = read_state({**STATE, "card": CARD})
    assert state.card is not None
    assert state.card.last4 == "4242"
    assert read_state(STATE).card is None


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "paid"}, {"status": None}, {"amount_minor": 5.0}, {"amount_minor": True}, {"amount_minor": -1},
        {"currency": "usd"}, {"reference": "Anna Canary"}, {"captured_minor": "0"}, {"card": "4242424242424242"},
        {"card": {**CARD, "last4": "4242424242424242"}}, {"card": {**CARD, "token": "card_4242424242424242"}},
        {"card": {**CARD, "brand": "4242424242424242"}}, {"card": {**CARD, "expiry": "4242424242424242"}}, {"card": {}},
    ],
)  # fmt: skip
def test_an_answer_with_anything_odd_is_not_taken(odd: dict[str, object]) -> None:
    """Above all no card number, whichever field it hides in; and the error quotes none."""
    with pytest.raises(ProviderError) as refused:
        read_state({**STATE, "card": CARD, **odd})
    assert refused.value.permanent
    assert "4242424242424242" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://evil.example/pay/session_abcdefgh", "javascript:alert(1)", "", None]
)
def test_a_page_elsewhere_is_not_handed_out(url: object) -> None:
    """The customer is sent to the processor's own origin or nowhere."""
    with pytest.raises(ProviderError):
        read_session({"id": "session_abcdefgh", "url": url}, "https://127.0.0.1:8444")
