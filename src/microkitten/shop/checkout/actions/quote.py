"""What it costs: sums of rounded lines, computed at this one place (P14)."""

from collections.abc import Sequence
from dataclasses import dataclass

from microkitten.shop.catalog.models import Money
from microkitten.web.store import ShippingMethod, Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of one variant for one parcel, at the price of the moment."""

    variant: int
    parcel: int
    quantity: int
    unit: Money

    @property
    def total(self) -> Money:
        """Price of all of them."""
        return self.unit * self.quantity


@dataclass(frozen=True, slots=True)
class Quote:
    """The sums of a purchase; `line_taxes` and `parcel_taxes` stand in the order of lines and parcels."""

    goods: Money
    shipping: Money
    tax: Money
    total: Money
    line_taxes: tuple[Money, ...]
    parcel_taxes: tuple[Money, ...]
    tax_included: bool


def quote(*, wanted: Sequence[Wanted], methods: Sequence[ShippingMethod], store: Store) -> Quote:
    """Return what the lines cost with one shipping method a parcel and the store's tax.

    Tax is rounded once for each variant and each rate, half up, and a variant's tax is spread over its parcels
    by largest remainder: however the goods are split, the total stays. Totals are sums of what was rounded.
    Where prices include the tax, it is told and not added.
    """
    currency = store.currency
    rates = [Money(method.amount_minor, currency) for method in methods]
    line_taxes = _line_taxes(wanted, store)
    parcel_taxes = tuple(
        _tax(rate, store) if store.tax.on_shipping else Money.zero(currency) for rate in rates
    )
    goods = Money.total((line.total for line in wanted), currency)
    shipping = Money.total(rates, currency)
    tax = Money.total((*line_taxes, *parcel_taxes), currency)
    total = goods + shipping if store.tax.prices_include else goods + shipping + tax
    return Quote(goods, shipping, tax, total, line_taxes, parcel_taxes, store.tax.prices_include)


def _line_taxes(wanted: Sequence[Wanted], store: Store) -> tuple[Money, ...]:
    taxes = [Money.zero(store.currency)] * len(wanted)
    for variant in {line.variant for line in wanted}:
        at = [index for index, line in enumerate(wanted) if line.variant == variant]
        whole = _tax(Money.total((wanted[index].total for index in at), store.currency), store)
        shares = whole.allocate([max(wanted[index].total.minor, 1) for index in at])
        for index, share in zip(at, shares, strict=True):
            taxes[index] = share
    return tuple(taxes)


def _tax(amount: Money, store: Store) -> Money:
    return (
        amount.percent_within(store.tax.rate) if store.tax.prices_include else amount.percent(store.tax.rate)
    )
