"""All checks at once: what `bin/lint`, Django's `check` and `microkitten check` run."""

from collections.abc import Iterator
from pathlib import Path

from microkitten import policy as policies
from microkitten.config.conformity import (
    cookies,
    inputs,
    mails,
    models,
    pages,
    purposes,
    raw,
    routes,
    showing,
)
from microkitten.config.conformity import sources as code
from microkitten.config.conformity.finding import Finding
from microkitten.policy import Policy

PACKAGE = Path(__file__).resolve().parents[2]
STATIC = PACKAGE / "web/static"


def everything() -> list[Finding]:
    """Return all findings about the code as it stands, judged by the packaged policy in both profiles; needs Django."""
    from django.urls import get_resolver

    both = [policies.packaged("classic"), policies.packaged("strict")]
    sources, templates = code.read(PACKAGE.parent), pages.read(pages.folders_of(PACKAGE))
    found = {*purposes.views_without(get_resolver()), *purposes.views_unread(get_resolver(), sources)}
    for policy in both:
        people = {group.person for group in policy.groups.values()}
        found |= {*models.check(models.our_models(), people), *purposes.check(policy, sources)}
        found |= {*showing.check(policy, sources, templates), *mails.check(policy, templates)}
        found |= {*inputs.check(policy, sources, templates), *cookies.check(policy, sources)}
    found |= {*routes.check(sources), *cookies.scripts(_scripts(ours=True))}
    found |= set(
        raw.check(sources, templates, _scripts(ours=False), raw.REGISTER.read_text(encoding="utf-8"))
    )
    return sorted(found)


def _scripts(*, ours: bool) -> dict[Path, str]:
    folder = STATIC if ours else STATIC / "vendor"
    return {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))}


def theme(folder: Path, policy: Policy) -> Iterator[Finding]:
    """Yield what a store's own templates and scripts do that its policy does not allow; asks no database.

    Params: `folder`, the store's `theme`; `policy`, the one in force. Promise: P0, P11.
    """
    own = folder / "templates"
    ours = pages.folders_of(PACKAGE)
    if own.is_dir():
        sources, templates = code.read(PACKAGE.parent), pages.read([own, *ours])
        for finding in {
            *showing.check(policy, sources, templates),
            *mails.check(policy, templates),
            *inputs.check(policy, sources, templates),
            *_raw(templates, own),
        }:
            if finding.where.startswith(f"{own}/"):
                yield finding
    if (folder / "static").is_dir():
        files = sorted((folder / "static").rglob("*.js"))
        yield from cookies.scripts(
            {path: path.read_text(encoding="utf-8", errors="replace") for path in files}
        )


def _raw(templates: pages.Templates, own: Path) -> Iterator[Finding]:
    """Yield the store's own templates that turn escaping off: nobody signs those."""
    for one in templates.by_name.values():
        is_text = one.name.endswith(".txt")
        if one.path.is_relative_to(own) and not is_text and (line := raw.unescaped(one.text)):
            what = f"{one.name} turns escaping off"
            yield Finding(f"{one.path}:{line}", "P100", what, "take it out: what is shown is escaped")
