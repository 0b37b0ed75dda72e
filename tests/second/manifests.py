"""The fideslang manifests that are judged from outside: the exports as they are, and with a sharing row added.

`python -m tests.second.manifests FOLDER` writes them for `bin/fides`, one folder each: `as-is-*` must pass, and
`sharing-*` must fail.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from microkitten import policy
from microkitten.policy.export import export
from microkitten.policy.wording import Company

PROFILES = ("classic", "strict")
COMPANY = Company("Kitten & Söhne, llc", "microkitten", "hello@shop.example", "12 Sample Street", "US")
# A rule by which one more job hands addresses over. The loader itself refuses one for any purpose that the party has
# no part in; so here the purpose keeps its name and only what it comes to, in fideslang's words, is a sale.
SHARING_RULE = """
[rule.confirm.share]
act = "disclose"
to = "mail"
fields = ["customer.email"]
actors = ["job:pay"]
when = ["claimed", "contract"]
"""
USES = ("third_party_sharing", "marketing.advertising.third_party.targeted")


def as_is(profile: str) -> str:
    """Return the manifest of the packaged policy."""
    return export(policy.packaged(profile), COMPANY, "fideslang")


def shared_by_rule(profile: str, use: str) -> str:
    """Return the manifest of a policy in which a rule shares addresses, for a use of that name."""
    text = policy.packaged_text(profile)
    for old, new in (
        ('fideslang = "essential.service.notifications.email"', f'fideslang = "{use}"'),
        (
            'binds = ["confirm.mail", "lock.order-link"]',
            'binds = ["confirm.mail", "confirm.share", "lock.order-link"]',
        ),
        ("\n[purpose.customize]\n", f"{SHARING_RULE}\n[purpose.customize]\n"),
    ):
        assert text.count(old) == 1, "the packaged policy has changed; mend this"
        text = text.replace(old, new)
    return export(policy.parse(text, file="sharing.toml"), COMPANY, "fideslang")


def shared_by_declaration(profile: str, use: str) -> str:
    """Return the export with one more declaration of a party: e-mail addresses, for a use of that name."""
    raw = yaml.safe_load(as_is(profile))
    party = next(system for system in raw["system"] if system["fides_key"] == "mail")
    party["privacy_declarations"].append(
        {
            "name": "share",
            "data_use": use,
            "data_categories": ["user.contact.email"],
            "data_subjects": ["customer"],
        }
    )
    return str(yaml.safe_dump(raw, sort_keys=False))


def manifests() -> Iterator[tuple[str, str]]:
    """Yield each manifest with the name of its folder."""
    for profile in PROFILES:
        yield f"as-is-{profile}", as_is(profile)
    yield "sharing-by-rule", shared_by_rule("classic", USES[1])
    yield "sharing-by-declaration", shared_by_declaration("strict", USES[0])


if __name__ == "__main__":
    for name, manifest in manifests():
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True)
        (folder / "privacy.yml").write_text(manifest, "utf-8")
