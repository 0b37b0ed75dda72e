"""What a browser is given to keep: cookies of the policy's list through one function, and nothing else (P8)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from microkitten.config.conformity.finding import Finding, at, place, place_in_policy
from microkitten.config.conformity.sources import Source, Sources
from microkitten.policy import Policy
from microkitten.policy.closed import nearest

# The one place that sets cookies, and those that pass on what it set, or look whether any was.
KEEPER = "microkitten.web.cookies"
HANDLERS = {"microkitten.web.bodies", "microkitten.config.check_live"}
SETTING = {"set_cookie", "set_signed_cookie", "delete_cookie"}
NAMED = re.compile(r"__(?:Host|Secure)-[A-Za-z0-9_-]+")
STORING = re.compile(
    r"document\s*\.\s*cookie|\bcookieStore\b|\blocalStorage\b|\bsessionStorage\b|\bindexedDB\b|\bcaches\s*\.|"
    r"\bserviceWorker\b|navigator\s*\.\s*sendBeacon|\bopenDatabase\b"
)


def check(policy: Policy, sources: Sources) -> Iterator[Finding]:
    """Yield the cookies that the policy does not list, those it lists in vain, and ways round the keeper."""
    named: set[str] = set()
    for source in sources.under("shop", "web", "config", "providers"):
        for node in source.strings:
            for name in NAMED.findall(str(node.value)):
                named.add(name)
                if name not in policy.cookies:
                    remedy = (
                        nearest(name, tuple(policy.cookies)) + f"; or write [cookie.{name}] into the policy"
                    )
                    yield Finding(
                        at(source.path, node), "P080", f"the policy lists no cookie {name!r}", remedy
                    )
        if source.module != KEEPER and not source.module.startswith("microkitten.config.conformity"):
            yield from _ways_round(source)
    for name in sorted(set(policy.cookies) - named):
        what = f"the policy lists the cookie {name!r}, and no code has it"
        yield Finding(place_in_policy(f"cookie.{name}"), "P081", what, "take it out of the policy, or set it")


def _ways_round(source: Source) -> Iterator[Finding]:
    remedy = "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in SETTING:  # called, or kept under another name
            yield Finding(
                at(source.path, node), "P082", f"{node.attr} is called past the policy's list", remedy
            )
        if isinstance(node, ast.Attribute) and node.attr == "load" and _is_jar(node.value):
            yield Finding(at(source.path, node), "P082", "a cookie is set by hand", remedy)
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Subscript) and _is_jar(target.value):
            yield Finding(at(source.path, node), "P082", "a cookie is set by hand", remedy)
    for node in source.strings if source.module not in HANDLERS else ():
        if str(node.value).strip().lower() == "set-cookie":
            yield Finding(at(source.path, node), "P082", "a cookie is set by hand", remedy)


def _is_jar(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "cookies"


def scripts(files: dict[Path, str]) -> Iterator[Finding]:
    """Yield what scripts of the shop keep in a browser. Params: `files`, each script with its text."""
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if found := STORING.search(line):
                what = f"the script keeps something in the browser ({found.group()})"
                yield Finding(
                    place(path, number),
                    "P083",
                    what,
                    "leave it out: a browser keeps the list's cookies alone",
                )
