"""A key that nobody reads is an error in every kind of section: it would promise something and bind nobody (P0)."""

import pytest

from microkitten import policy

GOOD = policy.packaged_text("classic")
SECTIONS = (
    "[policy]", "[[statement]]", "[purpose.deliver]", "[rule.deliver.open]", "[group.customer]",
    "[field.customer.name]", "[party.mail]", "[cookie.__Host-cart]",
)  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_a_surplus_key_is_an_error_wherever_it_stands(section: str) -> None:
    """At its line."""
    text = GOOD.replace(f"\n{section}\n", f"\n{section}\nsurplus = 1\n", 1)
    assert text != GOOD
    with pytest.raises(policy.PolicyError) as caught:
        policy.parse(text, file="policy.toml")
    (found,) = caught.value.problems
    assert "unknown key 'surplus'" in found.message
    assert text.splitlines()[found.line - 1] == "surplus = 1"
