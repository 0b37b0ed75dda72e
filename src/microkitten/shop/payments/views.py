"""Where the processor posts its notices."""

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from microkitten.policy import purpose
from microkitten.providers.cards import BadSignature
from microkitten.shop.payments import actions
from microkitten.web.serves import Request, serves

BODY_BYTES_MAX = 65_536


@csrf_exempt  # a machine's signed notice: its signature and time are checked instead
@serves(purpose.bill)
@require_POST
def webhook(request: Request) -> HttpResponse:
    """Check a notice, store it, and acknowledge; the worker looks up what it is about (P14)."""
    if int(request.headers.get("Content-Length") or 0) > BODY_BYTES_MAX:
        return HttpResponse(status=413)
    try:
        notice = actions.read_notice(headers=request.headers, body=request.body, at=request.now)
    except BadSignature:
        return HttpResponse("not signed by the processor\n", "text/plain", status=400)
    actions.store_notice(notice=notice, at=request.now)
    return HttpResponse(status=204)
