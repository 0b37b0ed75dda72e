"""Views and templates agree: on purposes, and on the fields that may be opened (P11, P38)."""

import pytest

from microkitten.config.conformity import showing
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "a view of a template that does not exist",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/pgae.html", by=Actor("person", token))\n'
            ),
        },
        templates={
            "orders__page": "{% serves deliver %}\n",
        },
        where="planted/shop/orders/views.py:7",
        id="P047",
        what="there is no template 'orders/pgae.html'",
        remedy="did you mean 'orders/page.html'?",
    ),
    Plant(
        "a view of a template whose name is made up",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, kind):\n"
                '    return show(request, f"orders/{kind}.html")\n'
            ),
        },
        templates={
            "orders__page": "{% serves deliver %}\n",
        },
        where="planted/shop/orders/views.py:7",
        id="P048",
        what="page shows a template whose name is made up while it runs",
        remedy='write the name, or a table at the top of the file: PAGES = {"kind": "room/page.html"}',
    ),
    Plant(
        "a view whose template serves another purpose",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.bill)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/page.html", by=Actor("person", token))\n'
            ),
        },
        templates={
            "orders__page": "{% serves deliver %}\n",
        },
        where="planted/shop/orders/views.py:6",
        id="P049",
        what="page serves bill and shows orders/page.html, which serves deliver",
        remedy="write bill into its {% serves %}, or show another template",
    ),
    Plant(
        "a template shown past the page",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "from django.shortcuts import render as draw\n"
                "@serves(purpose.deliver)\n"
                "def page(request):\n"
                '    return draw(request, "orders/page.html")\n'
            ),
        },
        templates={
            "orders__page": "{% serves deliver %}\n",
        },
        where="planted/shop/orders/views.py:8",
        id="P052",
        what="page shows a template by Django's render",
        remedy="write render or show of microkitten.web.page",
    ),
    Plant(
        "a template rendered to a text",
        code={
            "shop__orders__actions": (
                "from django.template import loader\n"
                "def words():\n"
                '    return loader.render_to_string("orders/page.html")\n'
            ),
        },
        templates={
            "orders__page": "{% serves deliver %}\n",
        },
        where="planted/shop/orders/actions.py:3",
        id="P052",
        what="words shows a template by Django's render_to_string",
        remedy="write render or show of microkitten.web.page",
    ),
    Plant(
        "a view of a template named by its table",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                'PAGES = {"a": "orders/page.html", "b": "orders/other.html"}\n'
                "@serves(purpose.bill)\n"
                "def page(request, kind):\n"
                "    return _page(request, PAGES[kind])\n"
                "def _page(request, template):\n"
                '    return show(request, template=PAGES["a"])\n'
            ),
        },
        templates={
            "orders__page": "{% serves deliver %}\n",
            "orders__other": "{% serves bill %}\n",
        },
        where="planted/shop/orders/views.py:7",
        id="P049",
        what="page serves bill and shows orders/page.html, which serves deliver",
        remedy="write bill into its {% serves %}, or show another template",
    ),
    Plant(
        "a field that the purpose does not open",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/page.html", by=Actor("person", token))\n'
            ),
        },
        templates={
            "orders__page": ("{% serves deliver %}\n{% personal customer.email of who %}\n"),
        },
        where="planted/templates/orders/page.html:2",
        id="P050",
        what="orders/page.html serves deliver as person, and no rule opens customer.email so",
        remedy="take it out; what opens it: rights.own (rights, person); rights.show_for (rights, operator)",
    ),
    Plant(
        "a field that the actor may not open",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/page.html", by=Actor("shipping", token))\n'
            ),
        },
        templates={
            "orders__page": ("{% serves rights deliver %}\n{% personal customer.email of who %}\n"),
        },
        where="planted/templates/orders/page.html:2",
        id="P050",
        what="orders/page.html serves deliver rights as shipping, and no rule opens customer.email so",
        remedy="take it out; what opens it: rights.own (rights, person); rights.show_for (rights, operator)",
    ),
    Plant(
        "a field in a macro two imports away",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/page.html", by=Actor("person", token))\n'
            ),
        },
        templates={
            "orders__page": ('{% serves deliver %}\n{% import "orders/a.html" as a %}\n'),
            "orders__a": ('{% serves deliver %}\n{% from "orders/b.html" import b with context %}\n'),
            "orders__b": (
                "{% serves deliver %}\n{% block x %}\n{% personal payment.last4 of who %}\n{% endblock %}\n"
            ),
        },
        where="planted/templates/orders/b.html:3",
        id="P050",
        what="orders/page.html serves deliver as person, and no rule opens payment.last4 so",
        remedy="take it out; what opens it: rights.own_card (rights, person); rights.show_for (rights, operator)",
    ),
    Plant(
        "a field in a layout above",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import render, show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/page.html", by=Actor("person", token))\n'
            ),
        },
        templates={
            "orders__page": ('{% serves deliver %}\n{% extends "orders/layout.html" %}\n'),
            "orders__layout": ("{% serves deliver %}\n{% personal visitor.seen of who %}\n"),
        },
        where="planted/templates/orders/layout.html:2",
        id="P050",
        what="orders/page.html serves deliver as person, and no rule opens visitor.seen so",
        remedy=(
            "take it out; what opens it: customize.show (customize, web:visitors); rights.own_cookie "
            "(rights, web:visitors)"
        ),
    ),
    Plant(
        "a field shown by nobody",
        templates={
            "orders__page": ("{% serves deliver %}\n{% personal recipient.name of who %}\n"),
        },
        where="planted/templates/orders/page.html:2",
        id="P051",
        what="orders/page.html names recipient.name, and no view or task shows it",
        remedy="show it from a view, or delete it",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_what_a_view_may_not_show_is_found(plant: Plant) -> None:
    """However deep the part lies, the field is found where it stands."""
    assert plant.found_by(showing.check(POLICY, plant.sources(), plant.pages())) == [plant.finding()]
