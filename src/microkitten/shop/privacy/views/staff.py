"""Staff's pages of the promise: what parties still have to do for people's rights, and the vault's alarms."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from microkitten.policy import purpose
from microkitten.shop.members.middleware import pass_of, staff_only
from microkitten.shop.privacy.actions import alarms, notices
from microkitten.web.page import show
from microkitten.web.serves import Request, serves


@serves(purpose.rights)
@staff_only
@require_safe
def staff_notices(request: Request) -> HttpResponse:
    """List which party was told what, and what it answered; nobody is named."""
    rows = notices.listed(token=pass_of(request), at=request.now)
    return show(request, "mine/staff_notices.html", {"rows": rows})


@serves(purpose.operate)
@staff_only
@require_safe
def staff_alarms(request: Request) -> HttpResponse:
    """List the vault's alarms: what each means, and what to do."""
    return show(request, "mine/staff_alarms.html", {"alarms": alarms.listed(token=pass_of(request))})


@serves(purpose.operate)
@staff_only
@require_POST
def staff_alarm_seen(request: Request, alarm: int) -> HttpResponse:
    """Note that an alarm was looked at."""
    alarms.see(alarm=alarm, token=pass_of(request))
    return HttpResponseRedirect(reverse("staff-alarms"), status=303)


@serves(purpose.operate)
@require_safe
def staff_alarm_mark(request: Request) -> HttpResponse:
    """Show how many alarms nobody has looked at, for the navigation of staff's pages; to all others nothing."""
    count = alarms.unseen(token=pass_of(request)) if request.user.is_staff else 0
    return show(request, "mine/staff_alarm_mark.html", {"count": count})
