"""The merchant's calendar of ends: counts by month and by age, and nobody (P7)."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from microkitten.policy import purpose
from microkitten.shop.members.middleware import pass_of, staff_only
from microkitten.shop.privacy.actions import endings
from microkitten.web.page import show
from microkitten.web.serves import Request, serves


@serves(purpose.operate)
@staff_only
@require_safe
def staff_calendar(request: Request) -> HttpResponse:
    """Show when what is held lapses and leaves, and how old the addresses are that can still be used to ship."""
    return show(request, "mine/staff_calendar.html", {"found": endings.endings(token=pass_of(request))})
