"""What a browser is given to keep: cookies of the policy's list through one function, and nothing else (P8)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from microkitten.config.conformity.finding import Finding, at, place, place_in_policy
from microkitten.config.conformity.sources import Source, Sources
from microkitten.policy import Policy
from microkitten.policy.closed import nearest

# The one place that sets cookies.
KEEPER = "microkitten.web.cookies"
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
    for call in source.calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in SETTING:
            yield Finding(at(source.path, call), "P082", f"{name} is called past the policy's list", remedy)
        if name in {"__setitem__", "setdefault"} and _is_header(call.args[:1]):
            yield Finding(at(source.path, call), "P082", "a cookie's header is set by hand", remedy)
    for node in source.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            if _is_header([target.slice]) or ast.unparse(target.value).endswith(".cookies"):
                yield Finding(at(source.path, node), "P082", "a cookie is set by hand", remedy)


def _is_header(nodes: list[ast.expr]) -> bool:
    return any(isinstance(node, ast.Constant) and str(node.value).lower() == "set-cookie" for node in nodes)


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
