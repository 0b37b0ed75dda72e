"""Templates: each names only what its purposes and its views may open (P0, P11)."""

import pytest

from microkitten.config.conformity import showing
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "a template that cannot be read",
        templates={
            "orders__page": ("{% serves deliver %}\n{% personal recipient.name %}\n"),
        },
        where="planted/templates/orders/page.html:2",
        id="P040",
        what="expected token 'of', got 'end of statement block'",
        remedy="correct the template",
    ),
    Plant(
        "a template without a purpose",
        templates={
            "orders__page": "<p>Hello</p>\n",
        },
        where="planted/templates/orders/page.html:1",
        id="P041",
        what="orders/page.html declares no purpose",
        remedy=(
            "write {% serves PURPOSE %} in its first line, once ({% serves every %} for a part or layout)"
        ),
    ),
    Plant(
        "a template that declares twice",
        templates={
            "orders__page": ("{% serves deliver %}\n{% serves bill %}\n"),
        },
        where="planted/templates/orders/page.html:2",
        id="P041",
        what="orders/page.html declares its purposes twice",
        remedy=(
            "write {% serves PURPOSE %} in its first line, once ({% serves every %} for a part or layout)"
        ),
    ),
    Plant(
        "a template of a purpose that is not in the file",
        templates={
            "orders__page": "{% serves delivery %}\n",
        },
        where="planted/templates/orders/page.html:1",
        id="P042",
        what="the policy knows no purpose 'delivery'",
        remedy="did you mean 'deliver'?",
    ),
    Plant(
        "a layout that names a person",
        templates={
            "orders__layout": ("{% serves every %}\n{% personal customer.name of who %}\n"),
        },
        where="planted/templates/orders/layout.html:2",
        id="P043",
        what="orders/layout.html names customer.name and serves every purpose",
        remedy="write the purposes that may open it",
    ),
    Plant(
        "a field that is not in the file",
        templates={
            "orders__page": ("{% serves deliver %}\n<p>\n{% personal recipient.birthday of who %}\n"),
        },
        where="planted/templates/orders/page.html:3",
        id="P044",
        what="the policy knows no field 'recipient.birthday'",
        remedy="did you mean 'recipient.name'?",
    ),
    Plant(
        "a part whose name is made up",
        templates={
            "orders__page": ('{% serves deliver %}\n{% include "orders/" ~ kind %}\n'),
        },
        where="planted/templates/orders/page.html:2",
        id="P045",
        what="orders/page.html takes in a template whose name is made up while it runs",
        remedy="write the name",
    ),
    Plant(
        "a part that does not exist",
        templates={
            "orders__page": ('{% serves deliver %}\n{% extends "orders/layuot.html" %}\n'),
            "orders__layout": "{% serves every %}\n",
        },
        where="planted/templates/orders/page.html:2",
        id="P045",
        what="there is no template 'orders/layuot.html'",
        remedy="did you mean 'orders/layout.html'?",
    ),
    Plant(
        "a part of another purpose",
        templates={
            "orders__page": ('{% serves bill %}\n{% include "orders/address.html" %}\n'),
            "orders__address": "{% serves deliver %}\n",
        },
        where="planted/templates/orders/page.html:2",
        id="P046",
        what="orders/page.html serves bill and takes in orders/address.html, which serves deliver",
        remedy="let orders/address.html serve it too, or leave it out",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_what_a_template_does_not_declare_is_found(plant: Plant) -> None:
    """A template says whom it serves, and takes in only what serves them too."""
    assert plant.found_by(showing.check(POLICY, plant.sources(), plant.pages())) == [plant.finding()]
