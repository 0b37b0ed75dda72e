"""Which view shows which template, and whether purposes, fields and actors of both agree (P0, P11, P38)."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from microkitten.config.conformity.finding import Finding, at, place
from microkitten.config.conformity.opening import opened
from microkitten.config.conformity.pages import Template, Templates
from microkitten.config.conformity.purposes import actors_in, declared, is_task, marks
from microkitten.config.conformity.sources import Function, Source, Sources
from microkitten.policy import Policy
from microkitten.policy.closed import nearest
from microkitten.web.declares import EVERY

SHOWING = {"microkitten.web.page.render", "microkitten.web.page.show"}
PAST = {"render", "render_to_string", "get_template", "select_template", "Template", "TemplateResponse"}
MAIL = "mail"


@dataclass
class Shown:
    """Who shows a template: views and tasks with their purpose, what they open, and the actors they ask as."""

    by: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    opens: dict[str, Mapping[str, str]] = field(default_factory=dict)
    actors: set[str] = field(default_factory=set)


def is_mail(name: str) -> bool:
    """Tell whether a template is a mail: it lies in a folder of that name."""
    return MAIL in name.split("/")[:-1]


def check(policy: Policy, sources: Sources, templates: Templates) -> Iterator[Finding]:
    """Yield what does not agree between views and templates."""
    for one in templates.by_name.values():
        yield from _declares(policy, one, templates)
    shown: dict[str, Shown] = {}
    yield from _links(policy, sources, templates, shown)
    for name, by in shown.items():
        yield from _purposes(templates.by_name[name], by)
        yield from _fields(policy, templates, name, by)
    yield from _unseen(templates, shown)


def _declares(policy: Policy, one: Template, templates: Templates) -> Iterator[Finding]:
    if one.mistake:
        yield Finding(place(one.path, one.mistake_line), "P040", one.mistake, "correct the template")
        return
    said = one.said("serves")
    if len(said) != 1:
        what = f"{one.name} declares no purpose" if not said else f"{one.name} declares its purposes twice"
        remedy = (
            "write {% serves PURPOSE %} in its first line, once ({% serves every %} for a part or layout)"
        )
        yield Finding(place(one.path, said[1].line if said else 1), "P041", what, remedy)
    for word in sorted(one.serves - {EVERY} - set(policy.purposes)):
        remedy = nearest(word, (EVERY, *policy.purposes))
        yield Finding(place(one.path, said[0].line), "P042", f"the policy knows no purpose {word!r}", remedy)
    if EVERY in one.serves and one.fields:
        name, line = one.fields[0]
        what = f"{one.name} names {name} and serves every purpose"
        yield Finding(place(one.path, line), "P043", what, "write the purposes that may open it")
    for name, line in one.fields:
        if name not in policy.fields:
            remedy = nearest(name, tuple(policy.fields))
            yield Finding(place(one.path, line), "P044", f"the policy knows no field {name!r}", remedy)
    for other, line in one.rests_on:
        if other is None:
            what = f"{one.name} takes in a template whose name is made up while it runs"
            yield Finding(place(one.path, line), "P045", what, "write the name")
        elif other not in templates.by_name:
            remedy = nearest(other, tuple(templates.by_name))
            yield Finding(place(one.path, line), "P045", f"there is no template {other!r}", remedy)
        elif EVERY not in (serves := templates.by_name[other].serves) and not one.serves <= serves:
            what = (
                f"{one.name} serves {_words(one.serves)} and takes in {other}, which serves {_words(serves)}"
            )
            yield Finding(place(one.path, line), "P046", what, f"let {other} serve it too, or leave it out")


def _words(purposes: frozenset[str]) -> str:
    return " ".join(sorted(purposes)) or "nothing"


def _links(
    policy: Policy, sources: Sources, templates: Templates, shown: dict[str, Shown]
) -> Iterator[Finding]:
    named: dict[tuple[str, str], list[str]] = {}
    for source in sources.under("shop", "web"):
        for name, function in source.functions.items():
            if source.module == "microkitten.web.page":
                continue
            links, mistakes = _named_by(sources, source, function)
            yield from mistakes
            yield from _past(source, function)
            named[source.module, name] = [text for text, _ in links]
            for text, node in links:
                if text not in templates.by_name:
                    remedy = nearest(text, tuple(templates.by_name))
                    yield Finding(at(source.path, node), "P047", f"there is no template {text!r}", remedy)
    _follow(policy, sources, templates, named, shown)


def _follow(
    policy: Policy,
    sources: Sources,
    templates: Templates,
    named: Mapping[tuple[str, str], list[str]],
    shown: dict[str, Shown],
) -> None:
    """Note by which views and tasks each template is shown: all that they come to counts."""
    for source, name, function in edges(sources):
        reached = sources.reached(source.module, name)
        actors = {actor for _, _, actor in actors_in(sources, reached)}
        texts = [text for here in reached for text in named.get(here, ()) if text in templates.by_name]
        opens = opened(policy, sources, reached) if texts else {}
        for text in texts:
            one = shown.setdefault(text, Shown())
            one.opens[name] = opens
            one.by[name] = declared(source, function) or ""
            one.where[name] = at(source.path, function)
            one.actors |= actors


def edges(sources: Sources) -> Iterator[tuple[Source, str, Function]]:
    """Yield the views and tasks of the rooms."""
    for source in sources.under("shop"):
        for name, function in source.functions.items():
            if marks(source, function) or any(is_task(source, one) for one in function.decorator_list):
                yield source, name, function


def _named_by(
    sources: Sources, source: Source, function: Function
) -> tuple[list[tuple[str, ast.expr]], list[Finding]]:
    """Return the templates that a function names, and the names in it that cannot be read."""
    links: list[tuple[str, ast.expr]] = []
    mistakes: list[Finding] = []
    parameters = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        found = sources.find(source, call.func)
        dotted = source.imports.get(call.func.id, "") if isinstance(call.func, ast.Name) else ""
        is_showing = dotted in SHOWING or (found is not None and ".".join(found) in SHOWING)
        asked = [one.value for one in call.keywords if one.arg == "template"]
        if is_showing and len(call.args) > 1:
            asked.append(call.args[1])
        for node in asked:
            texts = _texts(source, node)
            links += [(text, node) for text in texts]
            if not texts and not (isinstance(node, ast.Name) and node.id == "template" in parameters):
                what = f"{function.name} shows a template whose name is made up while it runs"
                remedy = (
                    'write the name, or a table at the top of the file: PAGES = {"kind": "room/page.html"}'
                )
                mistakes.append(Finding(at(source.path, node), "P048", what, remedy))
    return links, mistakes


def _past(source: Source, function: Function) -> Iterator[Finding]:
    """Yield the ways to show a template that ask for no purpose."""
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        dotted = source.dotted(call.func)
        if dotted.startswith("django.") and dotted.rpartition(".")[2] in PAST:
            what = f"{function.name} shows a template by Django's {dotted.rpartition('.')[2]}"
            yield Finding(at(source.path, call), "P052", what, "write render or show of microkitten.web.page")


def _texts(source: Source, node: ast.expr) -> list[str]:
    """Return the template names that an expression can have: one written out, or those of a table of the file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    table = node.value if isinstance(node, ast.Subscript) else node
    value = source.constants.get(table.id) if isinstance(table, ast.Name) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, ast.Dict) and isinstance(node, ast.Subscript):
        texts = [one.value for one in value.values if isinstance(one, ast.Constant)]
        return [str(text) for text in texts] if len(texts) == len(value.values) else []
    return []


def _purposes(template: Template, shown: Shown) -> Iterator[Finding]:
    if EVERY in template.serves:
        return
    for view, purpose in sorted(shown.by.items()):
        if purpose and purpose not in template.serves:
            what = (
                f"{view} serves {purpose} and shows {template.name}, which serves {_words(template.serves)}"
            )
            remedy = f"write {purpose} into its {{% serves %}}, or show another template"
            yield Finding(shown.where[view], "P049", what, remedy)


def _fields(policy: Policy, templates: Templates, name: str, shown: Shown) -> Iterator[Finding]:
    """Yield the fields that a page names and no rule opens for its purposes to whom its views ask as."""
    page = templates.by_name[name]
    for one in templates.behind(name):
        for field_name, line in one.fields:
            if field_name in policy.fields and not _may_show(policy, page, field_name, shown.actors):
                who = ", ".join(sorted(shown.actors)) or "nobody"
                what = f"{name} serves {_words(page.serves)} as {who}, and no rule opens {field_name} so"
                yield Finding(place(one.path, line), "P050", what, _remedy(policy, name, field_name))
            elif field_name in policy.fields:
                yield from _unopened(page, place(one.path, line), field_name, shown)


def _unopened(page: Template, where: str, field_name: str, shown: Shown) -> Iterator[Finding]:
    """Yield the views that open a person's fields and not this one: the page would end as an error.

    A view that opens none of the group shows the page in another state, in which it names none; one view must.
    """
    group = field_name.partition(".")[0] + "."
    beside = {
        view: next((place for name, place in opens.items() if name.startswith(group)), "")
        for view, opens in sorted(shown.opens.items())
    }
    for view, stands in beside.items():
        if field_name in shown.opens[view] or (not stands and any(beside.values())):
            continue
        what = f"{page.name} shows {field_name}, and no action behind {view} opens it"
        remedy = (
            f'write "{field_name}" beside the fields opened in {stands}, or take it out'
            if stands
            else f'open "{field_name}" by door.use in the actions behind {view}, or take it out'
        )
        yield Finding(where, "P053", what, remedy)


def _may_show(policy: Policy, page: Template, field_name: str, actors: set[str]) -> bool:
    wanted = "disclose" if is_mail(page.name) else "use"
    return any(
        rule.act == wanted
        and field_name in rule.fields
        and str(rule.purpose) in page.serves
        and actors & set(rule.actors)
        and (wanted == "use" or rule.party == MAIL)
        for rule in policy.rules.values()
    )


def _remedy(policy: Policy, name: str, field_name: str) -> str:
    wanted = "disclose" if is_mail(name) else "use"
    rules = [rule for rule in policy.rules.values() if rule.act == wanted and field_name in rule.fields]
    ways = [f"{rule.id} ({rule.purpose}, {', '.join(rule.actors)})" for rule in rules]
    return "take it out" + (f"; what opens it: {'; '.join(ways)}" if ways else "; nothing opens it")


def _unseen(templates: Templates, shown: Mapping[str, Shown]) -> Iterator[Finding]:
    """Yield the templates with personal fields that no view shows and no shown template takes in."""
    seen = {one.name for name in shown for one in templates.behind(name)}
    for name, one in templates.by_name.items():
        if name not in seen and one.fields:
            what = f"{name} names {one.fields[0][0]}, and no view or task shows it"
            yield Finding(
                place(one.path, one.fields[0][1]), "P051", what, "show it from a view, or delete it"
            )
