"""Options and values of imported products, and which variant is which choice of them; written in bulk."""

from collections.abc import Mapping, Sequence

from microkitten.shop.catalog.actions.rows import ProductSpec
from microkitten.shop.catalog.models import Option, OptionValue, Product, Variant

Owners = Sequence[tuple[ProductSpec, Product]]
Choices = dict[tuple[int, str, str], OptionValue]


def write_choices(owners: Owners, variants: Mapping[str, Variant]) -> set[int]:
    """Write what is missing of options, values and links; return the ids of products where something was."""
    owners = [(spec, product) for spec, product in owners if spec.options]
    if not owners:
        return set()
    altered: set[int] = set()
    options = _options(owners, altered)
    values = _values(owners, options, altered)
    _link(owners, variants, values, altered)
    return altered


def _options(owners: Owners, altered: set[int]) -> dict[tuple[int, str], Option]:
    rows = Option.objects.filter(product__in=[product for _, product in owners])
    known = {(row.product_id, row.title): row for row in rows}
    new = [
        Option(product=product, title=title, position=position)
        for spec, product in owners
        for position, title in enumerate(spec.options)
        if (product.pk, title) not in known
    ]
    Option.objects.bulk_create(new)
    altered.update(row.product_id for row in new)
    return known | {(row.product_id, row.title): row for row in new}


def _values(owners: Owners, options: dict[tuple[int, str], Option], altered: set[int]) -> Choices:
    rows = OptionValue.objects.filter(option__product__in=[p for _, p in owners]).select_related("option")
    known = {(row.option.product_id, row.option.title, row.title): row for row in rows}
    new: list[OptionValue] = []
    colored: list[OptionValue] = []
    for spec, product in owners:
        for title, choices in spec.options.items():
            for position, (value, color) in enumerate(choices.items()):
                row = known.get((product.pk, title, value))
                if row is None:
                    option = options[product.pk, title]
                    new.append(OptionValue(option=option, title=value, color=color, position=position))
                    altered.add(product.pk)
                elif color and row.color != color:
                    row.color = color
                    colored.append(row)
                    altered.add(product.pk)
    OptionValue.objects.bulk_create(new)
    OptionValue.objects.bulk_update(colored, ["color"])
    return known | {(row.option.product_id, row.option.title, row.title): row for row in new}


def _link(owners: Owners, variants: Mapping[str, Variant], values: Choices, altered: set[int]) -> None:
    link = Variant.values.through
    rows = link.objects.filter(variant__product__in=[product for _, product in owners])
    there: dict[int, set[int]] = {}
    for variant, value in rows.values_list("variant_id", "optionvalue_id"):
        there.setdefault(variant, set()).add(value)
    old: list[int] = []
    new = []
    for spec, product in owners:
        for wanted in spec.variants:
            key = variants[wanted.sku or ""].pk
            chosen = {values[product.pk, title, value].pk for title, value in wanted.values.items()}
            if not chosen or chosen == there.get(key, set()):
                continue
            altered.add(product.pk)
            old.append(key)
            new += [link(variant_id=key, optionvalue_id=value) for value in sorted(chosen)]
    link.objects.filter(variant__in=old).delete()
    link.objects.bulk_create(new)
