"""What a refusal says to a person: the policy's own sentence, and where it stands (P11)."""

from django.conf import settings
from django.test import RequestFactory

from microkitten.vault.types import Refused, VaultAway
from microkitten.web.errors import refusals, server_error


def answered(error: Exception) -> tuple[int, str]:
    """Return status and text of the page that an error becomes."""
    middleware = refusals(lambda request: None)  # type: ignore[arg-type,return-value] # never asked
    response = middleware.process_exception(RequestFactory().get("/", secure=True), error)  # type: ignore[attr-defined]
    return response.status_code, response.content.decode()


def test_a_refusal_quotes_the_policy() -> None:
    """A no that gives no reason is a wall; ours is the sentence that the page has."""
    status, text = answered(Refused(rule="deliver.open", statement="P12", why="staff"))
    assert status == 403
    assert "Whoever packs and ships your order" in text
    assert "/privacy#P12" in text


def test_a_refusal_without_a_row_is_a_page_all_the_same() -> None:
    """What the policy does not know is refused too, and has no sentence to quote."""
    status, text = answered(Refused(rule="", statement="", why="fields"))
    assert status == 403
    assert "/privacy#" not in text


def test_a_vault_that_is_away_asks_to_come_back() -> None:
    """The page tries again by itself; nothing falls back to reading in the clear."""
    status, text = answered(VaultAway("not reached"))
    assert status == 503
    assert 'http-equiv="refresh"' in text


def test_a_mistake_of_ours_shows_a_number_and_no_more() -> None:
    """Who asks names the number; the page holds nothing of the error."""
    text = server_error(RequestFactory().get("/?secret=canary", secure=True)).content.decode()
    assert "canary" not in text
    assert settings.SECRET_KEY not in text
