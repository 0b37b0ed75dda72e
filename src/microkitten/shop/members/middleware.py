"""Who is asking, for staff's pages only: believed if the vault honors the pass in their session."""

from typing import Any, cast
from urllib.parse import quote

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from microkitten.shop.members import actions
from microkitten.shop.members.models import SignIn
from microkitten.web.serves import Request, View

PASS = "pass"  # noqa: S105 # the session's key, not a secret


class StaffMiddleware(AuthenticationMiddleware):
    """Sets `request.user`; looked up only where a page asks, and never on the shop's own pages."""

    def process_request(self, request: HttpRequest) -> None:
        """Attach a lazy user to the request."""
        request.user = cast(Any, SimpleLazyObject(lambda: _user(request)))


def _user(request: HttpRequest) -> SignIn | AnonymousUser:
    token = request.session.get(PASS)
    return (actions.staff(token=token) if token else None) or AnonymousUser()


def staff_only(view: View) -> View:
    """Let only staff in; others are led to the sign-in page and back."""

    def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_staff:
            return HttpResponseRedirect(f"{reverse('staff-sign-in')}?next={quote(request.path)}")
        return view(request, *args, **kwargs)

    guarded.__name__, guarded.__module__, guarded.__doc__ = view.__name__, view.__module__, view.__doc__
    if hasattr(view, "purpose"):
        guarded.purpose = view.purpose  # type: ignore[attr-defined] # the view's own mark
    return guarded


def pass_of(request: HttpRequest) -> str:
    """Return the pass in the session, or an empty string."""
    return str(request.session.get(PASS, ""))
