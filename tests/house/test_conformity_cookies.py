"""What a browser keeps: the cookies of the list, and nothing else (P8)."""

import pytest

from microkitten.config.conformity import cookies
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "a cookie that is not in the file",
        code={
            "shop__orders__views": 'NAME = "__Host-follow"\n',
        },
        where="planted/shop/orders/views.py:1",
        id="P080",
        what="the policy lists no cookie '__Host-follow'",
        remedy="did you mean '__Host-csrf'?; or write [cookie.__Host-follow] into the policy",
    ),
    Plant(
        "a cookie set by hand",
        code={
            "shop__orders__views": ('def page(response):\n    response.set_cookie("a", "b")\n'),
        },
        where="planted/shop/orders/views.py:2",
        id="P082",
        what="set_cookie is called past the policy's list",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a signed cookie set by hand",
        code={
            "shop__orders__views": ('def page(response):\n    response.set_signed_cookie("a", "b")\n'),
        },
        where="planted/shop/orders/views.py:2",
        id="P082",
        what="set_signed_cookie is called past the policy's list",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a cookie's header set by hand",
        code={
            "web__own": ('def page(response):\n    response["Set-Cookie"] = "a=b"\n'),
        },
        where="planted/web/own.py:2",
        id="P082",
        what="a cookie is set by hand",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a cookie in the jar of an answer",
        code={
            "web__own": ('def page(response):\n    response.cookies["a"] = "b"\n'),
        },
        where="planted/web/own.py:2",
        id="P082",
        what="a cookie is set by hand",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a cookie's header among others",
        code={"web__own": 'def page(response):\n    response.headers.update({"Set-Cookie": "a=b"})\n'},
        where="planted/web/own.py:2",
        id="P082",
        what="a cookie is set by hand",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a cookie's header at the answer's birth",
        code={"web__own": 'def page(made):\n    return made("", headers={"set-cookie": "a=b"})\n'},
        where="planted/web/own.py:2",
        id="P082",
        what="a cookie is set by hand",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a header under another name",
        code={"web__own": 'NOT_YET = 0\nNAME = "Set-Cookie"\n'},
        where="planted/web/own.py:2",
        id="P082",
        what="a cookie is set by hand",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "a whole jar",
        code={"web__own": 'def page(response):\n    response.cookies.load("a=b")\n'},
        where="planted/web/own.py:2",
        id="P082",
        what="a cookie is set by hand",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
    Plant(
        "the setting of cookies under another name",
        code={"web__own": 'def page(response):\n    put = response.set_cookie\n    put("a", "b")\n'},
        where="planted/web/own.py:2",
        id="P082",
        what="set_cookie is called past the policy's list",
        remedy=(
            "write cookies.keep(response, NAME, value) of microkitten.web: it takes the life from the policy"
        ),
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_a_cookie_past_the_list_is_found(plant: Plant) -> None:
    """There is one way to set a cookie, and it asks the list."""
    assert plant.found_by(cookies.check(POLICY, plant.sources())) == [plant.finding()]
