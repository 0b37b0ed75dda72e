"""Raw regions: each is signed, and read again when its text changes (P35, P38)."""

from hashlib import sha256
from pathlib import Path

import pytest

from microkitten.config.conformity import cookies, raw
from tests.house.planting import code, templates

BODY = "def peep(opened, person):\n    return opened.reveal(person, 'customer.name')"
HASH = sha256(BODY.encode()).hexdigest()
PLACE = "planted/shop/orders/actions.py"
NONE = templates()


def entry(sha: str = HASH, reason: str = "because", function: str = "peep") -> str:
    """Return a register with one entry."""
    return f'[[raw]]\npath = "{PLACE}"\nfunction = "{function}"\nsha256 = "{sha}"\nreason = "{reason}"\n'


def found(signed: str, body: str = BODY) -> list[str]:
    """Return what is said of a planted region under a register."""
    return [str(one) for one in raw.check(code(shop__orders__actions=body + "\n"), NONE, {}, signed)]


def test_a_signed_region_is_no_finding() -> None:
    """Read through, with a reason and the hash of its text."""
    assert found(entry()) == []


def test_a_region_that_nobody_signed_is_found() -> None:
    """The message has the entry to write."""
    assert found("") == [
        f"{PLACE}:1: microkitten.P100 peep is raw (reveal); do without, or sign it in conformity/raw.toml: "
        f'[[raw]] path = "{PLACE}", function = "peep", sha256 = "{HASH}", reason = "..."'
    ]


def test_a_region_that_was_changed_is_found() -> None:
    """One letter is enough, and the message has the new hash."""
    assert found(entry(sha="0" * 64)) == [
        f"{PLACE}:1: microkitten.P101 peep is raw (reveal) and was changed since it was signed; "
        f'read it again, then write sha256 = "{HASH}" in conformity/raw.toml'
    ]


def test_a_region_without_a_reason_is_found() -> None:
    """A signature says why."""
    assert found(entry(reason="")) == [
        f"{PLACE}:1: microkitten.P102 peep is raw (reveal), and nobody says why; write reason in conformity/raw.toml"
    ]


def test_an_entry_of_nothing_is_found() -> None:
    """The register does not grow old."""
    assert found(entry(), body="def peep(): ...")[0].endswith(
        f"microkitten.P103 conformity/raw.toml signs {PLACE} peep, where nothing is raw; take the entry out"
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("def f(x):\n    return Markup(x)", "markup"),
        ("def f(x):\n    return mark_safe(x)", "markup"),
        ("def f(x):\n    return html.format_html(x)", "markup"),
        ("def f():\n    return connection.cursor()", "sql"),
        ("def f():\n    return Order.objects.raw('SELECT 1')", "sql"),
        ("def f():\n    return Order.objects.extra(where=['1'])", "sql"),
        ("class A:\n    def f(self, x):\n        return x.reveal(1, 2)", "reveal"),
        ("X = connection.cursor()", "sql"),
    ],
)
def test_each_kind_of_raw_code_is_found(body: str, kind: str) -> None:
    """In functions, methods, and at the top of a file."""
    (said,) = found("", body=body)
    assert f"is raw ({kind})" in said


@pytest.mark.parametrize(
    "text", ["{{ a|safe }}", "{{ a | safe }}", "{% autoescape false %}{% endautoescape %}"]
)
def test_a_template_that_does_not_escape_is_found(text: str) -> None:
    """It is signed as a whole, or not there."""
    planted = templates(orders__page="{% serves deliver %}\n" + text)
    (said,) = [str(one) for one in raw.check(code(), planted, {}, "")]
    assert "P100 the file is raw (safe)" in said


def test_six_regions_are_one_too_many() -> None:
    """However well each is signed."""
    bodies = [BODY.replace("peep", f"peep{number}") for number in range(6)]
    said = found("", body="\n".join(bodies))
    assert any(
        "P104 6 regions hold opened values, 5 may; show them by {% personal %} instead" in one for one in said
    )


@pytest.mark.parametrize(
    "line",
    [
        'document.cookie = "a=b";',
        "localStorage.setItem('a', 1);",
        "const kept = window.sessionStorage;",
        "indexedDB.open('a');",
        "cookieStore.set('a', 'b');",
        "navigator.sendBeacon('/a');",
    ],
)
def test_a_script_that_keeps_something_is_found(line: str) -> None:
    """A browser keeps the list's cookies alone (P8)."""
    (said,) = [str(one) for one in cookies.scripts({Path("planted/own.js"): "let a = 1;\n" + line})]
    assert said.startswith("planted/own.js:2: microkitten.P083 the script keeps something in the browser (")
    assert said.endswith("; leave it out: a browser keeps the list's cookies alone")
