"""Keeps people out of the catalog: a column of an import that is about a person is refused (P1)."""

import re
from typing import Any

# What such columns are called in other shops' exports, as whole words of a name: `customer_email`, `Buyer Phone`.
_WORDS = frozenset(
    {
        "birthday", "birthdate", "buyer", "buyers", "customer", "customers", "email", "mail", "member", "members",
        "phone", "recipient", "recipients", "surname", "telephone", "user", "users",
    }
)  # fmt: skip
_WORD = re.compile(r"[a-z]+")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}")


def is_about_people(column: str, value: Any) -> bool:
    """Tell whether a column that no product has is about people, by its name or by an e-mail address in it."""
    parts = _WORD.findall(column.lower().replace("e-mail", "email"))
    return bool(_WORDS.intersection(parts)) or bool(isinstance(value, str) and _ADDRESS.search(value))
