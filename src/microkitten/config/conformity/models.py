"""Columns: each is classified, a personal one is a reference to a person, and each personal row leads to one (P0)."""

from functools import cache

from django.apps import apps  # noqa: TID251 # what looks at every model names none

from microkitten.config.conformity.paths import House, Model, describe
from microkitten.policy.closed import UnknownWord


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
