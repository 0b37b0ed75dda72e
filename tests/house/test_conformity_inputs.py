"""Inputs: each is a field of the policy, or said to be nothing personal (P1)."""

import pytest

from microkitten.config.conformity import inputs
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "an input of which nothing is said",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(PersonalForm):\n"
                '    form_name = "checkout"\n'
                '    personal: ClassVar = {"name": "customer.name"}\n'
                "    name = PlainText(length_max=9)\n"
                "    birthday = forms.DateField()\n"
            ),
        },
        where="planted/shop/orders/forms.py:8",
        id="P070",
        what="Ask does not say what its input 'birthday' is",
        remedy='write personal = {"birthday": "GROUP.FIELD"}, compares = {...}, or neutral = "birthday"',
    ),
    Plant(
        "an input of a form that is none of ours",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(forms.Form):\n"
                "    email = forms.EmailField()\n"
            ),
        },
        where="planted/shop/orders/forms.py:5",
        id="P070",
        what="Ask does not say what its input 'email' is",
        remedy='write personal = {"email": "GROUP.FIELD"}, compares = {...}, or neutral = "email"',
    ),
    Plant(
        "an input of a form that inherits",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Base(forms.Form):\n"
                '    neutral = "sort"\n'
                "    sort = forms.CharField()\n"
                "class Ask(Base):\n"
                "    phone = forms.CharField()\n"
            ),
        },
        where="planted/shop/orders/forms.py:8",
        id="P070",
        what="Ask does not say what its input 'phone' is",
        remedy='write personal = {"phone": "GROUP.FIELD"}, compares = {...}, or neutral = "phone"',
    ),
    Plant(
        "an input added while it runs",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(forms.Form):\n"
                "    def __init__(self):\n"
                '        self.fields["phone"] = PlainText(length_max=9)\n'
            ),
        },
        where="planted/shop/orders/forms.py:6",
        id="P070",
        what="Ask does not say what its input 'phone' is",
        remedy='write personal = {"phone": "GROUP.FIELD"}, compares = {...}, or neutral = "phone"',
    ),
    Plant(
        "inputs whose names are made up",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(forms.Form):\n"
                "    def add(self, name):\n"
                "        self.fields[name] = PlainText(length_max=9)\n"
            ),
        },
        where="planted/shop/orders/forms.py:6",
        id="P070",
        what="Ask makes inputs whose names are made up while it runs",
        remedy='name them in parts = {"GROUP.FIELD": "one two"}',
    ),
    Plant(
        "an input of a kind of one's own",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Birthday(forms.Field): ...\n"
                "class Ask(forms.Form):\n"
                "    born = Birthday()\n"
            ),
        },
        where="planted/shop/orders/forms.py:6",
        id="P070",
        what="Ask does not say what its input 'born' is",
        remedy='write personal = {"born": "GROUP.FIELD"}, compares = {...}, or neutral = "born"',
    ),
    Plant(
        "an input of a form from another room",
        code={
            "shop__orders__forms": (
                "from microkitten.shop.checkout.forms.people import CustomerForm\n"
                "from microkitten.web.forms import PlainText\n"
                "class Ask(CustomerForm):\n"
                "    phone = PlainText(length_max=9)\n"
            ),
        },
        where="planted/shop/orders/forms.py:4",
        id="P070",
        what="Ask does not say what its input 'phone' is",
        remedy='write personal = {"phone": "GROUP.FIELD"}, compares = {...}, or neutral = "phone"',
    ),
    Plant(
        "a value of an input that is not in the file",
        code={
            "shop__orders__actions": (
                'from microkitten.vault.types import Given\nVALUE = Given("Ann", "import.name")\n'
            ),
        },
        where="planted/shop/orders/actions.py:2",
        id="P076",
        what="a value is given as if typed into import.name, which the policy does not know",
        remedy="did you mean 'operator.name'?",
    ),
    Plant(
        "a value of an input that is made up",
        code={
            "shop__orders__actions": (
                "from microkitten.vault.types import Given\n"
                "def value(text, row):\n"
                '    return Given(text, source=f"row.{row}")\n'
            ),
        },
        where="planted/shop/orders/actions.py:3",
        id="P076",
        what="a value is given whose input cannot be read",
        remedy='write its mark: Given(value, "form.input")',
    ),
    Plant(
        "an input for a field that is not in the file",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(PersonalForm):\n"
                '    form_name = "checkout"\n'
                '    personal: ClassVar = {"birthday": "customer.birthday"}\n'
            ),
        },
        where="planted/shop/orders/forms.py:4",
        id="P071",
        what="Ask: the policy knows no field 'customer.birthday'",
        remedy="did you mean 'customer.name'?; or write [field.customer.birthday] into the policy",
    ),
    Plant(
        "an input that may not write its field",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(PersonalForm):\n"
                '    form_name = "news"\n'
                '    personal: ClassVar = {"email": "customer.email"}\n'
            ),
        },
        where="planted/shop/orders/forms.py:4",
        id="P072",
        what="Ask: the input news.email may not be kept as customer.email",
        remedy='write forms = ["news.email"] at [field.customer.email] of the policy',
    ),
    Plant(
        "an input that may not be compared",
        code={
            "shop__orders__forms": (
                "from django import forms\n"
                "from typing import ClassVar\n"
                "from microkitten.web.forms import PersonalForm, PlainText\n"
                "class Ask(forms.Form):\n"
                '    form_name = "news"\n'
                '    compares: ClassVar = {"email": "customer.email"}\n'
            ),
        },
        where="planted/shop/orders/forms.py:4",
        id="P072",
        what="Ask: the input news.email may not be compared with customer.email",
        remedy='write compares = ["news.email"] at [field.customer.email] of the policy',
    ),
    Plant(
        "an input by hand",
        templates={
            "orders__page": ('{% serves deliver %}\n<form>\n<input type="text" name="birthday">\n'),
        },
        where="planted/templates/orders/page.html:3",
        id="P074",
        what="orders/page.html asks for 'birthday' by an input of its own",
        remedy="make it an input of a form, or write {% asks birthday %} if it is nothing personal",
    ),
    Plant(
        "a choice by hand",
        templates={
            "orders__page": ('{% serves deliver %}\n<select id="a"\n name=age></select>\n'),
        },
        where="planted/templates/orders/page.html:2",
        id="P074",
        what="orders/page.html asks for 'age' by an input of its own",
        remedy="make it an input of a form, or write {% asks age %} if it is nothing personal",
    ),
    Plant(
        "a text by hand beside a declared one",
        templates={
            "orders__page": (
                "{% serves deliver %}\n"
                "{% asks sort %}\n"
                "<input name='sort'><textarea name='note'></textarea>\n"
            ),
        },
        where="planted/templates/orders/page.html:3",
        id="P074",
        what="orders/page.html asks for 'note' by an input of its own",
        remedy="make it an input of a form, or write {% asks note %} if it is nothing personal",
    ),
    Plant(
        "an input by hand whose name is made up",
        templates={
            "orders__page": ('{% serves deliver %}\n<input value="{{ a > b }}" name="{{ kind }}">\n'),
        },
        where="planted/templates/orders/page.html:2",
        id="P074",
        what="orders/page.html asks for something whose name is made up while it runs",
        remedy="show an input of a form, or write the name",
    ),
    Plant(
        "a declared input that is not there",
        templates={
            "orders__page": ("{% serves deliver %}\n{% asks sort %}\n"),
        },
        where="planted/templates/orders/page.html:2",
        id="P075",
        what="orders/page.html declares an input 'sort' that it does not have",
        remedy="take it out of {% asks %}",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_an_input_of_which_nothing_is_said_is_found(plant: Plant) -> None:
    """Nothing is asked of anybody that the policy does not know."""
    assert plant.found_by(inputs.check(POLICY, plant.sources(), plant.pages())) == [plant.finding()]
