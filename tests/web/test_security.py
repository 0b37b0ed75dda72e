"""What every request is checked for at the edge: where a change comes from, and what of its sender is let through."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from microkitten.web.security import edge, same_origin


def answered(request: HttpRequest) -> HttpResponse:
    """Answer anything."""
    del request
    return HttpResponse("done")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"Origin": "https://localhost:8443"}, 200),
        ({"Origin": "https://localhost:8443", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
        ({"Origin": "http://localhost:8443"}, 403),
        ({"Origin": "https://localhost:8444"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "https://localhost:8443.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://localhost:8443", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_change_comes_from_our_own_pages(told: dict[str, str], status: int) -> None:
    """Scheme, host and port alike: the plain port and the card processor's are other origins (P36)."""
    request = RequestFactory().post("/cart/lines", headers={"Host": "localhost:8443", **told}, secure=True)
    assert same_origin(answered)(request).status_code == status


def test_who_is_asking_is_dropped_before_any_page_sees_it() -> None:
    """Neither address nor browser string, nor anything made of them (P1)."""
    headers = {"User-Agent": "unique-agent", "X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="203.0.113.7")
    edge(answered)(request)
    assert "203.0.113.7" not in repr(request.META)
    assert "unique-agent" not in repr(request.META)
    assert vars(request).keys() & {"now", "is_robot", "client_tag"} == {"now", "is_robot"}
