"""Search: finds by words, stems and beginnings; forgives typing errors; takes signs for signs (P18)."""

from pathlib import Path

import pytest

from microkitten.shop.catalog.actions import changed, rebuild_search, search
from microkitten.shop.catalog.models import Product
from microkitten.shop.catalog.models import search as index
from tests.shop.goods import NOW, a_product, some_goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(tmp_path: Path) -> None:
    """A few things on a shelf."""
    some_goods(
        tmp_path,
        {"title": "Felt mouse", "text": "Runs after nothing, sits by a ball."},
        {"title": "Cork ball", "summary": "Rolls quietly.", "aliases": ["orb"]},
        {"title": "Scratching post", "materials": "Sisal", "category": "Scratch"},
        {"title": "Café bowl", "category": "Table"},
    )


def titles(query: str) -> list[str]:
    """Return what a search finds, best first."""
    return [tile.title for tile in search(query=query, at=NOW).tiles]


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ball", ["Cork ball", "Felt mouse"]),
        ("BALLS", ["Cork ball", "Felt mouse"]),
        ("cor", ["Cork ball"]),
        ("orb", ["Cork ball"]),
        ("scratch", ["Scratching post"]),
        ("sisal post", ["Scratching post"]),
        ("cafe", ["Café bowl"]),
        ("felt ball", ["Felt mouse"]),
        ("play", ["Felt mouse", "Cork ball"]),
    ],
)
def test_words_find_what_has_them_all(query: str, found: list[str]) -> None:
    """In the title above all, but in category, materials, attributes and text too."""
    assert sorted(titles(query)) == sorted(found)
    assert titles(query)[0] == found[0] or query == "play"
    assert not search(query=query, at=NOW).is_near


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(
    ("query", "first"),
    [("mouze", "Felt mouse"), ("scraching", "Scratching post"), ("velvet mouse", "Felt mouse")],
)
def test_what_is_not_there_offers_what_comes_near(query: str, first: str) -> None:
    """A slip of the finger, or one word too many, is no empty page; and the page says so."""
    result = search(query=query, at=NOW)
    assert result.is_near
    assert result.tiles[0].title == first


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        "NEAR(",
        "a OR",
        "*",
        "title:x",
        "-",
        "'; DROP TABLE x; --",
        "\0",
        "😀",
        "ж" * 200,
        "^ball",
    ],
)
def test_signs_mean_nothing_to_the_index(query: str) -> None:
    """Whatever is typed is searched for or not found, and never an error."""
    search(query=query, at=NOW)


def test_the_index_follows_the_goods(tmp_path: Path) -> None:
    """Renamed, hidden and deleted products are found as what they are now."""
    product = a_product(tmp_path)
    Product.objects.filter(pk=product.pk).update(title="Wool mouse")
    changed(products=[product.pk], at=NOW)
    assert titles("wool") == ["Wool mouse"]
    assert search(query="felt", at=NOW).total == 0
    Product.objects.filter(pk=product.pk).update(state=Product.State.DRAFT)
    assert titles("wool") == []
    Product.objects.filter(pk=product.pk).update(state=Product.State.PUBLIC)
    index.take_out([product.pk])
    assert titles("wool") == []
    assert rebuild_search() == 1
    assert titles("wool") == ["Wool mouse"]


@pytest.mark.usefixtures("goods")
def test_accents_and_signs_are_as_good_as_none() -> None:
    """Whoever types them, and whoever leaves them out, finds the same."""
    assert titles("café") == titles("CAFE bowl") == titles("cafe-bowl") == ["Café bowl"]
    assert titles("!") == []


@pytest.mark.usefixtures("goods")
def test_no_word_is_too_common_to_be_found() -> None:
    """There are no stop words: a shop may sell what is called after one."""
    assert titles("by a") == titles("after") == ["Felt mouse"]
