"""The pages a payer sees: the card form, the question of the card's bank, and the ways back to the shop."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from microkitten.providers.cards import Status
from microkitten.providers.cards.sandbox import pages
from microkitten.providers.cards.sandbox.bank import Answer, Asked, Bank
from microkitten.providers.cards.sandbox.book import Conflict
from microkitten.providers.cards.sandbox.outcomes import Verdict, judge
from microkitten.providers.cards.sandbox.rows import Row

_PAY = re.compile(r"/pay/(session_[a-z]{24})(/authentication|/cancel)?")
_OVER = {Status.AUTHORIZED, Status.CAPTURED}
_FIELDS_MAX = 12


def answer(bank: Bank, asked: Asked) -> Answer:
    """Answer a browser."""
    if asked.method == "GET" and asked.path in pages.FILES:
        content_type, text = pages.FILES[asked.path]
        return Answer(200, text.encode("utf-8"), content_type)
    found = _PAY.fullmatch(asked.path)
    if found is None:
        return _page(bank, 404, pages.lost())
    try:
        row = bank.book.get(found[1])
    except KeyError:
        return _page(bank, 404, pages.lost())
    if asked.method == "GET" and found[2] is None:
        return _show(bank, row)
    if asked.method != "POST":
        return _page(bank, 404, pages.lost())
    if not _is_own_form(bank, asked):
        return _page(bank, 403, pages.foreign())
    try:
        return _act(bank, row, found[2] or "", asked)
    except Conflict:
        return _show(bank, bank.book.get(row.id))


def _act(bank: Bank, row: Row, verb: str, asked: Asked) -> Answer:
    if row.status in _OVER or verb == "/cancel":
        return _back(row)
    form = _read(asked.body)
    if verb == "/authentication":
        return _authenticate(bank, row, approved=form.get("outcome") == "approve")
    typed = judge(form, today=datetime.fromtimestamp(bank.now(), UTC).date())
    if typed.card is None or typed.verdict is None:
        return _page(bank, 422, pages.form(row, bank.merchant, errors=typed.errors, typed=form))
    if typed.verdict is Verdict.ASK:
        bank.book.ask(row.id, typed.card)
        return _see(f"/pay/{row.id}")
    if typed.verdict is Verdict.APPROVE:
        telling = bank.telling()
        row = bank.book.authorize(row.id, typed.card, tell=telling)
        bank.linger(row.id, telling)
        return _back(row)
    return _decline(bank, row, pages.UNKNOWN if typed.verdict is Verdict.UNKNOWN else pages.DECLINED)


def _authenticate(bank: Bank, row: Row, *, approved: bool) -> Answer:
    if not approved:
        return _decline(bank, row, pages.NOT_AUTHENTICATED) if row.is_asked else _see(f"/pay/{row.id}")
    telling = bank.telling()
    row = bank.book.authorize(row.id, None, tell=telling)
    bank.linger(row.id, telling)
    return _back(row)


def _decline(bank: Bank, row: Row, reason: str) -> Answer:
    telling = bank.telling()
    row = bank.book.decline(row.id, tell=telling)
    bank.linger(row.id, telling)
    if bank.knobs.after_decline == "return" or row.status in _OVER:
        return _back(row)
    return _page(bank, 402, pages.form(row, bank.merchant, notice=reason))


def _show(bank: Bank, row: Row) -> Answer:
    """Show a session as it stands; a paid one has nothing to show but the way back."""
    if row.status in _OVER:
        return _back(row)
    if row.status in (Status.EXPIRED, Status.VOIDED):
        return _page(bank, 410, pages.ended(row, bank.merchant))
    if row.is_asked:
        return _page(bank, 200, pages.question(row, bank.merchant))
    notice = pages.DECLINED if row.status is Status.DECLINED else ""
    return _page(bank, 200, pages.form(row, bank.merchant, notice=notice))


def _is_own_form(bank: Bank, asked: Asked) -> bool:
    """Whether the form was sent from our own page; programs that are no browser send neither header."""
    origin = asked.headers.get("origin")
    return asked.headers.get("sec-fetch-site", "same-origin") == "same-origin" and origin in (
        None,
        bank.own_origin,
    )


def _read(body: bytes) -> dict[str, str]:
    text = body.decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_MAX))
    except ValueError:
        return {}


def _page(bank: Bank, status: int, page: str) -> Answer:
    # A browser applies form-action to the redirect after the form as well: hence the shop's origin.
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {bank.shop_origin};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    headers = (("Content-Security-Policy", policy),)
    return Answer(status, page.encode("utf-8"), "text/html; charset=utf-8", headers)


def _back(row: Row) -> Answer:
    return _see(row.wanted.return_url)


def _see(address: str) -> Answer:
    return Answer(303, headers=(("Location", address),))
