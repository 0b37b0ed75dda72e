"""Fideslang's own models read the export, and its never-sell policy passes as is and fails on a shared row (P20).

What is judged here in a second, `bin/fides` has judged by fides itself (`fides --local evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import yaml
from fideslang import models
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from fideslang.relationships import get_referenced_missing_keys

from tests.second.manifests import PROFILES, USES, as_is, shared_by_declaration, shared_by_rule

KINDS = ("data_category", "data_use", "data_subject", "organization")


def taxonomy(manifest: str) -> models.Taxonomy:
    """Return the manifest in fideslang's models, with its default words beside the manifest's own."""
    own = models.Taxonomy(**yaml.safe_load(manifest))
    for kind in KINDS:
        setattr(own, kind, [*(getattr(own, kind) or []), *getattr(DEFAULT_TAXONOMY, kind)])
    return own


def violations(of: models.Taxonomy) -> list[str]:
    """Judge each system's declarations by each rule of the manifest's policies, as fides does."""
    found = []
    for rule in (rule for policy in of.policy for rule in policy.rules):
        for system in of.system:
            for told in system.privacy_declarations:
                if (
                    _matches(rule.data_uses, [told.data_use])
                    and _matches(rule.data_categories, told.data_categories)
                    and _matches(rule.data_subjects, told.data_subjects)
                ):
                    found.append(f"{system.fides_key}: {told.name}")
    return found


def _matches(asked: models.PolicyRule, told: Iterable[str]) -> bool:
    """Tell whether any word told is one that is asked for, or stands below one."""
    assert str(asked.matches.value) == "ANY"
    return any(word == value or word.startswith(f"{value}.") for word in told for value in asked.values)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_export_passes_as_it_is(profile: str) -> None:
    """Each word is known, and no declaration comes near a sale."""
    told = taxonomy(as_is(profile))
    assert get_referenced_missing_keys(told) == set()
    assert [rule.name for policy in told.policy for rule in policy.rules]
    assert violations(told) == []


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_rule_that_shares_fails(profile: str, use: str) -> None:
    """The party's declaration of that rule is the one that is named."""
    told = taxonomy(shared_by_rule(profile, use))
    assert get_referenced_missing_keys(told) == set()
    assert any(one.startswith("mail: confirm") for one in violations(told)), violations(told)


@pytest.mark.parametrize("use", USES)
def test_a_declaration_added_by_hand_fails(use: str) -> None:
    """Whoever edits the manifest and not the policy is caught as well."""
    assert violations(taxonomy(shared_by_declaration("classic", use))) == ["mail: share"]


def test_a_word_that_nobody_knows_is_missed() -> None:
    """The models take an unknown use in silence; the look-up of missing keys does not."""
    told = taxonomy(shared_by_declaration("classic", "gossip"))
    assert get_referenced_missing_keys(told) == {"gossip"}
