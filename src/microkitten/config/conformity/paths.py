"""From a row to its person: found along the columns that may not be empty, never guessed (P0, P6).

A model may say of a column that is no foreign key where it leads: `leads_to = {"cart_id": "checkout.Cart"}`, with a
question mark (`"orders.Order?"`) where the column may be empty. `"person:staff"` leads to a person of that kind.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import models

from microkitten.vault.types import PersonField

Model = type[models.Model]
ARROW = " \N{RIGHTWARDS ARROW} "


@dataclass(frozen=True, slots=True)
class Step:
    """One column that leads on: to the model `to`, or to a person of kind `person`."""

    column: str
    to: str = ""
    person: str = ""
    may_be_empty: bool = False


class House:
    """All models of the shop by label, and what leads where."""

    def __init__(self, every: Iterable[Model]) -> None:
        self.models: dict[str, Model] = {model._meta.label: model for model in every}
        self.steps: Mapping[str, tuple[Step, ...]] = {
            label: tuple(_steps(model)) for label, model in self.models.items()
        }

    def path(self, label: str, *, also_empty: bool = False, by_sign_in: bool = False) -> tuple[Step, ...]:
        """Return the shortest way from a row of `label` to a person; () if none leads there.

        Columns that may be empty do not count unless `also_empty` is set, nor does the way over a sign-in (who works
        here, or who is a member, is not whom the row is about) unless `by_sign_in` is.
        """
        waiting: deque[tuple[str, tuple[Step, ...]]] = deque([(label, ())])
        seen = {label} | (set() if by_sign_in else {settings.AUTH_USER_MODEL})
        while waiting:
            here, way = waiting.popleft()
            for step in sorted(self.steps.get(here, ()), key=lambda step: not step.person):
                if step.may_be_empty and not also_empty:
                    continue
                if step.person:
                    return (*way, step)
                if step.to not in seen:
                    seen.add(step.to)
                    waiting.append((step.to, (*way, step)))
        return ()

    def points_here(self, label: str) -> tuple[str, Step] | None:
        """Return the model and column that lead to a model which itself leads nowhere (a cart that was sold)."""
        for other, steps in self.steps.items():
            for step in steps:
                if step.to == label and _is_declared(self.models[other], step) and self.path(other):
                    return other, step
        return None


def _steps(model: Model) -> Iterator[Step]:
    declared: Mapping[str, str] = getattr(model, "leads_to", {})
    for field in model._meta.local_fields:
        if isinstance(field, PersonField):
            yield Step(field.name, person=field.person_kind or "unknown")
        elif field.name in declared:
            kind, _, word = declared[field.name].rpartition(":")
            empty = word.endswith("?")
            word = word.rstrip("?")
            yield Step(field.name, person=word if kind else "", to="" if kind else word, may_be_empty=empty)
        elif isinstance(field, models.ForeignKey):
            yield Step(field.name, to=field.related_model._meta.label, may_be_empty=field.null)


def _is_declared(model: Model, step: Step) -> bool:
    return step.column in getattr(model, "leads_to", {})


def describe(house: House, label: str) -> str:
    """Return the way from a row of the model to its person, in words."""
    if way := house.path(label):
        return _words(label, way)
    if behind := house.points_here(label):
        owner, step = behind
        return f"{label} \N{LEFTWARDS ARROW} {owner}.{step.column}, and {describe(house, owner)}"
    for step in house.steps[label]:
        if step.to and not step.may_be_empty and house.points_here(step.to):
            return f"{label}.{step.column}{ARROW}{describe(house, step.to)}"
    if way := house.path(label, also_empty=True):
        return _words(label, way) + " (where it is set)"
    if way := house.path(label, also_empty=True, by_sign_in=True):
        return _words(label, way) + ", whoever signed in"
    return f"{label}: nothing personal hangs on it"


def _words(label: str, way: Sequence[Step]) -> str:
    words, here = [], label
    for step in way:
        words.append(f"{here}.{step.column}")
        here = step.to
    return ARROW.join([*words, f"person ({way[-1].person})"])
