"""The sample store's mails, for its staff: kept as files instead of being sent (design, section 8)."""

from pathlib import Path

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from microkitten.policy import purpose
from microkitten.providers.mail import read as mailbox
from microkitten.shop.members.middleware import staff_only
from microkitten.web.page import show
from microkitten.web.serves import Request, serves
from microkitten.web.store import current


@serves(purpose.confirm)
@staff_only
@require_safe
def mails(request: Request) -> HttpResponse:
    """List the mails that the sample store keeps instead of sending them."""
    folder = _sample_mailbox()
    return show(request, "orders/staff_mailbox.html", {"mails": mailbox.letters(folder)})


@serves(purpose.confirm)
@staff_only
@require_safe
def mail(request: Request, name: str) -> HttpResponse:
    """Show one of those mails."""
    folder = _sample_mailbox()
    try:
        letter = mailbox.letter(folder, name)
    except mailbox.NoSuchLetter as missing:
        raise Http404 from missing
    return show(request, "orders/staff_mail.html", {"mail": letter})


def _sample_mailbox() -> Path:
    store = current()
    if not store.sample or store.mail.kind != "folder":
        raise Http404
    return store.folder / "mail"
