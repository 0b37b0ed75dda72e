"""Goods from files: nothing lost, nothing guessed, nothing half-done."""

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from microkitten.shop.catalog.actions import ImportRefused
from microkitten.shop.catalog.models import Category, Edition, PriceChange, Product, Variant
from microkitten.shop.stock.actions import commit, import_categories, import_products, reserve
from microkitten.shop.stock.models import Movement, StockItem
from tests.shop.goods import NOW, a_variant, some_goods

pytestmark = pytest.mark.django_db

TWO_VARIANTS = """\
products:
- title: Cork ball
  slug: cork-ball
  category: Play
  price: 4.50
  weight_g: 012
  preorder_note: Ships in March.
  options: [{title: Color, values: [{title: Sand, color: "#d9b38c"}, NO]}]
  variants:
  - {sku: BALL-S, options: {Color: Sand, Size: Small}, stock: 3}
  - {sku: BALL-N, options: {Color: NO, Size: Small}, price: 5.00, sale_price: 4.75, stock: 0}
  scratch: 1.10
categories:
- {title: Play, text: For paws., ground: sky}
- {title: Balls, parent: Play}
"""


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file to import."""
    (folder / name).write_text(text)
    return folder / name


def refused(path: Path) -> str:
    """Import a file that must be refused; return what is said."""
    with pytest.raises(ImportRefused) as problem:
        import_products(path, at=NOW)
    return str(problem.value)


def test_a_foreign_catalog_comes_in_without_loss(shared: Path) -> None:
    """2,465 products of another shop: every text, price, stock, category and further field is there afterwards."""
    folder = shared / "data/catalogue-retail-demo-store"
    rows = yaml.load((folder / "products.yaml").read_text(), Loader=yaml.BaseLoader)  # texts only
    assert import_categories(folder / "categories.yaml", at=NOW) == 20
    told: list[tuple[int, int]] = []
    began = time.perf_counter()
    imported = import_products(folder / "products.yaml", at=NOW, progress=lambda *so_far: told.append(so_far))
    seconds = time.perf_counter() - began
    assert imported.made == len(rows) == 2465
    assert told[-1] == (2465, 2465)
    assert seconds < 60
    variants = {v.sku: v for v in Variant.objects.select_related("product__category", "stock")}
    own = {"id", "name", "description", "price", "current_stock", "category", "featured"}
    for row in rows:
        variant = variants[row["id"]]
        product = variant.product
        assert (product.title, product.text) == (row["name"], row["description"])
        assert product.category.title == row["category"]
        assert variant.price_minor == Decimal(row["price"]) * 100
        assert variant.stock.on_hand == int(row["current_stock"])
        assert product.featured == (row.get("featured") == "true")
        for name, value in row.items():
            if name not in own:
                kept = product.attributes[name]
                assert kept == (
                    {"true": True, "": None, "null": None}.get(value, value)
                    if isinstance(value, str)
                    else value
                )
    edition, movements = Edition.current(), Movement.objects.count()
    again = import_products(folder / "products.yaml", at=NOW)
    assert (again.made, again.changed, again.same) == (0, 0, 2465)
    assert (Edition.current(), Movement.objects.count()) == (edition, movements), (
        "the second time moves nothing"
    )


def test_variants_options_and_categories_come_along(tmp_path: Path) -> None:
    """One file holds all of it; NO stays NO, 012 stays twelve, 1.10 keeps its nought."""
    import_products(write(tmp_path, "goods.yaml", TWO_VARIANTS), at=NOW)
    ball = Product.objects.get(slug="cork-ball")
    first, second = ball.variants.with_names()
    assert (first.name, second.name) == ("Sand, Small", "NO, Small")
    assert (first.price_minor, second.price_minor, second.sale_price_minor) == (450, 500, 475)
    assert ball.options.get(title="Color").values.get(title="Sand").color == "#d9b38c"
    assert (ball.weight_g, ball.attributes) == (12, {"scratch": "1.10"})
    assert [item.backorder for item in StockItem.objects.order_by("variant_id")] == [True, True]
    assert Category.objects.get(slug="balls").parent == ball.category == Category.objects.get(ground="sky")
    assert PriceChange.objects.count() == 2


def test_csv_has_a_row_for_each_variant(tmp_path: Path) -> None:
    """Rows with one slug are one product; quoted commas and line breaks are text; an empty cell says nothing."""
    text = (
        "slug,title,description,category,sku,price,stock,option:Size,style\r\n"
        'mouse,Felt mouse,"Gray, soft\nand quiet",Play,M-S,3.00,4,Small,wool\r\n'
        "mouse,,,,M-L,4.00,5,Large,\r\n"
    )
    imported = import_products(write(tmp_path, "goods.csv", text), at=NOW)
    mouse = Product.objects.get(slug="mouse")
    assert imported.made == 1
    assert mouse.text == "Gray, soft\nand quiet"
    assert [(v.sku, v.name, v.price_minor, v.stock.on_hand) for v in mouse.variants.with_names()] == [
        ("M-S", "Small", 300, 4), ("M-L", "Large", 400, 5),
    ]  # fmt: skip
    assert mouse.attributes == {"style": "wool"}


def test_a_second_file_changes_only_what_it_names(tmp_path: Path) -> None:
    """A price list of two columns moves prices and nothing else, and the old price is remembered."""
    variant = a_variant(tmp_path, sku="M-1", text="Soft.")
    edition = Edition.current()
    imported = import_products(write(tmp_path, "prices.csv", "sku,price\nM-1,13.00\n"), at=NOW)
    variant.refresh_from_db()
    assert (imported.made, imported.changed) == (0, 1)
    assert (variant.price_minor, variant.product.text, variant.stock.on_hand) == (1300, "Soft.", 10)
    assert [row.price_minor for row in variant.price_changes.all()] == [1250, 1300]
    assert Edition.current() > edition


def test_every_wrong_row_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    """A merchant mends all mistakes in one go; a file with one mistake changes nothing."""
    text = (
        "sku,title,category,price,stock,state\nA,Good,Play,1.00,1,public\nB,Bad,Play,1.005,1,public\n"
        "C,Worse,Play,2.00,many,public\nA,Again,Play,1.00,1,shown\n"
    )
    said = refused(write(tmp_path, "goods.csv", text))
    assert "line 3: price: USD has 2 digits after the point; write 12.50" in said
    assert "line 4: stock: 'many' is no whole number; write digits, as 15" in said
    assert "line 5: state: 'shown' is no state; write one of draft, public, ended" in said
    assert "line 5: sku: 'A' stands at line 2 already" in said
    assert not Product.objects.exists()
    assert not Category.objects.exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("g.txt", "", "give a .csv, .yaml or .json file"),
        ("g.json", "{", "no JSON"),
        ("g.json", '{"goods": []}', "write a list"),
        ("g.json", '["mouse"]', "products 1: all: it is no record"),
        ("g.yaml", "- {title: a, title: b}", "line 1: title: the name stands there twice"),
        ("g.yaml", "- &a {title: x}\n- *a", "aliases"),
        ("g.yaml", "a: b: c", "line 1: all: no YAML"),
        ("g.yaml", "- !!python/object:os.system {}", "no YAML"),
        ("g.csv", "title,title\na,b\n", "a column stands there twice"),
        ("g.csv", "title\na,b\n", "more cells than the first line"),
        ("g.csv", 'title\n"a\n', "no CSV"),
        ("g.json", '[{"title": "a", "category": "Play"}]', "price: it is missing; write an amount, as 12.50"),
        ("g.json", '[{"price": "1", "category": "Play"}]', "title: it is missing"),
        ("g.json", '[{"price": "1", "title": "a"}]', "category: it is missing"),
        ("g.json", '[{"title":"a","category":"P","price":"1","sale_price":"1"}]', "it is not below the price"),
        ("g.json", '[{"title":"a","category":"P","price":"-1"}]', "less than nothing"),
        ("g.json", '[{"title":"a\\u0000","category":"P","price":"1"}]', "invisible character"),
        ("g.json", '[{"title":"a","category":"P","price":"1","slug":"A b"}]', "write 'a-b'"),
        ("g.json", '[{"title":"a","category":"P","price":"1","digital":true,"stock":"3"}]', "not counted"),
        ("g.json", '[{"title":"a","category":"P","price":"1","pictures":[{"file":"../x","alt":"x"}]}]', "is not there"),
        ("g.json", '[{"title":"a","category":"P","variants":[{"price":"1","colour":"x"}]}]', "variants.colour"),
        ("g.json", '[{"title":"a","category":"P","price":"1","variants":[{},{}]}]', "two variants are the same"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained(tmp_path: Path, name: str, text: str, said: str) -> None:
    """Each refusal says where, what, and what to write instead."""
    assert said in refused(write(tmp_path, name, text))
    assert not Product.objects.exists()


def test_stock_cannot_fall_below_what_is_promised(tmp_path: Path) -> None:
    """An import that would take away promised goods is refused whole."""
    variant = a_variant(tmp_path, sku="M-1")
    from uuid import uuid4

    holder = uuid4()
    reserve(holder=holder, wants={variant.pk: 4}, until=NOW, at=NOW)
    commit(holder=holder, at=NOW)
    said = refused(write(tmp_path, "stock.csv", "sku,stock,price\nM-1,3,9.00\n"))
    assert "line 2: stock: 4 are promised already; write at least 4" in said
    variant.refresh_from_db()
    assert (variant.price_minor, variant.stock.on_hand) == (1250, 10)


def test_titles_that_clash_or_have_no_letters_for_addresses_get_their_own(tmp_path: Path) -> None:
    """Two products of one name, and one in a script that addresses do not take, are three pages."""
    some_goods(
        tmp_path,
        {"title": "Mouse", "sku": "1"},
        {"title": "Mouse", "sku": "2"},
        {"title": "ねこ", "sku": "3"},
    )
    slugs = list(Product.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs[:2] == ["mouse", "mouse-2"]
    assert slugs[2].startswith("item-")
    some_goods(tmp_path, {"title": "Mouse", "sku": "2", "price": "3.00"})
    assert Product.objects.count() == 3


def test_a_ring_of_categories_is_refused(tmp_path: Path) -> None:
    """A shelf cannot stand below itself."""
    rows = [{"title": "A", "parent": "B"}, {"title": "B", "parent": "A"}]
    with pytest.raises(ImportRefused, match="below itself"):
        import_categories(write(tmp_path, "c.json", json.dumps(rows)), at=NOW)
    assert not Category.objects.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [("customer_email", "x"), ("Buyer Phone", "1"), ("E-Mail", "x"), ("notes", "ask anna@mail.example.com")],
)
def test_a_column_about_people_is_refused(tmp_path: Path, column: str, value: str) -> None:
    """Unknown columns are kept as a product's own; what is about people has no way in but a form (P1)."""
    path = write(tmp_path, "goods.csv", f"title,price,{column}\nBall,4.00,{value}\n")
    assert "it is about a person" in refused(path)
    assert not Product.objects.exists()
