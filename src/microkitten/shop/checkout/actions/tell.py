"""Telling the customer that the order stands: exactly one mail, whatever crashes (P15)."""

from datetime import datetime
from uuid import UUID

from microkitten.policy import purpose
from microkitten.providers.mail import Attachment, Mailer, Message
from microkitten.providers.mail.folder import FolderMailer
from microkitten.providers.mail.smtp import SmtpMailer
from microkitten.shop.orders.models import Mail, Order
from microkitten.shop.shipments import actions as shipments
from microkitten.vault import door
from microkitten.vault.types import Actor
from microkitten.web.page import render
from microkitten.web.store import current

BY = Actor("job:confirm")
SUBJECTS = {"confirmation": "Your order {number}"}
TEXTS = {"confirmation": "checkout/mail/confirmation.txt"}
PAGES = {"confirmation": "checkout/mail/confirmation.html"}


def send(*, order_id: UUID, kind: str, at: datetime) -> None:
    """Send the mail of this kind for an order, unless it was sent. Raises `ProviderError`."""
    mail = Mail.objects.select_related("order").get(order=order_id, kind=kind)
    if mail.sent_at is not None:
        return
    message = _message(order=mail.order, kind=kind)
    disclosure = door.disclose(
        mail.order.customer,
        ["customer.name", "customer.email"],
        to="mail",
        purpose=purpose.confirm,
        by=BY,
        facts={"kind": kind, "message_id": message.message_id, "order_number": mail.order.number},
        once=f"{order_id}/{kind}",
    )
    mailer().send(disclosure, message)
    Mail.objects.filter(pk=mail.pk).update(sent_at=at)


def _message(*, order: Order, kind: str) -> Message:
    context = {
        "order": order,
        "parcels": shipments.parcels(order),
        "locale": current().language.replace("-", "_"),
        "link": f"{current().address}/orders/{order.number}?key={order.access_key}",
    }
    return Message(
        kind=kind,
        subject=SUBJECTS[kind].format(number=order.number),
        text=render(None, TEXTS[kind], context).text,
        html=render(None, PAGES[kind], context).text,
        message_id=f"{order.pk}.{kind}",
        attachments=(Attachment("checkpoint.txt", "text/plain", door.checkpoint().encode()),),
    )


def mailer() -> Mailer:
    """Return the store's way to send a mail."""
    store = current()
    sender = (store.name, store.email)
    if store.mail.kind == "smtp":
        mail = store.mail
        return SmtpMailer(mail.host, sender, port=mail.port, user=mail.user, password_file=mail.password_file)
    return FolderMailer(store.folder / "mail", sender, is_shared=store.sample)
