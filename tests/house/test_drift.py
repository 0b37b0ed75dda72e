"""What is found before the shop's code can even be loaded is told by its line, and not by a traceback."""

import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from microkitten.config import drift
from microkitten.policy import purpose
from microkitten.web.routes import route
from microkitten.web.serves import serves


def test_a_mistake_in_the_packaged_policy_is_told_at_its_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever edits that file reads its name, not that of a copy; both profiles are read, each mistake told once."""
    text = drift.POLICY.read_text("utf-8")
    for right, wrong in (
        ('basis = "consent"', 'basis = "vibes"'),
        ("when.strict = [", 'when.strict = ["x", '),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    (tmp_path / "default.toml").write_text(text, "utf-8")
    monkeypatch.setattr(sys.modules["microkitten.policy.load"], "_DEFAULT", tmp_path / "default.toml")
    assert drift.main(["--store", str(tmp_path / "store")]) == 1
    lines = text.splitlines()
    first, second = (
        next(at for at, one in enumerate(lines, 1) if one.startswith(begin))
        for begin in ('basis = "vibes"', 'when.strict = ["x", ')
    )
    told = capsys.readouterr().err.splitlines()
    assert [one.partition(" (")[0] for one in told] == [
        f"src/microkitten/policy/default.toml:{first}: unknown basis 'vibes'",
        f"src/microkitten/policy/default.toml:{second}: unknown condition 'x'",
    ]
    assert not (tmp_path / "store").exists()


def test_a_view_without_a_purpose_is_told_where_it_gets_its_address() -> None:
    """With what to write; the same of a function that serves two."""

    def page(request: object) -> None: ...

    with pytest.raises(ImproperlyConfigured) as refused:
        route("own", page, name="own")  # type: ignore[arg-type] # the mistake itself
    asked = refused.traceback[0].lineno + 1
    assert drift.undeclared(refused.value) == (
        f"tests/house/test_drift.py:{asked}: {__name__}.page needs @serves(purpose...); "
        "write @serves(purpose.NAME) above the function"
    )
    with pytest.raises(ImproperlyConfigured) as refused:
        serves(purpose.bill)(serves(purpose.deliver)(page))
    said = drift.undeclared(refused.value)
    assert said.startswith("tests/house/test_drift.py:")
    assert said.endswith("page serves deliver and bill; make two of it")
