"""The back office of the stock: counts are set through `actions`, which keep the movement; history is read."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest

from microkitten.shop.stock import actions
from microkitten.shop.stock.forms import CountForm
from microkitten.shop.stock.models import Movement, Reservation, StockItem
from microkitten.web.serves import Request


@admin.register(StockItem)
class StockItemAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Django takes none at run time
    """What is on hand of each variant; writing a number here is a count of the shelf."""

    form = CountForm
    list_display = ("sku", "title", "on_hand", "reserved", "free", "backorder")
    list_filter = ("backorder",)
    search_fields = ("variant__sku", "variant__product__title")
    list_select_related = ("variant__product",)
    raw_id_fields = ("variant",)
    fields = ("variant", "on_hand", "backorder", "cause")

    @admin.display(ordering="variant__sku")
    def sku(self, item: StockItem) -> str:
        """Return the variant's SKU."""
        return item.variant.sku

    @admin.display(ordering="variant__product__title")
    def title(self, item: StockItem) -> str:
        """Return the product's title."""
        return item.variant.product.title

    def get_readonly_fields(self, request: HttpRequest, obj: StockItem | None = None) -> tuple[str, ...]:
        """A stock item stays with its variant."""
        del request
        return ("variant",) if obj else ()

    def save_model(self, request: HttpRequest, obj: StockItem, form: Any, change: bool) -> None:
        """Count; a number below what is promised is refused, and says so."""
        del change
        try:
            actions.count(
                counts={obj.variant_id: form.cleaned_data["on_hand"]},
                backorder={obj.variant_id: form.cleaned_data["backorder"]},
                cause=form.cleaned_data["cause"],
                at=cast(Request, request).now,
            )
        except actions.Promised as problem:
            messages.error(request, f"Nothing was changed. {problem}")
        obj.pk = StockItem.objects.get(variant=obj.variant_id).pk

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Counts are not removed; count nought."""
        del request, obj
        return False


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg] # Django takes none at run time
    """A table that is looked at and never written by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds by hand."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes by hand."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody removes by hand."""
        del request, obj
        return False


@admin.register(Movement)
class MovementAdmin(ReadOnly):
    """The history of every count."""

    list_display = ("at", "variant", "kind", "on_hand_change", "reserved_change", "cause")
    list_filter = ("kind",)
    search_fields = ("variant__sku", "cause")
    list_select_related = ("variant",)
    ordering = ("-id",)


@admin.register(Reservation)
class ReservationAdmin(ReadOnly):
    """What is held for carts and orders now."""

    list_display = ("variant", "quantity", "until", "extensions")
    search_fields = ("variant__sku",)
    list_select_related = ("variant",)
