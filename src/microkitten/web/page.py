"""Pages: text with its mark. What shows a person's data is sealed off from every cache by that very act (P38)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from microkitten.policy import Purpose
from microkitten.vault.types import Opened, Value
from microkitten.web.declares import must_serve
from microkitten.web.jinja import OPENED

log = logging.getLogger("microkitten.web")


class NotEncrypted(Exception):
    """A page that shows personal data was asked for over a connection that is not encrypted (P38)."""


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page; `is_personal` if the vault opened anything for it."""

    text: str
    is_personal: bool
    status: int = 200

    def response(self) -> HttpResponse:
        """Return the answer; a personal page is never stored by anyone on its way (P38)."""
        response = HttpResponse(self.text, status=self.status)
        if self.is_personal:
            response["Cache-Control"] = "no-store, private"
            response["X-Robots-Tag"] = "noindex"
        return response


@dataclass(frozen=True, slots=True)
class Slip:
    """What the page's receipt says of all that was opened for it: no value, and no way to one (P38)."""

    groups: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    purpose: str
    until: datetime | None
    entry: int | None


class Openings:
    """All that the vault opened for one page: for the tag `personal` alone, under a name no template can write."""

    def __init__(self, openings: Sequence[Opened]) -> None:
        self._openings = tuple(openings)

    def slip(self) -> Slip:
        """Return what the page's foot says."""
        purposes = tuple(dict.fromkeys(one.purpose for one in self._openings))
        return Slip(
            groups=tuple(sorted({group for one in self._openings for group in one.groups})),
            purposes=purposes,
            purpose=" and ".join(str(purpose) for purpose in purposes),
            until=min((one.until for one in self._openings if one.until), default=None),
            entry=min((one.entry for one in self._openings if one.entry is not None), default=None),
        )

    def reveal(self, person: UUID, field: str) -> Value | None:
        """Return the value from whichever opening holds it; raises `LookupError` if none was asked for it."""
        for one in self._openings:
            if one.asked_for(person, field):
                return one.reveal(person, field)
        log.error(
            "%s was not opened for this page", field
        )  # a name of the policy's; an error's words are not logged
        raise LookupError(f"{field} was not opened for this page")


def render(
    request: HttpRequest | None,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    opened: Sequence[Opened] = (),
    status: int = 200,
) -> Page:
    """Render `template`; `opened` is what `{% personal %}` may show, and what the page's receipt says.

    An opening whose block is over shows nothing any more, yet it was made for this page: the receipt tells it.

    `request` is None for pages built without a person. Raises `NotEncrypted` (P38).
    """
    if opened and request is not None and not request.is_secure():
        raise NotEncrypted
    openings = Openings(opened) if opened else None
    values = {**(context or {}), OPENED: openings, "receipt": openings and openings.slip()}
    page: Any = get_template(template, using="shop")
    if openings:
        must_serve(page.template, openings.slip().purposes)
    text = page.render(values, request)
    return Page(text=text, is_personal=openings is not None, status=status)


def show(
    request: HttpRequest | None, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render and answer a page that opens nothing."""
    return render(request, template, context, status=status).response()
