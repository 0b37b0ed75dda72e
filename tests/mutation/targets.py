"""Which source is spoilt, how, and which tests should see it, the quickest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.code import CodeMutant, mutants

SOURCE = "src/microkitten"
# What is taken out or turned in every run, and what besides where a condition has several parts that each count.
CHECKS = ("raises", "calls", "ifs")
LOCKS = (*CHECKS, "parts")
DEEP = (*LOCKS, "comparisons", "returns")
REFUSALS = r"refuse|decide|check_actor|_count|held\.add|collected\.add"

POLICY = (
    "tests/policy/test_broken.py",
    "tests/policy/test_surplus.py",
    "tests/policy/test_hiding.py",
    # By the time it takes, which a busy machine has other ideas of.
    "--deselect=tests/policy/test_hiding.py::test_a_file_made_to_keep_us_busy_is_refused_at_once",
    "tests/policy/test_lists.py",
    "tests/policy/test_decide.py",
    "tests/policy/test_second_opinion.py",
)
MORE_POLICY = ("tests/policy", "tests/second")
# In one process each, milliseconds long, and by no clock but a set one; `VERBS` are the same by way of a real vault.
ALONE = (
    "tests/vault/test_collect_alone.py",
    "tests/vault/test_disclose_alone.py",
    "tests/vault/test_look_alone.py",
    "tests/vault/test_passes_alone.py",
    "tests/vault/test_sweep_alone.py",
)
VERBS = (
    "tests/vault/test_verbs.py",
    "tests/vault/test_acts.py",
    "tests/vault/test_visitors.py",
    "tests/vault/test_sweep.py",
    "tests/vault/test_ends.py",
)
MORE_VAULT = (
    "tests/vault",
    # Slow, and about neither a check nor a condition.
    "--ignore=tests/vault/test_crash.py",
    "--deselect=tests/vault/test_hostile.py::test_noise_of_all_lengths_harms_nobody",
    "--deselect=tests/vault/test_hostile.py::test_a_slow_caller_holds_up_nobody",
)
EDGE = ("tests/web/test_security.py", "tests/web/test_edge.py")
MORE_EDGE = ("tests/web", "tests/promises")
COOKIE = ("tests/shop/visitors", "tests/vault/test_visitors.py")
MORE_COOKIE = (
    "tests/promises/test_p08_a_lasting_cookie.py",
    "tests/promises/test_p09_what_the_cookie_is_for.py",
)


@dataclass(frozen=True)
class Target:
    """One source file. The first `tests` run at once; `more` join them for a mutant that they let live.

    `functions` limits what is spoilt, `steps` names the calls that are taken out, `only` what a mutant's name holds.
    """

    kind: str
    file: str
    tests: tuple[str, ...]
    more: tuple[str, ...]
    operators: tuple[str, ...] = CHECKS
    functions: tuple[str, ...] = ()
    steps: str = REFUSALS
    only: str = ""

    def mutants(self, tree: Path, *, deep: bool = False) -> list[CodeMutant]:
        """Return the spoilt forms of the file as it stands in a tree; `deep` adds every operator for checks."""
        path = f"{SOURCE}/{self.file}"
        more = DEEP if deep and self.operators != ("elements",) else ()
        operators = dict.fromkeys((*self.operators, *more))
        text = (tree / path).read_text("utf-8")
        made = mutants(path, text, operators, self.functions, calls_named=self.steps)
        return [one for one in made if re.search(self.only, f"{one.kind} {one.snippet}")]


def _policy(name: str, steps: str = r"note|unknown") -> Target:
    return Target("policy's checks", f"policy/{name}.py", POLICY, MORE_POLICY, steps=steps)


def _vault(name: str, *tests: str, **more: Any) -> Target:
    return Target("vault", f"vault/{name}.py", tests, MORE_VAULT, **more)


def _verb(name: str, **more: Any) -> Target:
    steps = rf"{REFUSALS}|database\.(run|many)|enter|erase\.|index\.|keyring\.|_sweep|journal\."
    return _vault(f"server/verbs/{name}", *ALONE, steps=steps, **more)


TARGETS = (
    _policy("checks", r"note|unknown|\(desk, "),
    _policy("bounds", r"note|unknown|\(desk, "),
    _policy("read", r"note|unknown|finish"),
    _policy("desk", r"note|unknown|_wrong|_placeholder"),
    _policy("table"),
    _vault(
        "server/sealing", "tests/vault/test_sealing.py", "tests/vault/test_tampering.py",
        operators=LOCKS, only="^(?!.*UnsupportedAlgorithm)",
    ),
    _vault("server/sealing", "tests/vault/test_sealing.py", operators=("elements",), functions=("context",)),
    _vault(
        "server/keys/keyring", "tests/vault/test_keyring.py", "tests/vault/test_visitors.py",
        operators=("raises", "ifs"), functions=("Keyring.of", "Keyring.change", "Keyring.rename", "Keyring.is_decided"),
    ),
    _vault("server/keys/tree", "tests/vault/test_keyring.py", operators=("raises", "ifs")),
    _vault(
        "server/keys/held", "tests/vault/test_keyring.py", operators=("raises",),
        functions=("Held.recover", "Held.root"),
    ),
    _vault("server/work", "tests/vault/test_conditions.py", *ALONE, "tests/vault/test_keyring.py", operators=LOCKS),
    _vault("server/limits", "tests/vault/test_limits.py", steps="_forget_full"),
    _vault("server/shapes", "tests/vault/test_shapes.py"),
    _vault(
        "server/listener", "tests/vault/test_shapes.py", "tests/vault/test_listener_alone.py", steps="chmod",
        functions=("Listener._is_welcome", "Listener.open", "_job", "_ask"),
    ),
    _vault("server/audit", "tests/vault/test_folder_alone.py"),
    _vault("server/folder", "tests/vault/test_folder_alone.py", functions=("Folder",)),
    _verb("collect"),
    _verb("disclose"),
    _verb("erase"),
    _verb("look"),
    _verb("passes"),
    _verb("staff"),
    _verb("sweep"),
    _verb("use"),
    _verb("visitors"),
    _vault("server/verbs/erase", *ALONE, operators=("elements",), functions=("<module>",)),
    _vault("wire", "tests/vault/test_wire.py", functions=("Role", "decode", "_integer")),
    _vault("values", "tests/vault/test_values.py"),
    _vault("disclosure", "tests/vault/test_types.py", "tests/vault/test_acts.py"),
    _vault("opened", "tests/vault/test_types.py", steps="clear"),
    _vault("types", "tests/vault/test_types.py"),
    Target(
        "gate and edge", "providers/disclosed.py", ("tests/providers/test_disclosed.py",),
        ("tests/providers", "tests/fakes"),
    ),
    Target(
        "gate and edge", "web/security.py", EDGE, MORE_EDGE, operators=(*LOCKS, "settings", "elements"),
        steps=r"pop|setdefault",
        functions=("edge", "headers", "cookies", "same_origin", "_comes_from_us", "public"),
    ),
    Target("gate and edge", "web/page.py", EDGE, MORE_EDGE, operators=(*CHECKS, "settings"), steps="^$"),
    Target("gate and edge", "web/forms.py", EDGE, MORE_EDGE, functions=("no_card_number", "PersonalForm")),
    Target("consent", "shop/visitors/middleware.py", COOKIE, MORE_COOKIE, steps=r"forget|drop|give|keep"),
    Target("consent", "shop/visitors/views.py", COOKIE, MORE_COOKIE, steps=r"forget|drop|give|remember"),
)  # fmt: skip


def all_mutants(tree: Path, *, files: str = "", deep: bool = False) -> Iterator[tuple[Target, CodeMutant]]:
    """Yield every code mutant of a tree with its target; `files` is a pattern that the file's name must hold."""
    for target in TARGETS:
        if re.search(files, target.file) and (tree / SOURCE / target.file).is_file():
            for mutant in target.mutants(tree, deep=deep):
                yield target, mutant
