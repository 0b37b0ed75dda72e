"""Laws of the sums: no cent is made or lost, however the goods are split over parcels (P14)."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from microkitten.shop.catalog.models import Money
from microkitten.shop.checkout.actions.quote import Wanted, quote
from microkitten.web.store import ShippingMethod, Store, Tax, current

RATES = st.decimals(min_value=0, max_value=30, places=3)
METHOD = st.integers(0, 5_000).map(lambda minor: ShippingMethod("m", "Method", minor, 3))
GOODS = st.lists(
    st.tuples(st.integers(0, 1_000_000), st.lists(st.integers(0, 20), min_size=1, max_size=5)),
    min_size=1,
    max_size=8,
)


def a_store(rate: Decimal, *, included: bool, on_shipping: bool, currency: str = "USD") -> Store:
    """Return the run's store with another tax and currency."""
    tax = Tax("Tax", rate, prices_include=included, on_shipping=on_shipping)
    return replace(current(), tax=tax, currency=currency)


def lines_of(goods: list[tuple[int, list[int]]], currency: str) -> list[Wanted]:
    """Return the lines: each variant's shares over parcels 1, 2, ..."""
    return [
        Wanted(variant, parcel, share, Money(price, currency))
        for variant, (price, shares) in enumerate(goods, 1)
        for parcel, share in enumerate(shares, 1)
        if share
    ]


@settings(max_examples=300, deadline=None)
@given(
    GOODS,
    st.lists(METHOD, min_size=1, max_size=5),
    RATES,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_totals_are_sums_of_rounded_parts(
    goods: list[tuple[int, list[int]]],
    methods: list[ShippingMethod],
    rate: Decimal,
    included: bool,
    on_shipping: bool,
    currency: str,
) -> None:
    """What is charged is what stands on the lines, to the last minor unit, in each currency's own exponent."""
    store = a_store(rate, included=included, on_shipping=on_shipping, currency=currency)
    lines = lines_of(goods, currency)
    sums = quote(wanted=lines, methods=methods, store=store)
    assert sums.goods.minor == sum(line.unit.minor * line.quantity for line in lines)
    assert sums.shipping.minor == sum(method.amount_minor for method in methods)
    assert sums.tax.minor == sum(tax.minor for tax in (*sums.line_taxes, *sums.parcel_taxes))
    added = 0 if included else sums.tax.minor
    assert sums.total.minor == sums.goods.minor + sums.shipping.minor + added
    assert all(tax.minor >= 0 for tax in (*sums.line_taxes, *sums.parcel_taxes))


@settings(max_examples=300, deadline=None)
@given(GOODS, METHOD, RATES, st.booleans())
def test_how_the_goods_are_split_does_not_change_the_total(
    goods: list[tuple[int, list[int]]], method: ShippingMethod, rate: Decimal, included: bool
) -> None:
    """Moving a thing from one parcel to another must not ask for another confirmation of the price."""
    store = a_store(rate, included=included, on_shipping=False)
    apart = lines_of(goods, "USD")
    together = lines_of([(price, [sum(shares)]) for price, shares in goods], "USD")
    assert (
        quote(wanted=apart, methods=[method], store=store).total
        == quote(wanted=together, methods=[method], store=store).total
    )
