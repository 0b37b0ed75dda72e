"""The closed vocabulary that policy and program share: a word that is not here means nothing, hence no
(P11)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

PROFILES: Final = ("classic", "strict")

ACTS: Final = MappingProxyType(
    {
        "collect": "may write",
        "use": "may open",
        "compare": "may compare, unopened and inside the vault,",
        "disclose": "may hand over",
        "restrict": "may restrict the use of",
        "erase": "may erase",
    }
)

CONDITIONS: Final = MappingProxyType(
    {
        "claimed": "the record belongs to a placed order",
        "unclaimed": "no placed order has claimed the record yet",
        "draft": "the order that the record was typed for is not placed",
        "proven": "whoever asks holds the vault's pass for this person",
        "staff": "whoever asks holds a staff pass of that role",
        "consent": "the consent key that the value lies under exists",
        "granted": "whoever asks holds a live grant for this person, this group and this purpose",
        "lapsed": "the time the policy gives the record, claimed or unclaimed, is over",
        "law": "the record is one that the books keep, and the law's own time is not over",
        "contract": "the party's contract is running and its review is not overdue",
    }
)
CONTRACT: Final = "contract"  # every rule that hands something over needs it, and no other can (P21)
# What has lapsed is opened by no rule that does not ask for the second: daily use ends with the life (P7).
LAPSED: Final = "lapsed"
LAW: Final = "law"
OPENING: Final = frozenset({"use", "compare", "disclose"})
BOOKS: Final = ("books", "legal")
LAW_PURPOSES: Final = (*BOOKS, "rights")  # what law keeps serves these alone (P7)
GRANTED: Final = "granted"
# Who shows a grant, and for which acts never comes without one: minted for a reason, and entered (P3). To look
# somebody up comes before any grant could be theirs, and opens nothing.
GRANTEES: Final = frozenset({"operator"})
GRANTED_ACTS: Final = frozenset({"use", "disclose", "restrict", "erase"})

ACTORS: Final = MappingProxyType(
    {
        "web:checkout": "the checkout page",
        "web:orders": "the order page",
        "web:visitors": "the pages that look after the cookie",
        "web:members": "the sign-in page",
        "person": "you yourself",
        "shipping": "whoever of the staff packs and ships",
        "merchant": "the merchant",
        "job:pay": "the payment program",
        "job:confirm": "the confirmation program",
        "job:sweep": "the program that clears away",
        "job:notify": "the program that tells parties of erasures and corrections",
        "operator": "whoever runs the server",
    }
)
# Who must show a pass of which kind: such an actor never has a row without that condition, nor any other
# with it.
PASSES: Final = MappingProxyType({"person": "proven", "shipping": "staff", "merchant": "staff"})

# What the shop does in no case, whoever asks for it; a policy says both words (P20).
NEVER: Final = ("sell", "rent")

PEOPLE: Final = ("visitor", "customer", "recipient", "staff")
PARTIES: Final = ("mail", "card_processor")
PARTY_KINDS: Final = ("service provider", "contractor", "agent", "representative", "partner", "authority")
COOKIES: Final = (
    "__Host-visitor",
    "__Host-choice",
    "__Host-cart",
    "__Host-orders",
    "__Host-csrf",
    "__Host-session",
)
ASSIGNMENTS: Final = ("on_visit", "on_consent", "on_need")
SINCE: Final = MappingProxyType({"claim": "the order", "visit": "the last visit", "collection": "the entry"})
BASES: Final = ("contract", "consent", "legal duty", "own interest")

# What may go along with a disclosure because it is about no person; a party's payload has no other keys
# (P22).
FACTS: Final = MappingProxyType(
    {
        "amount_minor": "the amount",
        "currency": "the currency",
        "reference": "a random reference",
        "kind": "which mail it is",
        "message_id": "the mail's own number",
        "order_number": "the order number",
    }
)

# What the program does or leaves undone that is no row of the table; a statement may bind it by name.
LOCKS: Final = MappingProxyType(
    {
        "one-file": "page and table are made from one file; processes with different files refuse to talk",
        "closed-list": "a use without a row in the table is refused, and the refusal is in the ledger",
        "public-pages": "catalog pages are built without a person; the cart holds goods and no person",
        "own-host": "the content security policy lets pages load from this shop alone",
        "no-card-number": "no input or field takes a card number; a value that holds one is refused",
        "payment-page": "the card is typed on the processor's own page, under the processor's address",
        "seen-amount": "an order whose total differs from the one that was shown is not placed",
        "plain-mail": "a mail holds no picture from a server and no link that counts",
        "opt-out-signal": "Sec-GPC: 1 counts as a no and ends what a cookie had opened",
        "cookie-list": "a cookie that the policy does not list is taken off every answer",
        "order-link": "an order page opens by its link together with the e-mail address of the order",
        "tries": "five wrong answers a day for each person, then a pause",
        "unclaimed": "records that no order claims erase themselves",
        "lives": "a record whose time is over is erased",
        "never-sold": "there is no act of selling or renting, and the list of parties knows no price",
        "one-way-out": "providers alone send data out, and take only what the vault signed for one party",
        "sealed": "personal values lie sealed in the vault, a separate process; the shop has none",
        "ledger": "each opening is entered in an append-only ledger before it is answered",
        "checkpoint": "the ledger's signed checkpoint is public",
        "tls": "the plain port only redirects; personal pages refuse an unencrypted connection",
        "marked-pages": "a page with personal data is kept by no cache, and its foot says what was opened",
        "plain-logs": "a fault is logged by its kind and its place alone; no report of faults leaves the shop",
        "seal": "the mark stands in the receipt of what was opened, and nowhere else",
        "security-page": "the page behind the mark shows what the server itself knows, and unknown as unknown",
        "named-company": "the page carries company, contact, version, date and hash",
    }
)
# Refusals quote the first, the page's foot the second; the others are what `never` and the parties' contracts
# rest on.
LOCKS_NEEDED: Final = ("closed-list", "named-company", "never-sold", "one-way-out")

# Some groups may serve these purposes and no other, whatever a store writes (P5, P6, P9), and are about these
# people.
GROUP_PURPOSES: Final = MappingProxyType(
    {
        "customer": ("confirm", "respond", "verify", "bill", "rights"),
        "staff": ("operate", "rights"),
        "payment": ("bill", "books", "legal", "rights"),
        "recipient": ("deliver", "extras", "respond", "books", "legal", "rights"),
        "visitor": ("customize", "rights"),
    }
)

GROUP_PEOPLE: Final = MappingProxyType(
    {
        "customer": "customer",
        "payment": "customer",
        "recipient": "recipient",
        "visitor": "visitor",
        "staff": "staff",
    }
)
# What a party's work is: for nothing else does it get anything, whatever a store writes (P22).
PARTY_PURPOSES: Final = MappingProxyType(
    {"card_processor": ("bill",), "mail": ("confirm", "verify", "rights")}
)
STAFF: Final = frozenset({"shipping", "merchant"})
ENDS_FOR_STAFF: Final = frozenset(
    {"recipient"}
)  # shipping is over one day, however long the record stays (P7)
SWEEPER: Final = "job:sweep"
UNCLAIMED_SECONDS_MAX: Final = 86_400
LIFE_SECONDS_MAX: Final = (
    100 * 366 * 86_400
)  # longer is for ever, and past the last day that a clock can tell
COOKIE_SECONDS_MAX: Final = 400 * 86_400  # what browsers keep at most

# Never a field, under any name: what a shop does not know it cannot lose (P4).
NEVER_FIELDS: Final = (
    "number",
    "card_number",
    "pan",
    "security_code",
    "cvc",
    "cvv",
    "csc",
    "cvv2",
    "cvc2",
    "pin",
)

PLACEHOLDERS: Final = (
    "company",
    "store",
    "email",
    "postal_address",
    "contact",
    "contacts",
    "version",
    "date",
    "profile",
    "unclaimed",
    "country",
    "card_processor",
    "mail_service",
)
