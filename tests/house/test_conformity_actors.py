"""Actors and providers: each is one of the file, and spoken for by who may (P11, P21)."""

import pytest

from microkitten.config.conformity import purposes
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "an actor of no rule",
        code={
            "shop__orders__actions": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                'BY = Actor("job:guess")\n'
            ),
        },
        where="planted/shop/orders/actions.py:5",
        id="P028",
        what="no rule of the policy names the actor 'job:guess'",
        remedy=(
            "known are: job:confirm, job:pay, job:sweep, operator, person, shipping, web:checkout, "
            "web:members, web:orders, web:visitors"
        ),
    ),
    Plant(
        "an actor whose name is made up",
        code={
            "shop__orders__actions": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "def by(name):\n"
                '    return Actor(f"job:{name}")\n'
            ),
        },
        where="planted/shop/orders/actions.py:6",
        id="P028",
        what="an actor's name cannot be read",
        remedy='write the name: Actor("web:orders")',
    ),
    Plant(
        "a view that asks as a job",
        code={
            "shop__orders__views": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "from microkitten.shop.orders import actions\n"
                "@serves(purpose.bill)\n"
                "def page(request):\n"
                "    actions.charge()\n"
            ),
            "shop__orders__actions": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                'BY = Actor("job:pay")\n'
                "def charge():\n"
                "    return _charge()\n"
                "def _charge():\n"
                "    return door.new_person(by=BY)\n"
            ),
        },
        where="planted/shop/orders/actions.py:5",
        id="P029",
        what="page runs in web, which may not speak for job:pay",
        remedy="leave the work to a job (web.queue.outbox.leave)",
    ),
    Plant(
        "a task that asks as a person",
        code={
            "shop__orders__tasks": (
                "from microkitten.policy import purpose\n"
                "from microkitten.web.serves import serves\n"
                "from microkitten.vault.types import Actor\n"
                "from microkitten.vault import door\n"
                "from django_tasks import task\n"
                "@task()\n"
                "@serves(purpose.rights)\n"
                "def peep(token: str) -> None:\n"
                '    door.use(purpose.rights, {}, by=Actor("person", token))\n'
            ),
        },
        where="planted/shop/orders/tasks.py:9",
        id="P029",
        what="peep runs in worker, which may not speak for person",
        remedy="write the actor of a job, such as job:pay",
    ),
    Plant(
        "an actor by another name",
        code={
            "shop__orders__actions": (
                'from microkitten.vault.types import Actor as Who\nBY = Who("job:guess")\n'
            ),
        },
        where="planted/shop/orders/actions.py:2",
        id="P028",
        what="no rule of the policy names the actor 'job:guess'",
        remedy=(
            "known are: job:confirm, job:pay, job:sweep, operator, person, shipping, web:checkout, "
            "web:members, web:orders, web:visitors"
        ),
    ),
    Plant(
        "an actor by its module",
        code={
            "shop__orders__actions": ('from microkitten.vault import types\nBY = types.Actor("job:guess")\n'),
        },
        where="planted/shop/orders/actions.py:2",
        id="P028",
        what="no rule of the policy names the actor 'job:guess'",
        remedy=(
            "known are: job:confirm, job:pay, job:sweep, operator, person, shipping, web:checkout, "
            "web:members, web:orders, web:visitors"
        ),
    ),
    Plant(
        "a provider that names no party",
        code={
            "providers__parcels": '"""A carrier."""\n',
        },
        where="planted/providers/parcels.py:1",
        id="P030",
        what="the provider parcels does not say whom it is for",
        remedy='write PROVIDER = provides("PARTY", purpose...) at its beginning, once',
    ),
    Plant(
        "a provider that declares twice",
        code={
            "providers__parcels": (
                "from microkitten.policy import purpose\n"
                "from microkitten.providers.register import provides\n"
                'A = provides("mail", purpose.confirm)\n'
                'B = provides("mail", purpose.confirm)\n'
            ),
        },
        where="planted/providers/parcels.py:1",
        id="P030",
        what="the provider parcels does not say whom it is for",
        remedy='write PROVIDER = provides("PARTY", purpose...) at its beginning, once',
    ),
    Plant(
        "a provider of a party that is not in the file",
        code={
            "providers__parcels": (
                "from microkitten.policy import purpose\n"
                "from microkitten.providers.register import provides\n"
                'PROVIDER = provides("carrier", purpose.deliver)\n'
            ),
        },
        where="planted/providers/parcels.py:3",
        id="P031",
        what="the policy knows no party 'carrier'",
        remedy="known are: card_processor, mail; or write [party.carrier] into the policy",
    ),
    Plant(
        "a provider without a purpose",
        code={
            "providers__parcels": (
                'from microkitten.providers.register import provides\nPROVIDER = provides("mail")\n'
            ),
        },
        where="planted/providers/parcels.py:2",
        id="P032",
        what="the provider of mail names no purpose",
        remedy='write provides("mail", purpose.NAME)',
    ),
    Plant(
        "a provider with another's purpose",
        code={
            "providers__parcels": (
                "from microkitten.policy import purpose\n"
                "from microkitten.providers.register import provides\n"
                'PROVIDER = provides("mail", purpose.bill)\n'
            ),
        },
        where="planted/providers/parcels.py:3",
        id="P032",
        what="mail gets nothing for bill",
        remedy="for confirm it does",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_who_is_not_in_the_file_is_found(plant: Plant) -> None:
    """Nobody asks the vault, and nobody is sent anything, that the file does not name."""
    assert plant.found_by(purposes.check(POLICY, plant.sources())) == [plant.finding()]
