"""Ways out: modules that reach the network or another program, only where the drawing has them (P21, P22)."""

import ast
from collections.abc import Iterator, Mapping

from microkitten.config.conformity.finding import Finding, at
from microkitten.config.conformity.sources import Source, Sources

CLIENTS = ("requests", "httpx", "aiohttp", "urllib3", "smtplib", "ftplib", "poplib", "imaplib", "nntplib")
# What each may be imported by; a module that stands here with nothing is imported nowhere.
ALLOWED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(CLIENTS, ("providers",)),
    "socket": ("vault.wire", "vault.door", "vault.server", "config.announcing", "config.redirector"),
    "ssl": ("providers", "config.announcing"),
    "http.client": ("providers.cards.sandbox.courier",),
    "http.server": ("providers.cards.sandbox", "config.preview"),
    "socketserver": ("providers.cards.sandbox",),
    "urllib.request": (),
    "xmlrpc": (),
    "webbrowser": (),
    "telnetlib": (),
    "websockets": (),
    "paramiko": (),
    "subprocess": ("config", "vault.server.copies"),  # there: the database server's own tools for copies
    "multiprocessing": ("config",),
    "asyncio": ("config", "vault.opened"),
    "ctypes": ("config.identities", "vault.server.harden"),
    "importlib": (),
    "runpy": (),
    "imp": (),
    "pickle": (),
    "marshal": (),
    "shelve": (),
    "code": (),
    "pty": (),
}
MADE_UP = {
    "__import__",
    "eval",
    "exec",
    "compile",
    "import_string",
    "import_module",
    "load_module",
    "find_spec",
}
STARTS = ("system", "popen", "exec", "spawn", "posix_spawn", "fork")


def check(sources: Sources) -> Iterator[Finding]:
    """Yield the imports and calls that open a way out where the drawing has none."""
    for source in sources.every:
        for node in source.nodes:
            for name in _imported(node):
                if (ways := _allowed(name)) is not None and not _is_under(source, ways):
                    where = ", ".join(f"microkitten.{one}" for one in ways) or "nowhere"
                    what = f"{name} is imported: a way out, or round the drawing"
                    yield Finding(at(source.path, node), "P090", what, f"it belongs to {where}")
                    break
        for call in source.calls:
            yield from _call(source, call)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return []


def _allowed(name: str) -> tuple[str, ...] | None:
    return next((ways for key, ways in ALLOWED.items() if name == key or name.startswith(key + ".")), None)


def _is_under(source: Source, ways: tuple[str, ...]) -> bool:
    return any(
        source.module == f"microkitten.{one}" or source.module.startswith(f"microkitten.{one}.")
        for one in ways
    )


def _call(source: Source, call: ast.Call) -> Iterator[Finding]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        owner = source.imports.get(call.func.value.id, "")
        if owner == "os" and call.func.attr.startswith(STARTS) and not _is_under(source, ("config",)):
            what = f"os.{call.func.attr} starts another program"
            yield Finding(
                at(source.path, call), "P091", what, "programs are started by microkitten.config alone"
            )
        name = call.func.attr if owner in {"importlib", "importlib.util", "builtins"} else name
        if call.func.attr in {"import_string", "import_module"}:
            name = call.func.attr
    elif isinstance(call.func, ast.Name):  # under a name of its own, too
        name = source.imports.get(name, name).rpartition(".")[2]
    if name in MADE_UP:
        what = f"{name}(...) runs or imports by a name that is made up while it runs"
        yield Finding(at(source.path, call), "P092", what, "import it where it can be read")
