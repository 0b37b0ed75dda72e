"""Staff's way in and out."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from microkitten.policy import purpose
from microkitten.shop.members import actions
from microkitten.shop.members.forms import TokenForm
from microkitten.shop.members.middleware import PASS, pass_of
from microkitten.web.page import show
from microkitten.web.serves import Request, serves


@serves(purpose.operate)
@require_http_methods(["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Ask for the one-time token and exchange it for a pass."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            minted = actions.sign_in_staff(token=form.cleaned_data["token"], at=request.now)
        except actions.WrongToken:
            form.add_error("token", "This token is not valid any more: each works once, for an hour.")
        else:
            request.session.cycle_key()
            request.session[PASS] = minted.token
            return HttpResponseRedirect(_onward(request))
    return show(request, "members/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


@serves(purpose.operate)
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the pass and the session."""
    actions.sign_out_staff(token=pass_of(request))
    request.session.flush()
    return HttpResponseRedirect(reverse("staff-sign-in"))


def _onward(request: Request) -> str:
    wanted = request.POST.get("next", "")
    if wanted.startswith("/staff/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=True
    ):
        return wanted
    return reverse("staff-orders")


@serves(purpose.operate)
def goods_sign_in(request: Request) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Lead the back office's own sign-in page to ours."""
    return HttpResponseRedirect(f"{reverse('staff-sign-in')}?next=/staff/goods/")


@serves(purpose.operate)
def no_password(request: Request) -> HttpResponse:
    """Answer that there is no such page, where the back office would change a password."""
    raise Http404(request.path)
