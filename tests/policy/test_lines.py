"""The line finder: every error names the line to go to (P0)."""

from microkitten.policy.lines import Lines

TEXT = '''# a comment with [brackets] = signs
[policy]
version = "1"  # = not a key
text = """one
[not.a.header]
key = "no"
"""
list = [
  "first",   # ] not the end
  "second",
]
"quoted key" = 'single # not a comment'
a.b.classic = { x = 1, y = [1,
  2] }

[[statement]]
id = "P1"
text.classic = "x"
text.strict = "y"
[statement.inner]
deep = 1
[[statement]]
id = "P2"

[rule.deliver.open]
when = []
escaped = "a \\" [ quote"
after = true
'''


def line(*path: str | int, word: str | None = None) -> int:
    """Return the line that the finder gives."""
    return Lines(TEXT).of(path, word)


def test_headers_keys_and_dotted_keys_are_found() -> None:
    """The shapes a policy uses."""
    assert line("policy") == 2
    assert line("policy", "version") == 3
    assert line("policy", "quoted key") == 12
    assert line("policy", "a", "b", "classic") == 13
    assert line("rule", "deliver", "open") == 25
    assert line("rule", "deliver", "open", "when") == 26
    assert line("rule", "deliver", "open", "after") == 28


def test_texts_over_lines_do_not_mislead() -> None:
    """What looks like a header inside a text is text."""
    assert line("policy", "text") == 4
    assert line("not", "a", "header") == 1
    assert line("policy", "list") == 8


def test_items_of_a_list_are_found_by_their_word() -> None:
    """A wrong word in a list of forty is shown where it stands."""
    assert line("policy", "list", word="first") == 9
    assert line("policy", "list", word="second") == 10
    assert line("policy", "list", word="third") == 8


def test_statements_are_counted() -> None:
    """The second statement's id is not the first's."""
    assert line("statement", 0, "id") == 17
    assert line("statement", 0, "text", "strict") == 19
    assert line("statement", 0, "inner", "deep") == 21
    assert line("statement", 1, "id") == 23


def test_what_is_missing_is_shown_at_its_table() -> None:
    """A key that should be there is looked for where its table starts; a table that should be, at the top."""
    assert line("statement", 1, "text") == 22
    assert line("rule", "deliver", "open", "actors") == 25
    assert line("nothing") == 1
