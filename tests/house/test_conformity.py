"""The house as it stands has nothing to declare any more; and what runs refuses what the checks would find."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern
from jinja2 import DictLoader, TemplateSyntaxError

from microkitten.config.conformity import cookies, inputs, purposes, routes
from microkitten.config.conformity.finding import HOUSE
from microkitten.config.conformity.run import everything, theme
from microkitten.policy import Purpose, UnknownWord, purpose
from microkitten.providers.register import provides
from microkitten.web.declares import must_serve
from microkitten.web.forms import PersonalForm, PlainText
from microkitten.web.jinja import environment
from microkitten.web.queue.backend import work
from microkitten.web.serves import serves
from tests.house.planting import POLICY, code, templates


def test_the_house_declares_all_it_must() -> None:
    """No finding, in neither profile."""
    assert [str(finding) for finding in everything()] == []


def test_a_view_without_a_purpose_is_found_at_its_line() -> None:
    """Whatever way it got its address."""

    def page(request: object) -> None: ...

    resolver = SimpleNamespace(url_patterns=[URLPattern(RoutePattern("own"), page)])
    (found,) = purposes.views_without(resolver)
    assert found.where == f"{__file__}:{page.__code__.co_firstlineno}"
    assert (found.id, found.what) == ("P020", "the view of /own declares no purpose")
    assert found.remedy == "write @serves(purpose...) above it, and route(...) in urls.py"


def test_a_view_that_cannot_be_read_is_found() -> None:
    """A purpose that is given while the shop runs is one that no check has seen."""

    def page(request: object) -> None: ...

    resolver = SimpleNamespace(url_patterns=[URLPattern(RoutePattern("own"), serves(purpose.deliver)(page))])
    assert list(purposes.views_without(resolver)) == []
    (found,) = purposes.views_unread(resolver, code())
    assert str(found) == (
        "address /own: microkitten.P019 the view of /own is no function with a mark that can be read; "
        "write a function at the top of views.py, with @serves(purpose...) above it"
    )


def test_an_input_that_only_the_policy_has_is_found() -> None:
    """A promise about an input that nobody can fill in is not true."""
    (found,) = [
        one
        for one in inputs.check(POLICY, code(), templates())
        if one.what
        == "field customer.email is written or compared by proof.email, and no code has such an input"
    ]
    assert (found.id, found.remedy) == ("P073", "take it out of the policy, or write the input")
    assert line_of(found.where) == "[field.customer.email]"


def test_a_cookie_that_only_the_policy_has_is_found() -> None:
    """The table of cookies is complete, and nothing more."""
    (found,) = [
        one
        for one in cookies.check(POLICY, code())
        if one.what == "the policy lists the cookie '__Host-cart', and no code has it"
    ]
    assert (found.id, found.remedy) == ("P081", "take it out of the policy, or set it")
    assert line_of(found.where) == "[cookie.__Host-cart]"


def line_of(where: str) -> str:
    """Return the line that a finding points at."""
    path, _, number = where.rpartition(":")
    return (HOUSE / path).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_what_is_allowed_is_not_found() -> None:
    """A check that finds everything would find nothing."""
    fine = code(
        providers__mail__smtp="import smtplib\nimport ssl\n",
        config__processes="import os\nimport subprocess\nos.execv('a', [])\n",
        web__own="from urllib.parse import urlsplit\nimport re\nre.compile('a')\n",
    )
    assert list(routes.check(fine)) == []


def test_a_view_or_task_takes_one_purpose_of_the_policy() -> None:
    """What the checks read is refused when it runs, too (P11)."""
    with pytest.raises(TypeError, match="takes a constant"):
        serves("deliver")  # type: ignore[arg-type] # the mistake itself
    with pytest.raises(ImproperlyConfigured, match="serves deliver and bill; make two of it"):
        serves(purpose.bill)(serves(purpose.deliver)(lambda: None))
    task = SimpleNamespace(func=lambda: None, call=lambda: None)
    task.func.__name__ = "tidy"
    with pytest.raises(ImproperlyConfigured, match=r"tidy needs @serves\(purpose...\)"):
        work(task)  # type: ignore[arg-type] # as much of a task as is asked for


def test_a_provider_of_nobody_does_not_load() -> None:
    """A party, and purposes that are its work (P21, P22)."""
    assert provides("mail", purpose.confirm).purposes == {"confirm"}
    with pytest.raises(UnknownWord, match="unknown party 'carrier'"):
        provides("carrier", purpose.deliver)
    with pytest.raises(UnknownWord, match="unknown work of mail 'bill'"):
        provides("mail", purpose.bill)
    with pytest.raises(TypeError, match="names its purposes"):
        provides("mail")
    with pytest.raises(TypeError, match="names its purposes"):
        provides("mail", "confirm")  # type: ignore[arg-type] # the mistake itself


@pytest.mark.parametrize(
    ("text", "opened", "said"),
    [
        ("{% serves deliver rights %}", (purpose.deliver, purpose.rights), ""),
        (
            "{% serves deliver %}",
            (purpose.deliver, purpose.rights),
            "serves deliver, and something was opened",
        ),
        (
            "{% serves every %}",
            (purpose.deliver,),
            "serves every, and something was opened for it to deliver",
        ),
        ("<p>Hello</p>", (purpose.deliver,), "serves nothing, and something was opened for it to deliver"),
    ],
)
def test_a_page_shows_only_what_was_opened_for_its_purposes(
    text: str, opened: tuple[Purpose, ...], said: str
) -> None:
    """Whatever a view opens: the template has the last word (P11)."""
    page = environment(loader=DictLoader({"page.html": text})).get_template("page.html")
    if not said:
        must_serve(page, opened)
        return
    with pytest.raises(RuntimeError, match=f"page.html {said}"):
        must_serve(page, opened)


@pytest.mark.parametrize("text", ["{% serves %}", '{% serves "deliver" %}', "{% asks a, b %}"])
def test_a_declaration_is_made_of_words(text: str) -> None:
    """Anything else is told when the template is compiled."""
    with pytest.raises(TemplateSyntaxError, match="write the words"):
        environment().from_string(text)


def test_a_form_that_does_not_say_what_it_asks_takes_nothing() -> None:
    """An input that is added while it runs is caught when it runs (P1)."""

    class Ask(PersonalForm):
        form_name = "checkout"
        personal = {"name": "customer.name"}
        name = PlainText(length_max=9)

    form = Ask({"name": "Ann", "birthday": "1"})
    assert form.is_valid()
    form = Ask({"name": "Ann", "birthday": "1"})
    form.fields["birthday"] = PlainText(length_max=9)
    with pytest.raises(RuntimeError, match="Ask does not say what birthday is: name it in personal"):
        form.is_valid()


def test_a_store_is_told_what_its_own_templates_may_not_do(tmp_path: Path) -> None:
    """A merchant's page is judged as ours is; what it leaves alone is not spoken of."""
    assert list(theme(tmp_path, POLICY)) == []
    for name, text in {
        "templates/orders/order.html": "{% serves deliver rights %}\n{% personal visitor.seen of order.customer %}\n",
        "templates/checkout/cart.html": "{% serves operate confirm %}\n<input name=birthday>{{ words|safe }}\n",
        "templates/own/unused.html": "<p>Hello</p>\n",
        "static/own.js": "localStorage.a = 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    told = sorted((one.where.removeprefix(f"{tmp_path}/"), one.id) for one in theme(tmp_path, POLICY))
    assert told == [
        ("static/own.js:1", "P083"),
        ("templates/checkout/cart.html:2", "P074"),
        ("templates/checkout/cart.html:2", "P100"),
        ("templates/orders/order.html:2", "P050"),
        ("templates/own/unused.html:1", "P041"),
    ]
