"""Columns: each is classified, a personal one is a reference to a person, and each personal row leads to one (P0)."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from django.apps import apps  # noqa: TID251 # what looks at every model names none
from django.conf import settings
from django.db import models

from microkitten.config.conformity.finding import Finding, place_of
from microkitten.config.conformity.paths import House, Model, describe
from microkitten.policy.closed import UnknownWord, nearest
from microkitten.vault.types import PersonField

CLASSES = ("public", "operational", "personal")
TEXT_MAX = 100  # characters that say enough without a word on what they hold


def our_models() -> tuple[Model, ...]:
    """Return the models of the shop, those of Django's own applications included."""
    return tuple(apps.get_models())


@cache
def _house() -> House:
    return House(our_models())


def path_to_person(label: str) -> str:
    """Return in words how a row leads to its person.

    Params: `label`, a model (`orders.Order`) or one of its columns (`orders.Order.number`). Raises: UnknownWord (a
    LookupError that names the nearest known word). Promise: P0.
    """
    house = _house()
    column = ""
    if label not in house.models and label.count(".") == 2:
        label, _, column = label.rpartition(".")
    if label not in house.models:
        raise UnknownWord("model", label, tuple(house.models))
    if not column:
        return describe(house, label)
    columns = [field.name for field in house.models[label]._meta.local_fields]
    if column not in columns:
        raise UnknownWord(f"column of {label}", column, tuple(columns))
    own = describe(house, label)
    if own.startswith(f"{label}.{column} "):
        return own
    kind = class_of(house.models[label], column)
    return f"{label}.{column} ({kind}); {own}"


def class_of(model: Model, column: str) -> str:
    """Return the class that a model gives a column: public, operational or personal; `unclassified` if none."""
    kinds: dict[str, str] = getattr(model, "classified", {})
    return next((kind for kind, names in kinds.items() if column in names.split()), "unclassified")


def check(every: Iterable[Model], people: Collection[str]) -> Iterator[Finding]:
    """Yield what the models do not say of themselves.

    Params: `every`, all models; `people`, the kinds of persons that the policy knows.
    """
    house = House(every)
    for label, model in house.models.items():
        if model.__module__.startswith("django."):
            continue  # Django's own: the back office of goods and who may enter it
        yield from _classes(model)
        yield from _people(model, people)
        yield from _texts(model)
        yield from _ways(house, label, model)


def _classes(model: Model) -> Iterator[Finding]:
    kinds: dict[str, str] = getattr(model, "classified", {})
    own = {field.name for field in model._meta.local_fields}
    listed: dict[str, str] = {}
    for kind, names in kinds.items():
        if kind not in CLASSES:
            yield Finding(
                place_of(model, "classified"),
                "P001",
                f"{model.__name__} has a class {kind!r}",
                nearest(kind, CLASSES),
            )
        for name in names.split():
            if name in listed:
                what = f"{model.__name__}.{name} is {listed[name]} and {kind}"
                yield Finding(place_of(model, "classified"), "P002", what, "keep it in one class")
            listed[name] = kind
            if name not in own:
                what = f"{model.__name__}.classified names {name!r}, which is no column"
                yield Finding(place_of(model, "classified"), "P003", what, nearest(name, sorted(own)))
    for name in sorted(own - set(listed)):
        yield Finding(
            place_of(model, name),
            "P004",
            f"{model.__name__}.{name} is not classified",
            f'add {name} to {model.__name__}.classified: "public", "operational" or "personal"',
        )


def _people(model: Model, people: Collection[str]) -> Iterator[Finding]:
    for field in model._meta.local_fields:
        kind = class_of(model, field.name)
        name = f"{model.__name__}.{field.name}"
        if kind == "personal" and not isinstance(field, PersonField):
            remedy = f'write {field.name} = PersonField(kind="...") and keep the value in the vault'
            yield Finding(
                place_of(model, field.name),
                "P005",
                f"{name} is personal, and a {type(field).__name__}",
                remedy,
            )
        if isinstance(field, PersonField):
            if kind not in {"personal", "unclassified"}:
                remedy = f'classify {field.name} as "personal"'
                yield Finding(
                    place_of(model, field.name), "P006", f"{name} refers to a person and is {kind}", remedy
                )
            if field.person_kind not in people:
                remedy = f'write PersonField(kind="..."); {nearest(field.person_kind, sorted(people))}'
                what = f"{name} does not say whom it is about"
                if field.person_kind:
                    what = f"{name} is about a {field.person_kind!r}, of whom the policy knows nothing"
                yield Finding(place_of(model, field.name), "P007", what, remedy)


def _texts(model: Model) -> Iterator[Finding]:
    holds: dict[str, str] = getattr(model, "holds", {})
    for field in model._meta.local_fields:
        if class_of(model, field.name) == "operational" and _is_roomy(field) and not holds.get(field.name):
            yield Finding(
                place_of(model, field.name),
                "P008",
                f"{model.__name__}.{field.name} has room for anything, a name or an address among it",
                f'write holds = {{"{field.name}": "what it may hold, and why no person"}}, '
                f"or let it take at most {TEXT_MAX} characters",
            )
    columns = {field.name for field in model._meta.local_fields}
    for name in sorted(set(holds) - columns):
        what = f"{model.__name__}.holds names {name!r}, which is no column"
        yield Finding(place_of(model, "holds"), "P009", what, nearest(name, sorted(columns)))


def _is_roomy(field: "models.Field[Any, Any]") -> bool:
    if field.choices:
        return False
    if isinstance(field, models.JSONField | models.TextField | models.BinaryField | models.FileField):
        return True
    return isinstance(field, models.CharField) and (field.max_length or TEXT_MAX + 1) > TEXT_MAX


def _ways(house: House, label: str, model: Model) -> Iterator[Finding]:
    declared: dict[str, str] = getattr(model, "leads_to", {})
    columns = {field.name: field for field in model._meta.local_fields}
    for column, to in declared.items():
        kind, _, word = to.rpartition(":")
        if column not in columns:
            what = f"{model.__name__}.leads_to names {column!r}, which is no column"
            yield Finding(place_of(model, "leads_to"), "P010", what, nearest(column, sorted(columns)))
        elif not kind and word.rstrip("?") not in house.models:
            what = f"{label}.{column} leads to {word.rstrip('?')!r}, which is no model"
            yield Finding(
                place_of(model, "leads_to"), "P010", what, nearest(word.rstrip("?"), sorted(house.models))
            )
        elif columns[column].null and not word.endswith("?"):
            what = f"{label}.{column} may be empty, and leads_to says it never is"
            yield Finding(
                place_of(model, "leads_to"), "P010", what, f'write "{to}?", or take null=True from the column'
            )
    for name, column_ in columns.items():
        if isinstance(column_, models.UUIDField) and not _is_known(column_, declared):
            yield Finding(
                place_of(model, name),
                "P011",
                f"{label}.{name} holds the key of something, and nothing says of what",
                f'write leads_to = {{"{name}": "room.Model"}}, or make it a ForeignKey',
            )
    yield from _owner(house, label, model)


def _is_known(field: "models.Field[Any, Any]", declared: dict[str, str]) -> bool:
    return field.primary_key or isinstance(field, PersonField) or field.name in declared


def _owner(house: House, label: str, model: Model) -> Iterator[Finding]:
    """Yield that a row has no sure way to its person though columns of it lead to one."""
    if house.path(label) or (label == settings.AUTH_USER_MODEL):
        return
    said = {step.column for step in house.steps[label] if step.may_be_empty} & set(
        getattr(model, "leads_to", {})
    )
    for step in house.steps[label]:
        target = step.to
        if step.column in said or not target:
            continue
        if target == settings.AUTH_USER_MODEL:
            remedy = "add a PersonField, or a ForeignKey to a row that has one"
            yield Finding(
                place_of(model, step.column),
                "P012",
                f"{label}.{step.column} leads to a sign-in, not to a person",
                remedy,
            )
        elif step.may_be_empty and house.path(target):
            remedy = f"take null=True from {step.column}, or add a PersonField"
            what = f"{label} is about a person by {step.column} alone, which may be empty"
            yield Finding(place_of(model, step.column), "P013", what, remedy)
