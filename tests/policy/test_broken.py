"""Broken policy files: each kind of mistake has its own clear error, at its line, with a way out (P0)."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microkitten import policy

GOOD = policy.packaged_text("classic")
NEW = "# mistake"  # marks, in a comment, the line at which the error must point

CASES = tomllib.loads(Path(__file__).with_name("broken.toml").read_text("utf-8"))["case"]
BROKEN: dict[str, tuple[str, str, str, str]] = {
    case["name"]: (case["old"], case["new"], case["message"], case["hint"]) for case in CASES
}


def problems(text: str) -> tuple[policy.Problem, ...]:
    """Return what the loader says of a text."""
    with pytest.raises(policy.PolicyError) as caught:
        policy.parse(text, file="policy.toml")
    return caught.value.problems


@pytest.mark.parametrize("name", BROKEN)
def test_each_mistake_has_its_own_clear_error(name: str) -> None:
    """Message, hint and, where one line is at fault, that line."""
    old, new, message, hint = BROKEN[name]
    assert old in GOOD, "the packaged policy has changed; mend this case"
    text = GOOD.replace(old, new, 1)
    found = [problem for problem in problems(text) if message in problem.message]
    assert found, [str(problem) for problem in problems(text)]
    assert hint in found[0].hint, found[0].hint
    lines = [number for number, line in enumerate(text.splitlines(), 1) if NEW in line]
    if lines:
        assert found[0].line == lines[0], str(found[0])
    assert 1 <= found[0].line <= len(text.splitlines())


def test_the_messages_are_distinct() -> None:
    """Two kinds of mistakes never look alike."""
    messages = [message for _, _, message, _ in BROKEN.values()]
    assert len(set(messages)) == len(messages)


def test_all_mistakes_are_told_together() -> None:
    """Nobody should have to run it twenty times."""
    text = GOOD
    for name in ("unknown actor", "unknown condition", "bad duration", "unknown basis", "unknown cookie"):
        text = text.replace(*BROKEN[name][:2], 1)
    told = " ".join(problem.message for problem in problems(text))
    for name in ("unknown actor", "unknown condition", "bad duration", "unknown basis", "unknown cookie"):
        assert BROKEN[name][2] in told
    assert [problem.line for problem in problems(text)] == sorted(problem.line for problem in problems(text))


def test_strict_never_sets_the_cookie_on_a_visit() -> None:
    """The one word at the top cannot be true beside the other."""
    text = policy.packaged_text("strict").replace(
        'assign.strict = "on_consent"', 'assign.strict = "on_visit"'
    )
    assert any("on_visit in profile strict" in problem.message for problem in problems(text))


def test_an_error_reads_as_file_line_message_hint() -> None:
    """Editors make it a link."""
    text = GOOD.replace('profile = "classic" ', 'profile = "clasic" ')
    assert re.fullmatch(
        r"policy\.toml:\d+: unknown profile 'clasic' \(did you mean 'classic'\?\)", str(problems(text)[0])
    )


@pytest.mark.parametrize(
    "text", ["", "\n", "[policy]", "statement = 3", "rule = 1", "purpose = []\nparty = 1\nfield = 2"]
)
def test_hardly_a_policy_at_all_is_an_error_and_no_crash(text: str) -> None:
    """An empty file must not govern."""
    assert len(problems(text)) > 5


@pytest.mark.parametrize(
    "kind", ["purpose", "group", "field", "party", "cookie", "rule", "statement", "policy"]
)
@pytest.mark.parametrize(
    "junk", ["3", '"x"', "[]", "[1]", "{}", "{ a = 1 }", "{ a = { b = 1 } }", "{ a = { b = {} } }"]
)
def test_junk_in_place_of_a_section_is_an_error_and_no_crash(kind: str, junk: str) -> None:
    """Whatever stands there, the loader answers with problems."""
    assert problems(f"{kind} = {junk}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("purpose = 3", "purpose must be a table of tables"),
        ("cookie = []", "cookie must be a table of tables"),
        ("statement = 3", "statements are a list"),
        ("statement = { a = 1 }", "statements are a list"),
        ("rule = 3", "rule must be a table of tables"),
        ("field.customer = 3", "field.customer needs a second name"),
        ("policy = 3", "policy must be a table"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("a = " + "1" * 5000, "is not TOML"),
    ],
)
def test_a_section_of_the_wrong_kind_is_named(text: str, message: str) -> None:
    """The first thing wrong is said, and not only what follows from it."""
    assert any(message in problem.message for problem in problems(text))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_a_policy_or_a_policy_error(data: st.DataObject) -> None:
    """Whatever an editor, a merge or a bad disk leaves behind, the loader neither crashes nor guesses."""
    text = GOOD
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = start + data.draw(st.integers(0, 60))
        text = text[:start] + data.draw(st.text("\"'[]{}=.,#\\ \nabP1", max_size=3)) + text[end:]
    found: tuple[policy.Problem, ...] = ()
    try:
        policy.parse(text, file="policy.toml")
    except policy.PolicyError as error:
        found = error.problems
    assert all(1 <= problem.line <= max(1, len(text.splitlines())) for problem in found)


def test_a_file_that_is_not_there_or_not_text_is_an_error(tmp_path: Path) -> None:
    """The store does not start without its policy."""
    with pytest.raises(policy.PolicyError, match="cannot be read"):
        policy.load(tmp_path / "policy.toml")
    (tmp_path / "policy.toml").write_bytes(b"[policy]\nversion = '\xff'\n")
    with pytest.raises(policy.PolicyError, match=r"policy\.toml:2: is not UTF-8"):
        policy.load(tmp_path / "policy.toml")
    (tmp_path / "policy.toml").write_text("#" * 1_000_001)
    with pytest.raises(policy.PolicyError, match="is longer than"):
        policy.load(tmp_path / "policy.toml")


def test_an_unknown_profile_has_no_packaged_policy() -> None:
    """`microkitten new` can only choose one of two."""
    with pytest.raises(ValueError, match="unknown profile 'lax'"):
        policy.packaged("lax")
