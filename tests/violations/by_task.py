"""Jobs and plug-ins: what is left in the queue, what runs under whose name, and what a room of one's own may add."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from microkitten.config.jobs import TASKS
from microkitten.policy import purpose
from microkitten.providers.cards.fake import FakeProcessor
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import Message
from microkitten.providers.mail.fake import FakeMailer
from microkitten.shop.checkout.tasks import send_mail
from microkitten.shop.orders.models import Order
from microkitten.vault import door
from microkitten.vault.types import Disclosure, Given, Refused
from microkitten.web import cookies, security
from microkitten.web.forms import PersonalForm
from microkitten.web.queue import worker
from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.routes import route
from microkitten.web.serves import serves
from tests.outside import bill, disclose
from tests.violations.attempts import attempt, control, no, nothing
from tests.violations.by_shell import look
from tests.violations.rows import Rows
from tests.violations.world import CHECKOUT, World, role


def left(value: Any) -> Callable[[Rows], object]:
    """Leave a job whose argument is no id."""
    return lambda _rows: leave(JobName.CLAIM, order=value)


LEFT = {
    "a-name": "Anna Carter", "an-email": "anna@example.com", "an-address": "12 Maple Street",
    "a-message": "Happy birthday!",
    "a-form": {"name": "Anna"}, "a-list": ["Anna"], "a-number-with-a-point": 1.5, "nothing": None, "a-truth": True,
    "a-card": "4242 4242 4242 4242", "bytes": b"Anna",
}  # fmt: skip
for what, value_ in LEFT.items():
    attempt("task", f"P35-a-job-that-keeps-{what}", left(value_), "is no id", ValueError, needs="rows")


def forged(name: str, **arguments: object) -> Callable[[Rows], object]:
    """Put a row into the queue by hand and let the worker run it."""

    def tried(rows: Rows) -> object:
        now = datetime.now(UTC)
        told = {key: str(rows.order.pk) if value == "ORDER" else value for key, value in arguments.items()}
        job = Job.objects.create(name=name, arguments=told, next_at=now, created_at=now, attempts=1)
        with role("worker"):
            done = worker.run(job, TASKS)
        job.refresh_from_db()
        return no(f"the job failed: {job.failure}") if not done else "done"

    return tried


OWED = {"order": "ORDER", "kind": "confirmation"}
ROWS: dict[str, tuple[Callable[[Rows], object], str]] = {
    "P11-a-job-there-is-not": (forged("export-people"), "ValueError"),
    "P20-a-job-that-sells": (forged("sell", order="ORDER"), "ValueError"),
    "P11-a-job-with-a-purpose-of-its-own": (forged("send-mail", **OWED, purpose="rights"), "TypeError"),
    "P11-a-job-with-an-actor-of-its-own": (forged("claim", order="ORDER", by="shipping"), "TypeError"),
    "P25-a-mail-to-an-address": (forged("send-mail", **OWED, to="eve@example.com"), "TypeError"),
    "P25-a-mail-of-another-kind": (forged("send-mail", order="ORDER", kind="offers"), "DoesNotExist"),
    "P15-a-mail-that-nobody-owes": (forged("send-mail", **OWED), "DoesNotExist"),
    "P35-a-job-for-no-order": (forged("claim", order="Anna"), "ValueError"),
}  # fmt: skip
for name_, (run_, says_) in ROWS.items():
    attempt("task", name_, run_, says_, ValueError, needs="rows")


def in_worker(actor: str) -> Callable[[World], object]:
    """Ask from within a job, in the name of a page or a person with their pass."""

    def tried(world: World) -> object:
        with role("worker"):
            return look(world, by=world.actor(actor))

    return tried


for actor_ in ("web:checkout", "web:orders", "person", "shipping", "operator"):
    attempt("task", f"P11-a-job-that-speaks-for-{actor_}", in_worker(actor_), "^actor")
for actor_ in ("job:confirm", "job:pay", "job:sweep"):
    attempt("task", f"P7-{actor_}-opens-an-address", in_worker(actor_), "no row")


def enqueued(rows: Rows) -> object:
    """Leave a task with values instead of names of ids."""
    return send_mail.enqueue("anna@example.com", "confirmation")


def erased(rows: Rows) -> None:
    """Have the people of a placed order erased by a job."""
    try:
        forged("erase", order="ORDER")(rows)
    finally:
        assert look(rows.world, by=rows.world.shipping)
        nothing("an order that stands keeps its people")


attempt("task", "P35-a-task-with-values", enqueued, "keyword arguments only", TypeError, needs="rows")
attempt("task", "P43-erasing-a-placed-orders-people", erased, "keeps its people", needs="rows")
control("task", lambda rows: leave(JobName.CLAIM, order=str(rows.order.pk)), needs="rows")


# Plug-ins


def own_cookie(_world: World) -> None:
    """Set a cookie of one's own in a middleware."""

    def respond(_request: object) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("tracker", "abc")
        return response

    answer = security.cookies(respond)(RequestFactory().get("/"))
    assert not answer.cookies
    nothing("the cookie was taken off the answer")


def peeking(_world: World) -> None:
    """Look at who is asking, behind the edge."""
    seen: dict[str, object] = {}

    def respond(request: Any) -> HttpResponse:
        seen.update(request.META)
        return HttpResponse("x")

    asked = RequestFactory().get(
        "/", REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla kq", HTTP_X_FORWARDED_FOR="203.0.113.9"
    )
    security.edge(respond)(asked)
    assert "203.0.113.9" not in str(seen)
    assert "Mozilla" not in str(seen)
    nothing("address and browser are gone at the edge")


class Newsletter(PersonalForm):
    """A form that a plug-in adds, with an input that the policy does not know."""

    form_name = "newsletter"
    personal: ClassVar[dict[str, str]] = {"email": "customer.email"}
    email = forms.CharField()


def own_form(world: World) -> object:
    """Collect by that form."""
    form = Newsletter({"email": "anna@example.com"})
    assert form.is_valid()
    return door.collect(door.new_person(), "customer", form.given(), purpose=purpose.confirm, by=CHECKOUT)


def own_field(name: str, source: str, value: Any = "x") -> Callable[[World], object]:
    """Collect a field with a mark of one's own making."""

    def tried(_world: World) -> object:
        given = {name: Given(value, source)}
        return door.collect(door.new_person(), "customer", given, purpose=purpose.confirm, by=CHECKOUT)

    return tried


def plain_view(_request: Any) -> HttpResponse:
    """Answer without a purpose."""
    return HttpResponse("x")


MESSAGE = Message("confirmation", "Your order", "Hello {{name}}", "", "a.confirmation")


def mailed(made: Any, message: Message = MESSAGE) -> Callable[[World], object]:
    """Give a disclosure and a message to the mailer."""

    def tried(_world: World) -> object:
        mailer = FakeMailer()
        mailer.send(made() if callable(made) else made, message)
        return mailer.sent

    return tried


def to_mail(**other: Any) -> Callable[[], Disclosure]:
    """Make what the mailer takes, parts of it changed."""
    facts = {"kind": "confirmation", "message_id": "a.confirmation", "order_number": "AAAA-2222"}
    fields = {"customer.name": "Anna", "customer.email": "anna@example.com", **other.pop("fields", {})}
    parts = {"party": "mail", "purpose": "confirm", "fields": fields, "facts": facts, **other}
    return lambda: disclose(parts.pop("party"), parts.pop("purpose"), **parts)


def message(**other: str) -> Message:
    """Return the message with parts of it changed."""
    parts = {"kind": "confirmation", "subject": "Your order", "text": "Hello {{name}}", "html": ""}
    return Message(**{**parts, "message_id": "a.confirmation", **other})  # type: ignore[arg-type] # texts


CARD, BROKEN = "4242 4242 4242 4242", "a@b.c\r\nBcc: e@x"
PLUGS: dict[str, tuple[Callable[[Any], object], type[BaseException], str]] = {
    "P8-a-cookie-of-ones-own": (own_cookie, KeyError, "taken off"),
    "P8-a-cookie-by-our-own-helper": (lambda _: cookies.keep(HttpResponse(), "tracker", "x"), KeyError, "tracker"),
    "P1-the-callers-address": (peeking, KeyError, "gone at the edge"),
    "P1-a-form-the-policy-does-not-know": (own_form, Refused, "^source"),
    "P1-a-mark-of-ones-own": (own_field("customer.email", "plugin.email"), Refused, "^source"),
    "P1-anothers-mark": (own_field("customer.email", "checkout.name"), Refused, "^source"),
    "P1-an-import": (own_field("customer.email", "import.csv"), Refused, "^source"),
    "P1-a-field-there-is-not": (own_field("customer.birthday", "checkout.name"), Refused, "^fields"),
    "P4-a-card-number-as-name": (own_field("customer.name", "checkout.name", CARD), Refused, "value:card"),
    "P4-a-wide-card-number-as-name": (own_field("customer.name", "checkout.name", "\uff14\uff12" * 8), Refused, "card"),
    "P15-a-line-break-in-an-email": (own_field("customer.email", "checkout.email", BROKEN), Refused, "control"),
    "P1-a-picture-as-name": (own_field("customer.name", "checkout.name", ["a"]), Refused, "value:shape"),
    "P1-a-novel-as-name": (own_field("customer.name", "checkout.name", "a" * 1500), Refused, "value:long"),
    "P11-a-view-without-purpose": (lambda _: route("x", plain_view, name="x"), ImproperlyConfigured, "needs @serves"),
    "P11-a-view-for-a-text": (lambda _: serves("offers")(plain_view), TypeError, "takes a constant"),  # type: ignore[arg-type] # the act
    "P16-vault-in-the-back-office": (lambda _: admin.site._registry[Order], KeyError, "Order"),
}  # fmt: skip
for name_, (plug_, kind_, says_) in PLUGS.items():
    attempt("plugin", name_, plug_, says_, kind_)
control("plugin", lambda _world: serves(purpose.operate)(lambda _request: HttpResponse("x")))

MAILS: dict[str, tuple[Callable[[Any], object], str]] = {
    "P22-cards-disclosure-to-mail": (mailed(bill), "not to mail"),
    "P22-mails-disclosure-to-cards": (
        lambda _: FakeProcessor().create_session(to_mail()(), return_url="", webhook_url=""), "not to card_processor"
    ),
    "P15-a-mail-for-another-purpose": (mailed(to_mail(purpose="customize")), "no use for"),
    "P25-a-surplus-field": (mailed(to_mail(fields={"recipient.name": "Ben"})), "needs no recipient.name"),
    "P15-another-message": (mailed(to_mail(), message(message_id="b.confirmation")), "another message"),
    "P15-another-kind-of-message": (mailed(to_mail(), message(kind="offers")), "another message"),
    "P15-a-header-in-the-subject": (mailed(to_mail(), message(subject="a\r\nBcc: eve@example.com")), "subject"),
    "P15-a-name-in-the-subject": (mailed(to_mail(), message(subject="Dear {{name}}")), "subject"),
    "P15-a-recipient-in-the-text": (mailed(to_mail(), message(text="{{recipient.name}}")), "mark that nothing fills"),
    "P15-an-email-in-the-text": (mailed(to_mail(), message(text="{{email}}")), "mark that nothing fills"),
    "P25-two-addresses": (mailed(to_mail(fields={"customer.email": "a@x.org,b@x.org"})), "address"),
    "P25-an-address-with-a-copy": (mailed(to_mail(fields={"customer.email": "a@x.org\nBcc: b@x.org"})), "address"),
    "P25-an-address-in-brackets": (mailed(to_mail(fields={"customer.email": "<a@x.org> b@x.org"})), "address"),
    "P25-no-address": (mailed(to_mail(fields={"customer.email": ""})), "address"),
    "P22-out-of-time": (mailed(to_mail(seconds=-9)), "time .* is over"),
    "P22-a-plain-dict-to-mail": (mailed({"customer.email": "a@x.org"}), "nothing but a Disclosure"),
}  # fmt: skip
for name_, (mail_, says_) in MAILS.items():
    attempt("mail", name_, mail_, says_, ProviderError)


def copied(_world: World) -> None:
    """Put a copy's header into a name."""
    mailer = FakeMailer()
    mailer.send(to_mail(fields={"customer.name": "Anna\r\nBcc: eve@example.com"})(), MESSAGE)
    head = mailer.sent[0].letter.content.partition(b"\r\n\r\n")[0]
    assert not [line for line in head.splitlines() if line.lower().startswith(b"bcc")]
    nothing("one line, one recipient")


def twice(_world: World) -> None:
    """Send one disclosure twice."""
    mailer, made = FakeMailer(), to_mail()()
    mailer.send(made, MESSAGE)
    mailer.send(made, MESSAGE)
    assert len(mailer.sent) == 1
    nothing("one letter")


attempt("mail", "P15-a-header-in-a-name", copied, "one recipient")
attempt("mail", "P22-a-disclosure-twice", twice, "one letter")
control("mail", mailed(to_mail()))
