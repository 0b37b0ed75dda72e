"""The words and the HTML of the sandbox's pages: plain, usable without scripts, and not the shop's."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from microkitten.providers.cards import Status
from microkitten.providers.cards.sandbox.rows import Row

_HERE = Path(__file__).parent
FILES = {
    "/sandbox.css": ("text/css; charset=utf-8", (_HERE / "sandbox.css").read_text("utf-8")),
    "/sandbox.svg": ("image/svg+xml", (_HERE / "sandbox.svg").read_text("utf-8")),
}
DECLINED = "Your card was declined. Nothing was charged. Try another card."
UNKNOWN = (
    "Only test cards work here, so this card was declined. Nothing was charged. Use a number listed below."
)
NOT_AUTHENTICATED = (
    "The payment was not approved with your bank. Nothing was charged. Try again or use another card."
)

_WITHOUT_CENTS = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)
_WITH_THOUSANDTHS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title} · Sandbox Bank</title>
<link rel="stylesheet" href="/sandbox.css">
<link rel="icon" href="/sandbox.svg" type="image/svg+xml">
</head>
<body>
<header>
<p class="bank">Sandbox Bank</p>
<p class="strip">A pretend bank. No real money moves here.</p>
</header>
<main>
{main}
</main>
</body>
</html>
"""
_BILL = """<div class="bill">
<p class="amount">{amount}</p>
<p>to <strong>{merchant}</strong></p>
<p class="small">Reference <span class="code">{reference}</span></p>
</div>
"""
_CANCEL = """<form method="post" action="/pay/{id}/cancel" class="cancel">
<button class="quiet">Cancel and go back</button>
</form>
"""
_NUMBERS = """<section class="numbers" aria-labelledby="numbers">
<h2 id="numbers">Test cards</h2>
<dl>
<div><dt>4242 4242 4242 4242</dt><dd>approved</dd></div>
<div><dt>4000 0000 0000 0002</dt><dd>declined</dd></div>
<div><dt>4000 0027 6000 3184</dt><dd>asks you first</dd></div>
</dl>
<p class="small">Any name, any date to come, any security code. Never type a real card.</p>
</section>
"""
_FIELDS = (
    ("cc-name", "Name on card", "", "text", 200),
    ("cc-number", "Card number", "", "numeric", 40),
    ("cc-exp", "Expires", "Month / year", "text", 9),
    ("cc-csc", "Security code", "3 or 4 digits", "numeric", 4),
)


def form(
    row: Row,
    merchant: str,
    *,
    notice: str = "",
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    """Return the card form.

    :param notice: why the last card did not pay.
    :param errors: what is wrong with an input, by its name.
    :param typed: what was typed; name and date come back, number and code never do.
    """
    errors, typed = errors or {}, typed or {}
    amount = money(row)
    top = ""
    if errors:
        links = "".join(f'<li><a href="#{name}">{escape(text)}</a></li>' for name, text in errors.items())
        again = " Type the card number and the security code again." if _needs_retyping(errors) else ""
        text = f"<p>Some of it needs another look.{again}</p><ul>{links}</ul>"
        top = f'<div class="notice" role="alert">{text}</div>'
    elif notice:
        top = f'<div class="notice" role="alert"><p>{escape(notice)}</p></div>'
    inputs = "".join(_input(name, errors, typed) for name, *_ in _FIELDS)
    main = (
        f"<h1>Pay by card</h1>\n{_bill(row, merchant)}{top}\n"
        f'<form method="post" action="/pay/{row.id}" novalidate>\n<div class="fields">{inputs}</div>\n'
        f'<button class="go">Pay</button>\n</form>\n'
        f"{_CANCEL.format(id=row.id)}{_NUMBERS}"
    )
    return _PAGE.format(title=("Error: " if errors or notice else "") + f"Pay {amount}", main=main)


def question(row: Row, merchant: str) -> str:
    """Return the page on which the card's bank asks the payer (the sandbox's form of 3-D Secure)."""
    last4 = escape(row.card.last4 if row.card else "")
    main = (
        f"<h1>Is this you?</h1>\n{_bill(row, merchant)}"
        f'<p>The bank of the card ending in <span class="code">{last4}</span> asks'
        " whether you want this payment.</p>\n"
        f'<form method="post" action="/pay/{row.id}/authentication" class="choice">\n'
        '<button class="go" name="outcome" value="approve">Approve</button>\n'
        '<button class="quiet" name="outcome" value="fail">Fail</button>\n</form>\n'
        f"{_CANCEL.format(id=row.id)}"
    )
    return _PAGE.format(title="Approve the payment", main=main)


def ended(row: Row, merchant: str) -> str:
    """Return the page of a session that can no longer be paid."""
    why = (
        "The time for this payment is over."
        if row.status is Status.EXPIRED
        else "The shop has ended this payment."
    )
    back = f'<p><a class="go" href="{escape(row.wanted.return_url)}">Back to {escape(merchant)}</a></p>'
    return _PAGE.format(title="Payment ended", main=f"<h1>Nothing was charged</h1>\n<p>{why}</p>\n{back}")


def lost() -> str:
    """Return the page for an address that leads nowhere."""
    return _PAGE.format(
        title="Not found", main="<h1>Nothing here</h1>\n<p>No payment is waiting at this address.</p>"
    )


def foreign() -> str:
    """Return the page for a form that another site sent."""
    text = "<p>This form did not come from our own page, so nothing was done.</p>"
    return _PAGE.format(title="Refused", main=f"<h1>Refused</h1>\n{text}")


def money(row: Row) -> str:
    """Return the amount with as many decimals as its currency has (ISO 4217)."""
    minor, currency = row.wanted.amount_minor, row.wanted.currency
    digits = 0 if currency in _WITHOUT_CENTS else 3 if currency in _WITH_THOUSANDTHS else 2
    whole, part = divmod(minor, 10**digits)
    return f"{currency} {whole:,}" + (f".{part:0{digits}d}" if digits else "")


def _bill(row: Row, merchant: str) -> str:
    return _BILL.format(amount=money(row), merchant=escape(merchant), reference=escape(row.wanted.reference))


def _needs_retyping(errors: Mapping[str, str]) -> bool:
    return not {"cc-number", "cc-csc"} <= set(errors)


def _input(name: str, errors: Mapping[str, str], typed: Mapping[str, str]) -> str:
    label, hint, mode, length = next(rest for first, *rest in _FIELDS if first == name)
    notes, texts = [], ""
    if name in errors:
        notes.append(f"{name}-error")
        texts += f'<span class="error" id="{name}-error">{escape(errors[name])}</span>'
    if hint:
        notes.append(f"{name}-hint")
        texts += f'<span class="hint" id="{name}-hint">{hint}</span>'
    told = f' aria-describedby="{" ".join(notes)}"' if notes else ""
    told += ' aria-invalid="true"' if name in errors else ""
    told += " autofocus" if name == next(iter(errors), None) else ""
    told += f' value="{escape(typed.get(name, ""))}"' if name in ("cc-name", "cc-exp") and typed else ""
    return (
        f'<p class="field {name}"><label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" autocomplete="{name}" inputmode="{mode}"'
        f' maxlength="{length}" required{told}>'
        f"{texts}</p>\n"
    )
