"""Pages: text with its mark. What shows a person's data is sealed off from every cache by that very act (P38)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from microkitten.vault.types import Opened


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


def render(
    request: HttpRequest | None,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    opened: Opened | None = None,
    status: int = 200,
) -> Page:
    """Render `template`; `opened` is what `{% personal %}` may show, and what the page's receipt says.

    `request` is None for pages built without a person. Raises `NotEncrypted` (P38).
    """
    if opened is not None and request is not None and not request.is_secure():
        raise NotEncrypted
    values = {**(context or {}), "_opened": opened, "receipt": opened}
    text = get_template(template, using="shop").render(values, request)
    return Page(text=text, is_personal=opened is not None, status=status)


def show(request: HttpRequest | None, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """Render and answer a page that opens nothing."""
    return render(request, template, context, status=status).response()
