"""People of tokens, as a checkout asks for them: who orders, and recipients in countries of every kind."""

from __future__ import annotations

from tests.canaries.tokens import Mint, digits

# Together they have every part that an address can have: apartment, state, ZIP code; CEDEX; region; suburb.
COUNTRIES = ("US", "CI", "KZ", "NZ")
POSTCODES = {"KZ": 6, "NZ": 4}
BUYER = frozenset({"customer", *(f"recipient {number}" for number in range(1, len(COUNTRIES) + 1))})


class Typing:
    """What is typed of a person, each value a token of its field."""

    def __init__(self, mint: Mint) -> None:
        self.mint = mint

    def customer(self, who: str = "customer") -> dict[str, str]:
        """Return a customer of tokens."""
        return {
            "name": self.mint.word(f"{who} name", "{} Carter", field="customer.name", person=who),
            "email": self._email(f"{who} e-mail", person=who),
            "phone": self.mint.phone(f"{who} phone", person=who),
        }

    def _email(self, name: str, person: str = "") -> str:
        # As a whole too, since its digest is what trackers know.
        return self.mint.word(name, "{}@mail.example.com", field="customer.email", person=person)

    def recipient(self, number: int | str, country: str) -> dict[str, str]:
        """Return a recipient of tokens, with every part of an address that the country has."""
        who, mint = f"recipient {number}", self.mint

        def part(name: str) -> str:
            field = name if name in {"name", "message"} else "address"
            return mint.word(f"{who} {name}", field=f"recipient.{field}", person=who)

        typed = {name: part(name) for name in ("name", "line1", "line2", "city", "message")}
        phone = mint.phone(f"{who} phone", field="recipient.phone", person=who)
        typed |= {"phone": phone, "country": country}
        if country == "US":
            code = f"{digits(5)}-{digits(4)}"
            mint.number(f"{who} postcode", code, field="recipient.address", person=who)
            typed |= {"region": "IL", "postcode": code}
        elif count := POSTCODES.get(country):
            typed["postcode"] = digits(count)  # too short to be a token: six digits are everywhere
        extra = {"CI": "sorting", "KZ": "region", "NZ": "area"}.get(country)
        return typed | ({extra: part(extra)} if extra else {})
