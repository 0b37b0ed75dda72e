"""What the shop may ask of the sandbox: sessions, captures and voids, behind the secret key."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Mapping

from microkitten.providers.cards import Status
from microkitten.providers.cards.sandbox.bank import Answer, Asked, Bank
from microkitten.providers.cards.sandbox.book import Conflict
from microkitten.providers.cards.sandbox.knobs import BadKnob
from microkitten.providers.cards.sandbox.rows import Row, Wanted
from microkitten.providers.notices import KINDS

AMOUNT_MINOR_MAX = 10**11
_SESSION = re.compile(r"/v1/sessions/(session_[a-z]{24})(/void|/captures)?")
_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{4,64}")
_KIND = re.compile("|".join(KINDS))
_CURRENCY = re.compile(r"[A-Z]{3}")


class Wrong(Exception):
    """The request is not one we understand; the message names the part."""


def answer(bank: Bank, asked: Asked) -> Answer:
    """Answer one request of the shop, or of a test; money is named in minor units."""
    given = asked.headers.get("authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, f"Bearer {bank.api_key}".encode("ascii")):
        return _json(401, {"error": "wrong_key"})
    try:
        return _route(bank, asked)
    except KeyError:
        return _json(404, {"error": "not_found"})
    except Conflict as conflict:
        return _json(409, {"error": str(conflict)})
    except (Wrong, BadKnob) as wrong:
        return _json(400, {"error": "bad_request", "about": str(wrong)})


def _route(bank: Bank, asked: Asked) -> Answer:
    act = (asked.method, asked.path)
    if act == ("POST", "/v1/sessions"):
        return _create(bank, asked)
    if act == ("GET", "/_state"):
        return _state(bank)
    if act == ("POST", "/_knobs"):
        bank.knobs = bank.knobs.turned(_read(asked.body))
        bank.wake.set()
        return _json(200, {})
    if act == ("POST", "/v1/notices"):
        return _heed(bank, asked)
    found = _SESSION.fullmatch(asked.path)
    if found is None:
        raise KeyError(asked.path)
    session_id, verb = found[1], found[2]
    if asked.method == "GET" and verb is None:
        return _json(200, _told(bank.book.get(session_id)))
    if asked.method == "POST" and verb == "/void":
        return _json(200, _told(_after(bank, bank.book.void(session_id, tell=bank.telling()))))
    if asked.method == "POST" and verb == "/captures":
        form = _read(asked.body)
        amount, once = _amount(form.get("amount_minor")), _text(form, "once", _KEY)
        return _json(
            200, _told(_after(bank, bank.book.capture(session_id, amount, once, tell=bank.telling())))
        )
    raise KeyError(asked.path)


def _create(bank: Bank, asked: Asked) -> Answer:
    key = asked.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Wrong("idempotency-key")
    form = _read(asked.body)
    names = {"amount_minor", "currency", "reference", "return_url", "webhook_url"}
    if set(form) != names:
        raise Wrong("fields")  # an unknown field is an error, never ignored: it could be someone's name (P30)
    wanted = Wanted(
        amount_minor=_amount(form["amount_minor"]),
        currency=_text(form, "currency", _CURRENCY),
        reference=_text(form, "reference", _REFERENCE),
        return_url=_address(bank, form, "return_url"),
        webhook_url=_address(bank, form, "webhook_url"),
    )
    fingerprint = hashlib.sha256(json.dumps(form, sort_keys=True).encode("utf-8")).hexdigest()
    expires_at = bank.now() + bank.knobs.session_seconds
    row = bank.book.create(key, fingerprint, wanted, expires_at=expires_at)
    return _json(201, {"id": row.id, "url": f"{bank.own_origin}/pay/{row.id}"})


def _heed(bank: Bank, asked: Asked) -> Answer:
    """Hear that a person had something erased, corrected or set at rest, and say whether it is done."""
    form = _read(asked.body)
    if set(form) != {"kind", "reference"}:
        raise Wrong("fields")  # a notice names nobody
    once = asked.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(once):
        raise Wrong("idempotency-key")
    kind, reference = _text(form, "kind", _KIND), _text(form, "reference", _REFERENCE)
    made, done_at = bank.book.heed(kind, reference, once, done_at=bank.now() + bank.knobs.notice_seconds)
    return _json(200, {"id": made, "state": "done" if bank.now() >= done_at else "heard"})


def _state(bank: Bank) -> Answer:
    """Tell everything at once, for tests: how often each reference was charged, and for how much."""
    rows = bank.book.all()
    paid = [row for row in rows if row.status in (Status.AUTHORIZED, Status.CAPTURED)]
    captured: Counter[str] = Counter()
    for row in rows:
        captured[row.wanted.reference] += row.captured_minor
    return _json(
        200,
        {
            "sessions": [{"id": row.id, **_told(row)} for row in rows],
            "charges": Counter(row.wanted.reference for row in paid),
            "captured_minor": captured,
            "webhooks_waiting": bank.book.waiting(),
        },
    )


def _after(bank: Bank, row: Row) -> Row:
    bank.wake.set()
    return row


def _told(row: Row) -> dict[str, object]:
    """Return what the shop may know of a session; the card only once it was approved."""
    told: dict[str, object] = {
        "status": row.status.value,
        "amount_minor": row.wanted.amount_minor,
        "currency": row.wanted.currency,
        "reference": row.wanted.reference,
        "captured_minor": row.captured_minor,
    }
    if row.card is not None and row.status in (Status.AUTHORIZED, Status.CAPTURED):
        card = row.card
        told["card"] = {"brand": card.brand, "last4": card.last4, "expiry": card.expiry, "token": card.token}
    return told


def _read(body: bytes) -> Mapping[str, object]:
    try:
        form = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Wrong("json") from error
    if not isinstance(form, dict):
        raise Wrong("json")
    return form


def _amount(value: object) -> int:
    if type(value) is not int or not 1 <= value <= AMOUNT_MINOR_MAX:
        raise Wrong("amount_minor")
    return value


def _text(form: Mapping[str, object], name: str, shape: re.Pattern[str]) -> str:
    value = form.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Wrong(name)
    return value


def _address(bank: Bank, form: Mapping[str, object], name: str) -> str:
    """Only the shop's: else the sandbox could be used to send a browser, or a webhook, anywhere."""
    return _text(form, name, re.compile(re.escape(bank.shop_origin) + r"/[!-~]{0,500}"))


def _json(status: int, told: Mapping[str, object]) -> Answer:
    return Answer(status, json.dumps(told).encode("utf-8"), "application/json")
