"""Monitors and crawlers ask for the head of a page alone; that is GET without a body (RFC 9110, section 9.3.2)."""

from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import resolve, reverse

from tests.shop.goods import NOW

NAMES = ["privacy", "robots", "gpc", "security-txt", "home", "search"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_what_is_everybodys_answers_head_as_it_answers_get(name: str) -> None:
    """No 405 for who only wants to know whether it is there."""
    view = resolve(reverse(name)).func
    told = []
    for make in (RequestFactory().get, RequestFactory().head):
        request: Any = make(reverse(name))
        request.now = NOW
        told.append(view(request).status_code)
    assert told == [200, 200]
