"""What a person sees when something cannot be done: what happened, what is safe, what to do."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from microkitten.policy.wording import fill
from microkitten.vault.types import Refused, VaultAway
from microkitten.web.page import NotEncrypted, show
from microkitten.web.store import company

log = logging.getLogger("microkitten.web")


def refusals(respond: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Turn the vault's answers that are no into pages: 403 with the policy's own sentence, 503 when it is away."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return respond(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused) and error.why == "rate":
            response = show(request, "error.html", {"kind": "often", "statement": None}, status=429)
            response["Retry-After"] = "60"
            return response
        if isinstance(error, Refused):
            return show(request, "error.html", {"kind": "refused", **_quoted(error)}, status=403)
        if isinstance(error, VaultAway):
            response = show(request, "error.html", {"kind": "away", "statement": None}, status=503)
            response["Retry-After"] = "5"
            return response
        if isinstance(error, NotEncrypted):
            return show(request, "error.html", {"kind": "plain", "statement": None}, status=403)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined] # Django's hook
    return middleware


def _quoted(refused: Refused) -> dict[str, str | None]:
    """Return the policy's own sentence behind a refusal, and where it stands on the page."""
    for statement in settings.POLICY.statements:
        if statement.id == refused.statement:
            return {"statement": statement.id, "sentence": fill(statement.text, settings.POLICY, company())}
    return {"statement": None, "sentence": None}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Answer 404."""
    return show(request, "error.html", {"kind": "missing", "statement": None}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Answer 400."""
    return show(request, "error.html", {"kind": "bad", "statement": None}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Answer 403."""
    return show(request, "error.html", {"kind": "forbidden", "statement": None}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Answer a form that has lost its protection (an old tab, cookies cleared): nothing was done, try again."""
    return show(request, "error.html", {"kind": "stale", "statement": None}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a number to name when asking; the log line has the same number and no values."""
    number = secrets.token_hex(4)
    log.error("error %s", number)
    return show(request, "error.html", {"kind": "error", "statement": None, "number": number}, status=500)
