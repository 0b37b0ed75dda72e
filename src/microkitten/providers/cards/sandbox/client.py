"""The provider for the sandbox: pinned to one origin, sure of its certificate, and deaf to redirects."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from microkitten.providers.cards import Session, SessionState, WebhookNotice, webhooks
from microkitten.providers.cards.bill import bill_of
from microkitten.providers.cards.sandbox import keys
from microkitten.providers.cards.sandbox.answers import read_acknowledgement, read_session, read_state
from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.vault.types import Disclosure

_ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_SESSION_ID = re.compile(r"[a-z_]{1,64}")
_ERROR_WORD = re.compile(r"[a-z_]{1,40}")
_TIMEOUT_SECONDS = (3.05, 10.0)
_ANSWER_BYTES_MAX = 64 * 1024
_PASSING = frozenset((408, 425, 429))


class SandboxProcessor:
    """The port `CardProcessor`, answered by the sandbox; safe to share between threads."""

    def __init__(
        self,
        address: str,
        *,
        key_file: Path,
        authority_file: Path | None = None,
        webhook_key_file: Path | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Remember where everything is; no file is read and nobody is called before it is needed.

        :param address: the sandbox's origin; no other host is ever called, and no other page handed out.
        :param key_file: the secret key that the sandbox made at its first start.
        :param authority_file: who signed the sandbox's certificate (PEM); without it, whom the system trusts.
        :param webhook_key_file: the key of its webhooks; else `webhook.key` beside the secret key.
        :raises ValueError: if the address is no https origin.
        """
        self._origin = address.rstrip("/")
        if not _ORIGIN.fullmatch(self._origin):
            raise ValueError("the sandbox's address has the form https://127.0.0.1:8444")
        self._clock = clock
        self._key_file = key_file
        self._authority_file = authority_file
        self._webhook_key_file = webhook_key_file or key_file.with_name(keys.WEBHOOK_KEY_FILE)

    def create_session(self, disclosure: Disclosure, *, return_url: str, webhook_url: str) -> Session:
        """See `CardProcessor.create_session`."""
        bill = bill_of(disclosure, at=self._clock())
        asked = {
            "amount_minor": bill.amount_minor,
            "currency": bill.currency,
            "reference": bill.reference,
            "return_url": return_url,
            "webhook_url": webhook_url,
        }
        told = self._call("POST", "/v1/sessions", asked, once=bill.once)
        return read_session(told, self._origin)

    def look_up(self, session_id: str) -> SessionState:
        """See `CardProcessor.look_up`."""
        return read_state(self._call("GET", _path(session_id)))

    def void(self, session_id: str) -> SessionState:
        """See `CardProcessor.void`."""
        return read_state(self._call("POST", _path(session_id) + "/void", {}))

    def capture(self, session_id: str, amount_minor: int, *, once: str) -> SessionState:
        """See `CardProcessor.capture`."""
        asked = {"amount_minor": amount_minor, "once": once}
        return read_state(self._call("POST", _path(session_id) + "/captures", asked))

    def heed(self, notice: PartyNotice) -> Acknowledgement:
        """See `CardProcessor.heed`."""
        asked = {"kind": notice.kind, "reference": notice.reference}
        return read_acknowledgement(self._call("POST", "/v1/notices", asked, once=notice.once))

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> WebhookNotice:
        """See `CardProcessor.verify_webhook`.

        :raises ProviderError: passing, if the sandbox has not made its key yet.
        """
        return webhooks.verify(_key(self._webhook_key_file), headers, body, at=at)

    def _call(
        self, method: str, path: str, asked: Mapping[str, object] | None = None, *, once: str = ""
    ) -> Mapping[str, object]:
        """Ask the sandbox one thing, once: whether to ask again is for the queue to say."""
        import requests  # here: 15 MB and a tenth of a second that only a process which calls out should pay

        headers = {"Authorization": f"Bearer {_key(self._key_file)}", "Accept": "application/json"}
        if once:
            headers["Idempotency-Key"] = once
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy, no .netrc, no other authority from the environment
                answer = session.request(
                    method,
                    self._origin + path,
                    json=asked,
                    headers=headers,
                    timeout=_TIMEOUT_SECONDS,
                    verify=str(self._authority_file) if self._authority_file else True,
                    allow_redirects=False,
                    stream=True,
                )
                body = next(answer.iter_content(_ANSWER_BYTES_MAX + 1), b"")
                status = answer.status_code
        except (requests.RequestException, OSError) as error:
            raise ProviderError(f"sandbox not reached: {type(error).__name__}", permanent=False) from None
        return _judge(status, body)


def _judge(status: int, body: bytes) -> Mapping[str, object]:
    """Return what a good answer says.

    :raises ProviderError: for any other; with a code of theirs, never with text of theirs.
    """
    try:
        told = json.loads(body[:_ANSWER_BYTES_MAX])
    except (ValueError, RecursionError):
        told = None
    if status in (200, 201):
        if isinstance(told, dict) and len(body) <= _ANSWER_BYTES_MAX:
            return told
        raise ProviderError("sandbox answered with something unreadable", permanent=False)
    word = told.get("error") if isinstance(told, dict) else None
    code = word if isinstance(word, str) and _ERROR_WORD.fullmatch(word) else "no reason"
    permanent = status < 500 and status not in _PASSING
    raise ProviderError(f"sandbox answered {status}: {code}", permanent=permanent)


def _key(path: Path) -> str:
    try:
        return keys.read(path)
    except keys.BadKeyFile as error:
        # Passing, as the sandbox makes its keys at its first start, which may be under way.
        raise ProviderError(str(error), permanent=False) from error


def _path(session_id: str) -> str:
    if not _SESSION_ID.fullmatch(session_id):
        raise ProviderError("this is no id of a session", permanent=True)
    return f"/v1/sessions/{session_id}"
