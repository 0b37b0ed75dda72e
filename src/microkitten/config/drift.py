"""Finds what was changed in one place and not in the other: templates, tables, pages of the docs, declarations.

`python -m microkitten.config.drift` is a step of `bin/lint`; with `--store DIR` it only makes the store that tools
need which read the shop's settings.
"""

import contextlib
import io
import os
import secrets
import subprocess
import sys
import traceback
from dataclasses import replace
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from microkitten import policy
from microkitten.config import declarations, founding
from microkitten.config.processes import SOURCE, environment
from microkitten.policy.words import PROFILES

HOUSE = SOURCE.parent
POLICY = SOURCE / "microkitten/policy/default.toml"
# What refuses a view or a job that declares nothing; the mistake is where that was asked for.
REFUSING = ("src/microkitten/web/", ".venv/")


def make_store(folder: Path) -> None:
    """Found a bare sample store in `folder`, of the present release: files only, no databases."""
    for name in ("store.toml", "policy.toml"):
        (folder / name).unlink(missing_ok=True)
    founding.found(folder, founding.sample_plan(8443))
    secret = folder / "secret.key"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48), encoding="ascii")
        secret.chmod(0o600)


def packaged_policy() -> list[str]:
    """Return what is wrong with the policy that all stores begin with, at its own lines; no store is made of it."""
    wrong = set()
    for profile in PROFILES:
        try:
            policy.packaged(profile)
        except policy.PolicyError as error:
            wrong |= {replace(problem, file=str(POLICY.relative_to(HOUSE))) for problem in error.problems}
    return [str(problem) for problem in sorted(wrong)]


def undeclared(error: ImproperlyConfigured) -> str:
    """Return what the code refused when it was loaded, with the line of ours that asked for it."""
    frames = [
        (str(Path(frame.filename).relative_to(HOUSE)), frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(HOUSE)
    ]
    ours = [frame for frame in frames if not frame[0].startswith(REFUSING)] or frames
    where = ":".join(map(str, ours[-1])) if ours else "settings"
    remedy = "write @serves(purpose.NAME) above the function" if "needs @serves" in str(error) else ""
    return f"{where}: {error}" + (f"; {remedy}" if remedy else "")


def templates() -> list[str]:
    """Return the templates that do not parse."""
    from django.template import TemplateDoesNotExist, TemplateSyntaxError
    from django.template.loader import get_template

    wrong = []
    for path in sorted((SOURCE / "microkitten").glob("**/templates/**/*.html")):
        name = str(path).rpartition("/templates/")[2]
        try:
            get_template(name, using="shop")
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            wrong.append(f"{path.relative_to(HOUSE)}: {error}")
    return wrong


def shop_tables() -> list[str]:
    """Return what the shop's models have and its migrations lack."""
    from django.core.management import call_command

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            call_command("makemigrations", check_changes=True, dry_run=True, no_input=True, stdout=said)
        except SystemExit:
            return ["the shop's migrations lag behind its models:\n" + said.getvalue()]
    return []


def vault_tables(folder: Path) -> list[str]:
    """Return the same of the vault, asked in a process of its own: its settings are not the shop's."""
    settings = {"DJANGO_SETTINGS_MODULE": "microkitten.vault.server.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run", "--no-input"],
        env=environment(folder, "vault") | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        [] if done.returncode == 0 else ["the vault's migrations lag behind:\n" + done.stdout + done.stderr]
    )


def settings_page() -> list[str]:
    """Return whether the page of settings is older than the settings."""
    page = HOUSE / "docs/operating/settings.md"
    if page.read_text(encoding="utf-8") == declarations.document():
        return []
    return [f"python -m microkitten.config.declarations > {page.relative_to(HOUSE)}"]


def conformity() -> list[str]:
    """Return what the code does not declare, or declares against the policy (docs/adding.md)."""
    from microkitten.config.conformity.run import everything  # late: it looks at the shop's models

    return [str(finding) for finding in everything()]


def main(arguments: list[str]) -> int:
    """Run all and say what has drifted; returns 0 if nothing has."""
    folder = Path(arguments[1] if arguments[:1] == ["--store"] else HOUSE / ".tools/lint-store").resolve()
    wrong = packaged_policy()
    if not wrong:
        make_store(folder)
        wrong = [] if arguments else _all(folder)
    for line in wrong:
        sys.stderr.write(line + "\n")
    return 1 if wrong else 0


def _all(folder: Path) -> list[str]:
    """Return all that has drifted, seen from the store in `folder`."""
    os.environ.update(environment(folder, "web"))
    import django  # late: its settings are read from the environment just set

    try:
        django.setup()
        return [*templates(), *shop_tables(), *vault_tables(folder), *settings_page(), *conformity()]
    except ImproperlyConfigured as error:
        return [undeclared(error)]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
