"""Views, tasks, providers and actors: each thing planted is found, at its line, with what to write (P11, P21)."""

import pytest

from microkitten.config.conformity import purposes
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "a purpose that is not in the file",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "@serves(purpose.delivr)\n"
                "def page(request): ...\n"
            ),
        },
        where="planted/shop/orders/views.py:5",
        id="P021",
        what="the policy knows no purpose 'delivr'",
        remedy="did you mean 'deliver'?; or write [purpose.delivr] into the policy",
    ),
    Plant(
        "two purposes in two marks",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "@serves(purpose.bill)\n"
                "@serves(purpose.deliver)\n"
                "def page(request): ...\n"
            ),
        },
        where="planted/shop/orders/views.py:7",
        id="P022",
        what="page serves more than one purpose",
        remedy="make two views of it, each with its own",
    ),
    Plant(
        "two purposes in one mark",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "@serves(purpose.bill, purpose.deliver)\n"
                "def page(request): ...\n"
            ),
        },
        where="planted/shop/orders/views.py:6",
        id="P022",
        what="page serves more than one purpose",
        remedy="make two views of it, each with its own",
    ),
    Plant(
        "a purpose as a text above a view",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                '@serves("deliver")\n'
                "def page(request): ...\n"
            ),
        },
        where="planted/shop/orders/views.py:5",
        id="P023",
        what="page: its purpose cannot be read",
        remedy="write a constant: @serves(purpose.deliver), from microkitten.policy import purpose",
    ),
    Plant(
        "a purpose chosen while it runs",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "WHICH = purpose.bill\n"
                "@serves(WHICH)\n"
                "def page(request): ...\n"
            ),
        },
        where="planted/shop/orders/views.py:6",
        id="P023",
        what="page: its purpose cannot be read",
        remedy="write a constant: @serves(purpose.deliver), from microkitten.policy import purpose",
    ),
    Plant(
        "a task without a purpose",
        code={
            "shop__orders__tasks": (
                "from django_tasks import task\n@task()\ndef tidy(order: str) -> None: ...\n"
            ),
        },
        where="planted/shop/orders/tasks.py:3",
        id="P024",
        what="the task tidy declares no purpose",
        remedy="write @serves(purpose...) below @task()",
    ),
    Plant(
        "an address past route",
        code={
            "shop__orders__urls": (
                "from django.urls import path\n"
                "from microkitten.shop.orders import views\n"
                'urlpatterns = [path("own", views.page)]\n'
            ),
        },
        where="planted/shop/orders/urls.py:3",
        id="P025",
        what="path(...) gives an address without asking for a purpose",
        remedy="write route(...) of microkitten.web.routes",
    ),
    Plant(
        "an address by a pattern",
        code={
            "shop__orders__urls": (
                "from django.urls import re_path\n"
                "from microkitten.shop.orders import views\n"
                'urlpatterns = [re_path("^own$", views.page)]\n'
            ),
        },
        where="planted/shop/orders/urls.py:3",
        id="P025",
        what="re_path(...) gives an address without asking for a purpose",
        remedy="write route(...) of microkitten.web.routes",
    ),
    Plant(
        "an address without a purpose, by another name",
        code={
            "shop__orders__urls": (
                "from django.urls import path as way\n"
                "from microkitten.shop.orders import views\n"
                'urlpatterns = [way("own", views.page)]\n'
            ),
        },
        where="planted/shop/orders/urls.py:3",
        id="P025",
        what="path(...) gives an address without asking for a purpose",
        remedy="write route(...) of microkitten.web.routes",
    ),
    Plant(
        "a purpose as a text to the door",
        code={
            "shop__orders__actions": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "def look(person, by):\n"
                '    with door.use("deliver", {person: []}, by=by): ...\n'
            ),
        },
        where="planted/shop/orders/actions.py:6",
        id="P026",
        what="a purpose is written as a text",
        remedy="write purpose.NAME, from microkitten.policy import purpose",
    ),
    Plant(
        "a purpose as a named text",
        code={
            "shop__orders__actions": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "def keep(person, by):\n"
                '    door.collect(person, "customer", {}, purpose="confirm", by=by)\n'
            ),
        },
        where="planted/shop/orders/actions.py:6",
        id="P026",
        what="a purpose is written as a text",
        remedy="write purpose.NAME, from microkitten.policy import purpose",
    ),
    Plant(
        "a purpose put together",
        code={
            "shop__orders__actions": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "def keep(batch, person, word):\n"
                '    batch.use(f"deliv{word}", {person: []})\n'
            ),
        },
        where="planted/shop/orders/actions.py:6",
        id="P026",
        what="a purpose is written as a text",
        remedy="write purpose.NAME, from microkitten.policy import purpose",
    ),
    Plant(
        "a field that is not in the file",
        code={
            "shop__orders__actions": 'FIELDS = ["customer.birthday"]\n',
        },
        where="planted/shop/orders/actions.py:1",
        id="P027",
        what="the policy knows no field 'customer.birthday'",
        remedy="did you mean 'customer.name'?; or write [field.customer.birthday] into the policy",
    ),
    Plant(
        "a mark by another name",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves as for_\n"
                "@for_(purpose.bill)\n"
                "@for_(purpose.deliver)\n"
                "def page(request): ...\n"
            ),
        },
        where="planted/shop/orders/views.py:5",
        id="P022",
        what="page serves more than one purpose",
        remedy="make two views of it, each with its own",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_what_does_not_say_its_purpose_is_found(plant: Plant) -> None:
    """Whoever forgets a purpose, or makes one up, is told where and what to write."""
    assert plant.found_by(purposes.check(POLICY, plant.sources())) == [plant.finding()]
