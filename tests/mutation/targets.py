"""Which source is spoilt, how, and which tests should see it, the quickest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.code import CodeMutant, mutants

SOURCE = "src/microkitten"
# What is taken out or turned in every run, and what besides where a condition has several parts that each count.
CHECKS = ("raises", "calls", "ifs")
LOCKS = (*CHECKS, "parts")
DEEP = (*LOCKS, "comparisons", "returns")
REFUSALS = r"refuse|decide|check_actor|_count|held\.add|collected\.add"

POLICY = (
    "tests/policy/test_broken.py",
    "tests/policy/test_decide.py",
    "tests/policy/test_lists.py",
    "tests/policy/test_rights.py",
    "tests/second/test_cedar.py::test_both_agree_on_every_row_and_beside_it",
    "tests/policy",
    "tests/second",
)
VERBS = (
    "tests/vault/test_verbs.py",
    "tests/vault/test_acts.py",
    "tests/vault/test_visitors.py",
    "tests/vault/test_sweep.py",
)
VAULT = (
    *VERBS,
    "tests/vault/test_hostile.py",
    "tests/vault",
    # Slow, and about neither a check nor a condition.
    "--ignore=tests/vault/test_crash.py",
    "--deselect=tests/vault/test_hostile.py::test_noise_of_all_lengths_harms_nobody",
    "--deselect=tests/vault/test_hostile.py::test_a_slow_caller_holds_up_nobody",
)


@dataclass(frozen=True)
class Target:
    """One source file. `functions` limits what is spoilt, `steps` names the calls that are taken out."""

    kind: str
    file: str
    tests: tuple[str, ...]
    operators: tuple[str, ...] = CHECKS
    functions: tuple[str, ...] = ()
    steps: str = REFUSALS
    only: str = ""

    def mutants(self, tree: Path, *, deep: bool = False) -> list[CodeMutant]:
        """Return the spoilt forms of the file as it stands in a tree; `deep` adds every operator for checks."""
        path = f"{SOURCE}/{self.file}"
        operators = dict.fromkeys(
            (*self.operators, *(DEEP if deep and self.operators != ("elements",) else ()))
        )
        text = (tree / path).read_text("utf-8")
        made = mutants(path, text, operators, self.functions, calls_named=self.steps)
        return [one for one in made if re.search(self.only, f"{one.kind} {one.snippet}")]


def _verb(name: str, *tests: str, functions: tuple[str, ...] = ()) -> Target:
    steps = rf"{REFUSALS}|database\.(run|many)|enter|erase\.|index\.|keyring\.|_sweep|journal\."
    return Target(
        "vault", f"vault/server/verbs/{name}.py", (*tests, *VAULT), functions=functions, steps=steps
    )


TARGETS = (
    Target("policy", "policy/checks.py", POLICY, steps=r"note|unknown|\(desk, "),
    Target("policy", "policy/bounds.py", POLICY, steps=r"note|unknown|\(desk, "),
    Target("policy", "policy/read.py", POLICY, steps=r"note|unknown|finish"),
    Target("policy", "policy/desk.py", POLICY, steps=r"note|unknown|_wrong|_placeholder"),
    Target("policy", "policy/table.py", POLICY),
    # The vault's locks
    Target(
        "vault", "vault/server/sealing.py", ("tests/vault/test_sealing.py", *VAULT),
        operators=LOCKS, only="^(?!.*UnsupportedAlgorithm)",
    ),
    Target(
        "vault", "vault/server/sealing.py", ("tests/vault/test_sealing.py", *VAULT),
        operators=("elements",), functions=("context",),
    ),
    Target(
        "vault", "vault/server/keys.py",
        ("tests/vault/test_sealing.py", "tests/vault/test_tampering.py", "tests/vault/test_folder.py", *VAULT),
        operators=("raises", "ifs"), functions=("Keyring.of", "Keyring.change", "Keyring._unwrapped"),
    ),
    Target("vault", "vault/server/work.py", VAULT, operators=LOCKS),
    Target("vault", "vault/server/limits.py", ("tests/vault/test_hostile.py", *VAULT)),
    Target("vault", "vault/server/shapes.py", ("tests/vault/test_wire.py", "tests/vault/test_hostile.py", *VAULT)),
    Target(
        "vault", "vault/server/listener.py",
        ("tests/vault/test_walls.py", "tests/vault/test_wire.py", "tests/vault/test_hostile.py", *VAULT),
        functions=("Listener._is_welcome", "Listener.open", "_job", "_ask"), steps="chmod",
    ),
    Target("vault", "vault/server/audit.py", ("tests/vault/test_tampering.py", *VAULT), steps="close"),
    Target("vault", "vault/server/folder.py", ("tests/vault/test_folder.py", *VAULT), functions=("Folder",)),
    _verb("collect"),
    _verb("disclose", "tests/vault/test_acts.py"),
    _verb("erase"),
    _verb("look"),
    _verb("passes"),
    _verb("staff"),
    _verb("sweep", "tests/vault/test_sweep.py"),
    _verb("use"),
    _verb("visitors", "tests/vault/test_visitors.py"),
    Target(
        "vault", "vault/server/verbs/erase.py", VAULT, operators=("elements",), functions=("<module>",)
    ),
    Target(
        "vault", "vault/wire.py", ("tests/vault/test_wire.py", *VAULT), functions=("Role", "decode", "_integer"),
    ),
    Target(
        "vault", "vault/values.py", ("tests/vault/test_values.py", *VAULT), operators=CHECKS,
    ),
    # What the vault hands out
    Target("sealed values", "vault/disclosure.py", ("tests/vault/test_types.py", "tests/providers", *VAULT)),
    Target("sealed values", "vault/opened.py", ("tests/vault/test_types.py", *VAULT), steps="clear"),
    Target("sealed values", "vault/types.py", ("tests/vault/test_types.py", *VAULT)),
    Target("sealed values", "providers/disclosed.py", ("tests/providers", "tests/fakes")),
    # The edge of the web
    Target(
        "web", "web/security.py", ("tests/web", "tests/promises"),
        operators=(*CHECKS, "settings", "elements"), steps=r"pop|setdefault",
        functions=("edge", "headers", "cookies", "same_origin", "_comes_from_us", "public"),
    ),
    Target("web", "web/page.py", ("tests/web", "tests/promises"), operators=(*CHECKS, "settings"), steps="^$"),
    Target("web", "web/forms.py", ("tests/web", "tests/promises"), functions=("no_card_number", "PersonalForm")),
    Target(
        "consent", "shop/visitors/middleware.py", ("tests/web", "tests/promises/test_p08_a_lasting_cookie.py",
        "tests/promises/test_p09_what_the_cookie_is_for.py", "tests/promises"), steps=r"forget|drop|give|keep",
    ),
    Target(
        "consent", "shop/visitors/views.py", ("tests/web", "tests/promises/test_p08_a_lasting_cookie.py",
        "tests/promises/test_p09_what_the_cookie_is_for.py", "tests/promises"), steps=r"forget|drop|give|remember",
    ),
)  # fmt: skip


def all_mutants(tree: Path, *, files: str = "", deep: bool = False) -> Iterator[tuple[Target, CodeMutant]]:
    """Yield every code mutant of a tree with its target; `files` is a pattern that the file's name must hold."""
    for target in TARGETS:
        if re.search(files, target.file) and (tree / SOURCE / target.file).is_file():
            for mutant in target.mutants(tree, deep=deep):
                yield target, mutant
