"""What may come into the stock by hand: a count and its cause."""

from typing import ClassVar

from django import forms

from microkitten.shop.stock.models import StockItem


class CountForm(forms.ModelForm):  # type: ignore[type-arg] # Django takes none at run time
    """A count of one variant; `cause` is kept with the movement."""

    neutral: ClassVar[str] = "cause"

    cause = forms.CharField(
        max_length=120, initial="Counted", help_text="Kept in the history. Name no person."
    )

    class Meta:
        model = StockItem
        fields: ClassVar[list[str]] = ["variant", "on_hand", "backorder"]
