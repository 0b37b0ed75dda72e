"""A page names what the actions behind its view open, and nothing else (P11)."""

import pytest

from microkitten.config.conformity import showing
from tests.house.planting import POLICY, Plant, code, templates

# Two fields in a list of this file, one in a list that is added to it, one written where the vault is asked.
OPENING = (
    "from microkitten.policy import purpose\n"
    "from microkitten.vault import door\n"
    "from microkitten.vault.types import Actor\n"
    "from microkitten.web.page import render\n"
    'NAMES = ["recipient.name"]\n'
    'FIELDS = [*NAMES, "recipient.address"]\n'
    "def page(request, token):\n"
    '    wanted = {who: [*FIELDS, "recipient.message"]}\n'
    '    with door.use(purpose.deliver, wanted, by=Actor("person", token)) as opened:\n'
    '        return render(request, "orders/page.html", opened=[opened])\n'
    "def other(request):\n"
    '    return ["recipient.phone"]\n'
)

PLANTS = (
    Plant(
        "a field that the action does not open",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.shop.orders import actions\n"
                "from microkitten.web.serves import serves\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    company = "recipient.phone"\n'
                "    return actions.page(request, token)\n"
            ),
            "shop__orders__actions": OPENING,
        },
        templates={
            "orders__page": (
                "{% serves deliver %}\n"
                "{% personal recipient.name of who %}{% personal recipient.address of who %}\n"
                "{% personal recipient.message of who %}\n"
                "{% personal recipient.phone of who %}\n"
            ),
        },
        where="planted/templates/orders/page.html:4",
        id="P053",
        what="orders/page.html shows recipient.phone, and no action behind page opens it",
        remedy=(
            'write "recipient.phone" beside the fields opened in planted/shop/orders/actions.py:8, '
            "or take it out"
        ),
    ),
    Plant(
        "a field of a group that nothing opens",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.web.page import show\n"
                "from microkitten.vault.types import Actor\n"
                "@serves(purpose.deliver)\n"
                "def page(request, token):\n"
                '    return show(request, "orders/page.html", by=Actor("person", token))\n'
            ),
            "shop__orders__actions": OPENING,
        },
        templates={
            "orders__page": "{% serves deliver %}\n{% personal recipient.name of who %}\n",
        },
        where="planted/templates/orders/page.html:2",
        id="P053",
        what="orders/page.html shows recipient.name, and no action behind page opens it",
        remedy='open "recipient.name" by door.use in the actions behind page, or take it out',
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_what_no_action_opens_is_found(plant: Plant) -> None:
    """The page would be an error for whoever asks for it; it is told before anybody does."""
    assert plant.found_by(showing.check(POLICY, plant.sources(), plant.pages())) == [plant.finding()]


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ('FIELDS = policy.fields_of("recipient")', []),
        ("FIELDS = policy.fields_of(GROUP)", []),
        ('FIELDS = policy.fields_of("customer")', ["recipient.phone"]),
        ("from microkitten.shop.shipments.actions import FIELDS", []),
        ("from microkitten.shop.shipments import FIELDS", []),
        ("from microkitten.shop.shipments.views import FIELDS", ["recipient.phone"]),
    ],
)
def test_what_a_page_opens_is_read_wherever_it_is_written(written: str, missing: list[str]) -> None:
    """A whole group counts as its fields, a list of another room's actions as if it stood here; a view's does not."""
    view = (
        "from microkitten.policy import purpose\n"
        "from microkitten.shop.orders import actions\n"
        "from microkitten.vault.types import Actor\n"
        "from microkitten.web.page import render\n"
        "from microkitten.web.serves import serves\n"
        "@serves(purpose.deliver)\n"
        "def page(request, token):\n"
        '    with actions.opened(by=Actor("person", token)) as opened:\n'
        '        return render(request, "orders/page.html", opened=[opened])\n'
    )
    sources = code(
        shop__orders__views=view,
        shop__orders__actions=f"{written}\ndef opened(by):\n    return door.use(purpose, FIELDS, by=by)\n",
        shop__shipments="from microkitten.shop.shipments.actions import FIELDS\n",
        shop__shipments__actions='FIELDS = ["recipient.phone"]\n',
        shop__shipments__views='FIELDS = ["recipient.phone"]\n',
    )
    pages = templates(orders__page="{% serves deliver %}\n{% personal recipient.phone of who %}\n")
    found = [one for one in showing.check(POLICY, sources, pages) if one.id == "P053"]
    assert [one.what.split(",")[0].rpartition(" ")[2] for one in found] == missing


def test_a_page_may_be_shown_by_a_view_that_opens_nobody() -> None:
    """Staff see a parcel sealed by one view and opened by another; each field is opened by one of them at least."""
    views = (
        "from microkitten.policy import purpose\n"
        "from microkitten.shop.orders import actions\n"
        "from microkitten.web.page import show\n"
        "from microkitten.web.serves import serves\n"
        "@serves(purpose.deliver)\n"
        "def sealed(request):\n"
        '    return show(request, "orders/page.html")\n'
        "@serves(purpose.deliver)\n"
        "def opened(request, token):\n"
        "    return actions.page(request, token)\n"
    )
    sources = code(shop__orders__views=views, shop__orders__actions=OPENING)
    text = "{% serves deliver %}\n{% personal recipient.name of who %}\n"
    for more, found in (("", []), ("{% personal recipient.phone of who %}\n", ["opened"])):
        findings = showing.check(POLICY, sources, templates(orders__page=text + more))
        assert [one.what.split(" ")[-3] for one in findings if one.id == "P053"] == found
