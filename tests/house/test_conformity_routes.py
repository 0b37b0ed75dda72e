"""Ways out: only where the drawing has them (P21, P22)."""

from pathlib import Path

import pytest

from microkitten.config.conformity import routes, sources
from tests.house.planting import Plant

PLANTS = (
    Plant(
        "the network from a room",
        code={
            "shop__orders__actions": "import requests\n",
        },
        where="planted/shop/orders/actions.py:1",
        id="P090",
        what="requests is imported: a way out, or round the drawing",
        remedy="it belongs to microkitten.providers",
    ),
    Plant(
        "mail from a room",
        code={
            "shop__orders__actions": ("def send():\n    from smtplib import SMTP\n    return SMTP\n"),
        },
        where="planted/shop/orders/actions.py:2",
        id="P090",
        what="smtplib is imported: a way out, or round the drawing",
        remedy="it belongs to microkitten.providers",
    ),
    Plant(
        "a socket from web",
        code={
            "web__own": "import socket as plug\n",
        },
        where="planted/web/own.py:1",
        id="P090",
        what="socket is imported: a way out, or round the drawing",
        remedy=(
            "it belongs to microkitten.vault.wire, microkitten.vault.door, microkitten.vault.server, "
            "microkitten.config.announcing, microkitten.config.redirector"
        ),
    ),
    Plant(
        "another program from a room",
        code={
            "shop__orders__actions": "import subprocess\n",
        },
        where="planted/shop/orders/actions.py:1",
        id="P090",
        what="subprocess is imported: a way out, or round the drawing",
        remedy="it belongs to microkitten.config, microkitten.vault.server.copies",
    ),
    Plant(
        "http.client by its parent",
        code={
            "providers__parcels": "from http import client\n",
        },
        where="planted/providers/parcels.py:1",
        id="P090",
        what="http.client is imported: a way out, or round the drawing",
        remedy="it belongs to microkitten.providers.cards.sandbox.courier",
    ),
    Plant(
        "urllib.request",
        code={
            "config__own": "import urllib.request\n",
        },
        where="planted/config/own.py:1",
        id="P090",
        what="urllib.request is imported: a way out, or round the drawing",
        remedy="it belongs to nowhere",
    ),
    Plant(
        "importlib",
        code={
            "config__own": "from importlib import import_module\n",
        },
        where="planted/config/own.py:1",
        id="P090",
        what="importlib is imported: a way out, or round the drawing",
        remedy="it belongs to nowhere",
    ),
    Plant(
        "os.system",
        code={
            "web__own": ('import os\ndef run():\n    os.system("true")\n'),
        },
        where="planted/web/own.py:3",
        id="P091",
        what="os.system starts another program",
        remedy="programs are started by microkitten.config alone",
    ),
    Plant(
        "__import__",
        code={
            "shop__orders__actions": ('def out():\n    return __import__("reque" + "sts")\n'),
        },
        where="planted/shop/orders/actions.py:2",
        id="P092",
        what="__import__(...) runs or imports by a name that is made up while it runs",
        remedy="import it where it can be read",
    ),
    Plant(
        "import_string",
        code={
            "shop__orders__actions": (
                "from django.utils.module_loading import import_string\n"
                "def out(name):\n"
                "    return import_string(name)\n"
            ),
        },
        where="planted/shop/orders/actions.py:3",
        id="P092",
        what="import_string(...) runs or imports by a name that is made up while it runs",
        remedy="import it where it can be read",
    ),
    Plant(
        "eval",
        code={
            "shop__orders__actions": ("def out(text):\n    return eval(text)\n"),
        },
        where="planted/shop/orders/actions.py:2",
        id="P092",
        what="eval(...) runs or imports by a name that is made up while it runs",
        remedy="import it where it can be read",
    ),
    Plant(
        "a name made up, under another name",
        code={
            "shop__orders__actions": (
                "from django.utils.module_loading import import_string as bring\n"
                'FOUND = bring("urllib" + ".request")\n'
            ),
        },
        where="planted/shop/orders/actions.py:2",
        id="P092",
        what="import_string(...) runs or imports by a name that is made up while it runs",
        remedy="import it where it can be read",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_a_way_out_is_found(plant: Plant) -> None:
    """However it is imported, the statement is found."""
    assert plant.found_by(routes.check(plant.sources())) == [plant.finding()]


def test_the_code_is_read_wherever_the_house_lies_and_in_rooms_called_samples(tmp_path: Path) -> None:
    """A checkout below a folder `samples` was read as empty, and so was a room's folder of that name."""
    room = tmp_path / "samples/src/microkitten/shop/orders/samples"
    room.mkdir(parents=True)
    (room / "sending.py").write_text("import requests\n")
    found = routes.check(sources.read(tmp_path / "samples/src"))
    assert [one.id for one in found] == ["P090"]
