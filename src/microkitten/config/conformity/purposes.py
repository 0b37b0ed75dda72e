"""Views, tasks and providers: each with one purpose of the file; each actor spoken for by who may (P11, P21)."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from django.urls import URLPattern, URLResolver

from microkitten.config.conformity.finding import Finding, at, place
from microkitten.config.conformity.sources import Function, Source, Sources
from microkitten.policy import Policy
from microkitten.policy.closed import nearest
from microkitten.vault.wire import Role
from microkitten.web.serves import purpose_of

# What the door asks for a purpose: the verb's name, and where the purpose stands if it is not named.
ASKING = {"use": 0, "collect": None, "disclose": None}
# Actors that need no rule: what the vault tells them names nobody (alarms, notices to parties, counts of ends).
OF_NOBODY = frozenset({"merchant", "job:notify"})
HELPERS = frozenset({"disclosed", "errors", "notices", "register"})  # of providers: no route to any party


def addresses(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address with its pattern, the back office of goods left out: nothing in it is personal."""
    for one in resolver.url_patterns:
        address = prefix + str(one.pattern)
        if not isinstance(one, URLResolver):
            yield address, one
        elif not address.startswith("staff/goods/"):
            yield from addresses(one, address)


def views_without(resolver: Any) -> Iterator[Finding]:
    """Yield the addresses whose view declares no purpose."""
    for address, pattern in addresses(resolver):
        view: Any = pattern.callback
        if purpose_of(view) is None:
            code = getattr(view, "__code__", None)
            where = f"{code.co_filename}:{code.co_firstlineno}" if code else f"address /{address}"
            what = f"the view of /{address} declares no purpose"
            yield Finding(
                where, "P020", what, "write @serves(purpose...) above it, and route(...) in urls.py"
            )


def views_unread(resolver: Any, sources: Sources) -> Iterator[Finding]:
    """Yield the addresses whose view declares its purpose where nobody who reads the code can see it."""
    for address, pattern in addresses(resolver):
        view: Any = pattern.callback
        source = sources.by_module.get(getattr(view, "__module__", ""))
        function = source.functions.get(view.__name__) if source else None
        if source is None or function is None or not marks(source, function):
            what = f"the view of /{address} is no function with a mark that can be read"
            remedy = "write a function at the top of views.py, with @serves(purpose...) above it"
            yield Finding(f"address /{address}", "P019", what, remedy)


def marks(source: Source, function: Function) -> list[ast.Call]:
    """Return the `@serves(...)` above a function, by whatever name it was imported."""
    return [
        one for one in function.decorator_list if isinstance(one, ast.Call) and _is_mark(source, one.func)
    ]


def _is_mark(source: Source, name: ast.expr) -> bool:
    if isinstance(name, ast.Name):
        return source.imports.get(name.id) == "microkitten.web.serves.serves"
    return isinstance(name, ast.Attribute) and name.attr == "serves"


def purpose_named(source: Source, node: ast.expr) -> str | None:
    """Return the name in `purpose.NAME`; None if the expression is anything else."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        return None
    return node.attr if source.imports.get(node.value.id) == "microkitten.policy.purpose" else None


def declared(source: Source, function: Function) -> str | None:
    """Return the purpose that a view or task declares, None if none or nothing that can be read."""
    found = marks(source, function)
    return purpose_named(source, found[0].args[0]) if found and found[0].args else None


def check(policy: Policy, sources: Sources) -> Iterator[Finding]:
    """Yield what views, tasks, providers and the door's callers do not say, or say of what the policy lacks."""
    for source in sources.every:
        yield from _constants(policy, source)
    for source in sources.under("shop"):
        yield from _marks(source)
        yield from _tasks(source)
        yield from _routes(source)
    for source in sources.under("shop", "config", "web"):
        yield from _bare(source)
        yield from _names(policy, source)
    yield from _providers(policy, sources)
    yield from _actors(policy, sources)


def _constants(policy: Policy, source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        name = purpose_named(source, node) if isinstance(node, ast.Attribute) else None
        if name is not None and name not in policy.purposes:
            remedy = nearest(name, tuple(policy.purposes)) + f"; or write [purpose.{name}] into the policy"
            yield Finding(at(source.path, node), "P021", f"the policy knows no purpose {name!r}", remedy)


def _marks(source: Source) -> Iterator[Finding]:
    for name, function in source.functions.items():
        found = marks(source, function)
        if len(found) > 1 or any(len(one.args) + len(one.keywords) > 1 for one in found):
            what = f"{name} serves more than one purpose"
            yield Finding(at(source.path, function), "P022", what, "make two views of it, each with its own")
        for one in found:
            if len(one.args) == 1 and purpose_named(source, one.args[0]) is None:
                remedy = "write a constant: @serves(purpose.deliver), from microkitten.policy import purpose"
                yield Finding(at(source.path, one), "P023", f"{name}: its purpose cannot be read", remedy)


def is_task(source: Source, node: ast.expr) -> bool:
    """Tell whether a decorator makes a job of the queue."""
    name = node.func if isinstance(node, ast.Call) else node
    return isinstance(name, ast.Name) and source.imports.get(name.id) == "django_tasks.task"


def _tasks(source: Source) -> Iterator[Finding]:
    for name, function in source.functions.items():
        if any(is_task(source, one) for one in function.decorator_list) and not marks(source, function):
            remedy = "write @serves(purpose...) below @task()"
            yield Finding(at(source.path, function), "P024", f"the task {name} declares no purpose", remedy)


def _routes(source: Source) -> Iterator[Finding]:
    for call in source.calls:
        package, _, name = source.dotted(call.func).rpartition(".")
        if package.startswith("django.urls") and name in {"path", "re_path"}:
            what = f"{name}(...) gives an address without asking for a purpose"
            yield Finding(at(source.path, call), "P025", what, "write route(...) of microkitten.web.routes")


def _bare(source: Source) -> Iterator[Finding]:
    """Yield the calls that name a purpose as a text."""
    for call in source.calls:
        named = [one.value for one in call.keywords if one.arg == "purpose"]
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        first = ASKING.get(verb)
        holder = call.func.value if isinstance(call.func, ast.Attribute) else None
        if (
            first is not None
            and call.args
            and isinstance(holder, ast.Name)
            and holder.id in {"door", "batch"}
        ):
            named.append(call.args[first])
        for node in named:
            if isinstance(node, ast.Constant | ast.JoinedStr):
                what = "a purpose is written as a text"
                remedy = "write purpose.NAME, from microkitten.policy import purpose"
                yield Finding(at(source.path, node), "P026", what, remedy)


def _names(policy: Policy, source: Source) -> Iterator[Finding]:
    """Yield the texts that look like a field of the policy, and are none."""
    known = {one for name, entry in policy.fields.items() for one in (name, *entry.forms, *entry.compares)}
    for node in source.strings:
        text = str(node.value)
        group, _, rest = text.partition(".")
        if group in policy.groups and rest.isidentifier() and text not in known:
            remedy = nearest(text, tuple(policy.fields)) + f"; or write [field.{text}] into the policy"
            yield Finding(at(source.path, node), "P027", f"the policy knows no field {text!r}", remedy)


def _providers(policy: Policy, sources: Sources) -> Iterator[Finding]:
    for source in sources.under("providers"):
        parts = source.module.split(".")
        if len(parts) != 3 or parts[2] in HELPERS:
            continue
        calls = [
            call for call in source.calls if isinstance(call.func, ast.Name) and call.func.id == "provides"
        ]
        first = calls[0].args[0] if len(calls) == 1 and calls[0].args else None
        if not isinstance(first, ast.Constant):
            remedy = 'write PROVIDER = provides("PARTY", purpose...) at its beginning, once'
            yield Finding(
                place(source.path), "P030", f"the provider {parts[2]} does not say whom it is for", remedy
            )
            continue
        yield from _provider(policy, source, calls[0], str(first.value))


def _provider(policy: Policy, source: Source, call: ast.Call, party: str) -> Iterator[Finding]:
    if party not in policy.parties:
        remedy = nearest(party, tuple(policy.parties)) + f"; or write [party.{party}] into the policy"
        yield Finding(at(source.path, call), "P031", f"the policy knows no party {party!r}", remedy)
        return
    gets = {str(purpose) for purpose in policy.gives(party)}
    if not call.args[1:]:
        what = f"the provider of {party} names no purpose"
        yield Finding(at(source.path, call), "P032", what, f'write provides("{party}", purpose.NAME)')
    for node in call.args[1:]:
        name = purpose_named(source, node)
        if name is None or name not in gets:
            what = f"{party} gets nothing for {name or 'what stands here'}"
            yield Finding(
                at(source.path, node), "P032", what, f"for {', '.join(sorted(gets)) or 'nothing'} it does"
            )


def actors_in(sources: Sources, reached: Iterable[tuple[str, str]]) -> Iterator[tuple[Source, ast.Call, str]]:
    """Yield each `Actor("...")` that these functions use, those of their files' constants included."""
    for module, name in reached:
        source = sources.by_module[module]
        for node in sources.calls_in(module, name):
            if _is_actor(node, source) and isinstance(node.args[0], ast.Constant):
                yield source, node, str(node.args[0].value)


def _is_actor(node: ast.AST, source: Source) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call) or not node.args:
        return False
    if isinstance(node.func, ast.Name):
        return source.imports.get(node.func.id) == "microkitten.vault.types.Actor"
    return isinstance(node.func, ast.Attribute) and node.func.attr == "Actor"


def _actors(policy: Policy, sources: Sources) -> Iterator[Finding]:
    known = sorted({actor for rule in policy.rules.values() for actor in rule.actors})
    for source in sources.every:
        for call in source.calls:
            if not _is_actor(call, source):
                continue
            if not isinstance(call.args[0], ast.Constant):
                remedy = 'write the name: Actor("web:orders")'
                yield Finding(at(source.path, call), "P028", "an actor's name cannot be read", remedy)
            elif call.args[0].value not in OF_NOBODY.union(known):
                name = str(call.args[0].value)
                what = f"no rule of the policy names the actor {name!r}"
                yield Finding(at(source.path, call), "P028", what, nearest(name, known))
    yield from _roles(sources)


def _roles(sources: Sources) -> Iterator[Finding]:
    """Yield the actors for whom the process that runs a function may not speak."""
    for source in sources.under("shop"):
        for name, function in source.functions.items():
            if any(is_task(source, one) for one in function.decorator_list):
                role = Role.WORKER
            elif marks(source, function):
                role = Role.WEB
            else:
                continue
            for where, call, actor in actors_in(sources, sources.reached(source.module, name)):
                if not role.speaks_for(actor):
                    yield Finding(
                        at(where.path, call),
                        "P029",
                        f"{name} runs in {role}, which may not speak for {actor}",
                        "leave the work to a job (web.queue.outbox.leave)"
                        if role is Role.WEB
                        else "write the actor of a job, such as job:pay",
                    )
