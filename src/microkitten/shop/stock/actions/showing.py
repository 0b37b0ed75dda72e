"""What everybody may see of the stock: a word on each variant, written when a count crosses a threshold."""

from collections.abc import Iterable
from datetime import datetime

from microkitten.shop.catalog import actions as catalog
from microkitten.shop.stock.models import StockItem


def show_words(variants: Iterable[int], *, at: datetime) -> None:
    """Bring the variants' public words in line with their counts, in the transaction that changed these.

    Costs one read; writes (and begins a new edition of the pages) only where a word has changed.
    """
    items = (
        StockItem.objects.of(variants)
        .select_related("variant")
        .only("on_hand", "reserved", "backorder", "variant__availability")
    )
    changed = {
        item.variant_id: item.availability for item in items if item.availability != item.variant.availability
    }
    if changed:
        catalog.show_availability(words=changed, at=at)
