"""Reads the part of a custody's spec after its kind: `name=value;...?name=value&...`, as RFC 7512 writes it."""

from __future__ import annotations

from urllib.parse import unquote

from microkitten.vault.server.folder import Doubt


def read_parameters(spec: str, *, wanted: frozenset[str], known: frozenset[str]) -> dict[str, str]:
    """Return the parameters of a spec by name, percent-decoded.

    Raises: Doubt if one is unknown, stands twice, has no value, or one of `wanted` is missing.
    """
    kind, _, rest = spec.partition(":")
    path, _, query = rest.partition("?")
    found: dict[str, str] = {}
    for part in (*path.split(";"), *query.split("&")):
        if not part:
            continue
        name, _, value = part.partition("=")
        if name not in known:
            raise Doubt(f"custody {kind}: {name!r} is no parameter; there are: {', '.join(sorted(known))}")
        if name in found or not value:
            raise Doubt(f"custody {kind}: {name} must stand once, with a value")
        found[name] = unquote(value)
    if missing := sorted(wanted - found.keys()):
        raise Doubt(f"custody {kind}: {', '.join(missing)} must be given, see docs/operating/keys.md")
    return found
