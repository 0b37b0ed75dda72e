"""Who is given the lasting cookie, who keeps it and from whom it is taken: each answer to each browser (P8)."""

from typing import Any, NamedTuple

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from microkitten.shop.visitors import actions, middleware, views
from microkitten.vault.types import VaultAway

OURS = "x" * 22
NEW = "n" * 22


class Vault:
    """Notes what is asked of the vault, and mints one cookie."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.on_visit, self.is_known, self.is_away = True, True, False

    def _ask(self, verb: str) -> None:
        if self.is_away:
            raise VaultAway
        self.asked.append(verb)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A stand-in behind the room's own actions."""
    made = Vault()

    def told(verb: str, answer: Any = None) -> Any:
        def act(*_: object) -> Any:
            made._ask(verb)
            return answer

        return act

    monkeypatch.setattr(actions, "assigns_on_visit", lambda: made.on_visit)
    monkeypatch.setattr(actions, "assign", told("assign", NEW))
    monkeypatch.setattr(actions, "consent", told("consent", NEW))
    monkeypatch.setattr(actions, "forget", told("forget"))
    monkeypatch.setattr(actions, "seen", lambda cookie: object() if made.is_known else None)
    return made


class Case(NamedTuple):
    """A browser, and what becomes of its cookie: the new value, "" for taken back, None for left alone."""

    on_visit: bool
    cookie: str | None
    signal: bool
    choice: str | None
    robot: bool
    becomes: str | None
    asked: list[str]


CASES = (
    # classic: given at the first visit, renewed at the next
    Case(True, None, False, None, False, NEW, ["assign"]),
    Case(True, OURS, False, None, False, OURS, []),
    Case(True, "odd", False, None, False, NEW, ["assign"]),
    Case(True, None, False, None, True, None, []),
    Case(True, OURS, False, None, True, OURS, []),
    # a no, by signal or by choice, takes it back and gives none
    Case(True, None, True, None, False, None, []),
    Case(True, OURS, True, None, False, "", ["forget"]),
    Case(True, OURS, False, "no", False, "", ["forget"]),
    Case(True, "odd", True, None, False, "", []),
    Case(True, None, False, "no", False, None, []),
    Case(True, OURS, True, "yes", False, "", ["forget"]),
    # strict: nothing without a yes
    Case(False, None, False, None, False, None, []),
    Case(False, OURS, False, None, False, None, []),
    Case(False, OURS, False, "yes", False, OURS, []),
    Case(False, None, False, "yes", False, None, []),
    Case(False, OURS, False, "no", False, "", ["forget"]),
)


def jar(case: Case) -> dict[str, str]:
    """Return the cookies a browser sends."""
    choice = (
        actions.told(case.choice) if case.choice else None
    )  # a yes bears the sign of the words it is said to
    sent = {actions.COOKIE: case.cookie, actions.CHOICE: choice}
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.parametrize("case", CASES)
def test_a_page_gives_keeps_or_takes_back(case: Case, vault: Vault) -> None:
    """Through Django."""
    vault.on_visit = case.on_visit
    request: Any = RequestFactory().get("/", headers={"Sec-GPC": "1"} if case.signal else {})
    request.COOKIES, request.is_robot = jar(case), case.robot
    answer = middleware.visitor(lambda _: HttpResponse())(request)
    morsel = answer.cookies.get(actions.COOKIE)
    assert (None if morsel is None else morsel.value, vault.asked) == (case.becomes, case.asked)
    if morsel is not None:
        assert (morsel["max-age"] == 0) is (case.becomes == "")


@pytest.mark.parametrize("case", CASES)
def test_a_page_that_was_kept_as_bytes_does_the_same(case: Case, vault: Vault) -> None:
    """Before Django is woken."""
    vault.on_visit = case.on_visit
    environ = {
        "REQUEST_METHOD": "GET",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in jar(case).items()),
        "HTTP_USER_AGENT": "curl" if case.robot else "Mozilla/5.0",
        **({"HTTP_SEC_GPC": "1"} if case.signal else {}),
    }
    values = middleware.set_cookies(environ)
    assert [value.split(";")[0] for value in values] == (
        [] if case.becomes is None else [f"{actions.COOKIE}={case.becomes or chr(34) * 2}"]
    )
    assert vault.asked == case.asked
    assert middleware.set_cookies({**environ, "REQUEST_METHOD": "HEAD"}) == []


@pytest.mark.parametrize(
    ("path", "status", "method"), [("/fragments/x", 200, "get"), ("/", 404, "get"), ("/", 200, "post")]
)
def test_what_is_no_page_gives_none(path: str, status: int, method: str, vault: Vault) -> None:
    """Nor does an error, nor a change."""
    request: Any = getattr(RequestFactory(), method)(path)
    request.is_robot = False
    answer = middleware.visitor(lambda _: HttpResponse(status=status))(request)
    assert (dict(answer.cookies), vault.asked) == ({}, [])


def test_what_a_view_has_set_is_left_alone(vault: Vault) -> None:
    """A view that has just taken the cookie back is not overruled on the way out."""

    def respond(_: Any) -> HttpResponse:
        answer = HttpResponse()
        middleware.drop(answer)
        return answer

    request: Any = RequestFactory().get("/")
    request.is_robot = False
    answer = middleware.visitor(respond)(request)
    assert (answer.cookies[actions.COOKIE].value, vault.asked) == ("", [])


def test_without_the_vault_the_page_is_whole(vault: Vault) -> None:
    """And goes without the cookie."""
    vault.is_away = True
    request: Any = RequestFactory().get("/")
    request.is_robot = False
    assert dict(middleware.visitor(lambda _: HttpResponse())(request).cookies) == {}


CHOICES = (
    # on visit?, cookie, answer, known to the vault? -> cookie, choice, asked
    (True, None, "yes", True, NEW, "yes", ["assign"]),
    (True, OURS, "yes", True, None, "yes", []),
    (True, OURS, "no", True, "", "no", ["forget"]),
    (True, None, "no", True, "", "no", []),
    (True, OURS, "nonsense", True, "", "no", ["forget"]),
    (False, None, "yes", True, NEW, "yes", ["consent"]),
    (False, OURS, "yes", True, None, "yes", []),
    (False, OURS, "yes", False, NEW, "yes", ["consent"]),
    (False, OURS, "no", True, "", "no", ["forget"]),
)


@pytest.mark.parametrize(("on_visit", "cookie", "says", "known", "becomes", "choice", "asked"), CHOICES)
def test_a_choice_is_done_and_remembered(
    on_visit: bool, cookie: str | None, says: str, known: bool, becomes: str | None, choice: str,
    asked: list[str], vault: Vault,
) -> None:  # fmt: skip
    """A yes makes an identifier where there is none; anything else destroys it."""
    vault.on_visit, vault.is_known = on_visit, known
    request: Any = RequestFactory().post("/your-cookie/choice", {"answer": says})
    request.COOKIES = {actions.COOKIE: cookie} if cookie else {}
    answer = views.decide(request)
    morsel = answer.cookies.get(actions.COOKIE)
    assert (None if morsel is None else morsel.value) == becomes
    assert (answer.cookies[actions.CHOICE].value, vault.asked) == (actions.told(choice), asked)


@pytest.mark.parametrize(("cookie", "asked"), [(OURS, ["forget"]), ("odd", []), (None, [])])
def test_forgetting_takes_the_cookie_back(cookie: str | None, asked: list[str], vault: Vault) -> None:
    """Whatever it was; only what can be ours is asked for in the vault."""
    request: Any = RequestFactory().post("/your-cookie/forget")
    request.COOKIES = {actions.COOKIE: cookie} if cookie else {}
    answer = views.forget(request)
    assert (answer.cookies[actions.COOKIE].value, vault.asked) == ("", asked)


OLD_WORDS = {actions.COOKIE: OURS, actions.CHOICE: "yes-0"}


@pytest.mark.parametrize(("on_visit", "becomes"), [(False, ""), (True, OURS)])
def test_a_yes_to_other_words_keeps_no_cookie(on_visit: bool, becomes: str, vault: Vault) -> None:
    """It is taken back at the next page where a yes is wanted, and asks nothing of the vault (P42)."""
    vault.on_visit = on_visit
    request: Any = RequestFactory().get("/")
    request.COOKIES, request.is_robot = OLD_WORDS, False
    answer = middleware.visitor(lambda _: HttpResponse())(request)
    assert (answer.cookies[actions.COOKIE].value, vault.asked) == (becomes, [])


@pytest.mark.parametrize(("on_visit", "shown"), [(False, b"asked anew"), (True, b"")])
def test_a_yes_to_other_words_is_asked_for_anew(
    on_visit: bool, shown: bytes, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a yes is wanted; where none is, an answer is an answer (P42)."""
    vault.on_visit = on_visit
    monkeypatch.setattr(views, "show", lambda *_: HttpResponse(b"asked anew"))
    request: Any = RequestFactory().get("/fragments/choice")
    request.COOKIES = OLD_WORDS
    assert views.choice(request).content == shown


@pytest.mark.parametrize(("signal", "choice"), [(True, None), (False, "yes"), (False, "no")])
def test_nobody_is_asked_twice(signal: bool, choice: str | None, vault: Vault) -> None:
    """Neither after an answer nor beside a signal."""
    request: Any = RequestFactory().get("/fragments/choice", headers={"Sec-GPC": "1"} if signal else {})
    request.COOKIES = {actions.CHOICE: actions.told(choice)} if choice else {}
    assert views.choice(request).content == b""
    fresh: Any = RequestFactory().get("/fragments/choice")
    assert views.choice(fresh).content != b""
