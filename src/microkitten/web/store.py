"""What a store is, as the rooms see it: frozen facts read once from `store.toml` by `config`."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from microkitten.policy.wording import NOT_NAMED, Company

_SANDBOX = "the sandbox, a program of this shop itself"
_FOLDER = "this shop itself, which keeps its mails in a folder of its own and sends none"


@dataclass(frozen=True, slots=True)
class Tax:
    """The one tax of the store: `rate` in percent of the price; included in prices or added to them."""

    name: str
    rate: Decimal
    prices_include: bool
    on_shipping: bool


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """A flat way to ship: `amount_minor` in the store's currency, delivered in about `days` days."""

    id: str
    title: str
    amount_minor: int
    days: int


@dataclass(frozen=True, slots=True)
class Cards:
    """The card processor in use: its kind, its origin, and the file that holds its secret."""

    kind: str
    address: str
    key_file: Path
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves: `folder` keeps it as files; `smtp` hands it to a server."""

    kind: str
    host: str
    port: int
    user: str
    password_file: Path | None


@dataclass(frozen=True, slots=True)
class Store:
    """One shop: who runs it, where it sells, what it charges; `folder` is the store's own folder."""

    name: str
    address: str
    company: str
    postal_address: str
    email: str
    country: str
    countries: tuple[str, ...]
    currency: str
    language: str
    languages: tuple[str, ...]
    sample: bool
    tax: Tax
    shipping: tuple[ShippingMethod, ...]
    cards: Cards
    mail: Mail
    folder: Path

    def answers(self) -> Company:
        """Return who answers for the store and who works for it, as the policy's sentences name them (P21, P42)."""
        return Company(
            company=self.company,
            store=self.name,
            email=self.email,
            postal_address=self.postal_address,
            country=self.country,
            card_processor=_SANDBOX if self.cards.kind == "sandbox" else NOT_NAMED,
            mail_service=_FOLDER if self.mail.kind == "folder" else NOT_NAMED,
        )

    def method(self, method_id: str) -> ShippingMethod:
        """Return the shipping method of this id; raises `LookupError` if the store has none such."""
        for method in self.shipping:
            if method.id == method_id:
                return method
        raise LookupError(method_id)


def company() -> Company:
    """Return who answers for the store, as the policy's sentences name them (P42)."""
    store = current()
    return store.answers()


def current() -> Store:
    """Return the store that this process serves."""
    return settings.STORE
