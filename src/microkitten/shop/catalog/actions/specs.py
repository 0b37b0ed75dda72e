"""From a document to specs that agree with each other: rows of one product joined, names that clash refused."""

from hashlib import sha256

from django.utils.text import slugify

from microkitten.shop.catalog.actions.reading import Document, ImportRefused, RowProblem
from microkitten.shop.catalog.actions.rows import ProductSpec, Reader


def product_specs(document: Document, currency: str) -> list[ProductSpec]:
    """Return the products that the document asks for; raises `ImportRefused` with every problem found."""
    reader = Reader(currency)
    joined: dict[str, ProductSpec] = {}
    alone: list[ProductSpec] = []
    for row in document.products:
        spec = reader.product(row)
        if spec.slug is None:
            alone.append(spec)
        elif spec.slug in joined:
            _join(joined[spec.slug], spec)
        else:
            joined[spec.slug] = spec
    specs = sorted([*joined.values(), *alone], key=lambda spec: _order(spec.where))
    problems = [*reader.problems, *_clashes(specs), *_digital(specs), *_missing_pictures(document, specs)]
    if problems:
        raise ImportRefused(tuple(problems))
    return specs


def _order(where: str) -> int:
    return int(where.rpartition(" ")[2])


def _join(first: ProductSpec, more: ProductSpec) -> None:
    """Add the variant of a further row with the same slug (one row a variant, as in CSV)."""
    first.columns = {**more.columns, **first.columns}
    first.attributes = {**more.attributes, **first.attributes}
    first.category = first.category or more.category
    first.variants += more.variants
    first.pictures += more.pictures
    for title, values in more.options.items():
        known = first.options.setdefault(title, {})
        for value, color in values.items():
            known[value] = known.get(value) or color


def base_slug(spec: ProductSpec) -> str:
    """Return the address that a product without a given one would like to have, the same each time."""
    title = str(spec.columns.get("title") or "")
    if made := slugify(title)[:110].strip("-"):
        return made
    # a title in a script that addresses do not take
    return f"item-{sha256(title.encode()).hexdigest()[:10]}"


def variant_sku(spec: ProductSpec, values: dict[str, str]) -> str:
    """Return the SKU of a variant that was given none, the same each time."""
    parts = [spec.slug or base_slug(spec), *(slugify(value) or value for value in values.values())]
    return "-".join(parts)[:64]


def _clashes(specs: list[ProductSpec]) -> list[RowProblem]:
    """Give each variant its SKU; note those that stand there twice, and variants that nobody could tell apart."""
    problems: list[RowProblem] = []
    seen: dict[str, str] = {}
    for spec in specs:
        chosen: list[dict[str, str]] = []
        for variant in spec.variants:
            variant.sku = variant.sku or variant_sku(spec, variant.values)
            if first := seen.get(variant.sku):
                message = f"{variant.sku!r} stands at {first} already"
                problems.append(RowProblem(variant.where, "sku", message, "give each variant its own"))
            seen[variant.sku] = variant.where
            if variant.values in chosen:
                hint = "give each its own choice of options"
                problems.append(RowProblem(variant.where, "options", "two variants are the same", hint))
            chosen.append(variant.values)
    return problems


def _digital(specs: list[ProductSpec]) -> list[RowProblem]:
    return [
        RowProblem(variant.where, "stock", "digital goods are not counted", "leave stock empty")
        for spec in specs
        if spec.columns.get("digital")
        for variant in spec.variants
        if variant.stock is not None
    ]


def _missing_pictures(document: Document, specs: list[ProductSpec]) -> list[RowProblem]:
    """Note pictures that are not there, or that lie outside the import file's folder."""
    folder = document.folder.resolve()
    problems = []
    for spec in specs:
        for picture in spec.pictures:
            if picture.sku and picture.sku not in {variant.sku for variant in spec.variants}:
                hint = "name the SKU of one of its variants"
                problems.append(RowProblem(picture.where, "pictures", f"{picture.sku!r} is not known", hint))
            path = (folder / picture.file).resolve()
            if not path.is_relative_to(folder) or not path.is_file():
                hint = "name a file in the folder of the import file"
                problems.append(RowProblem(picture.where, "pictures", f"{picture.file!r} is not there", hint))
    return problems
