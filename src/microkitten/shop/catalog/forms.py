"""What may come into the catalog's pages: words to search, an order, a page; nothing about a person."""

from typing import Any, ClassVar

from django import forms

from microkitten.shop.catalog import actions
from microkitten.shop.catalog.actions import Master
from microkitten.shop.catalog.actions.browsing import SORTS
from microkitten.shop.catalog.models import Money, Picture
from microkitten.shop.catalog.models.money import NotAnAmount
from microkitten.web import store
from microkitten.web.forms import PlainText

PAGE_MAX = 1000


class ListForm(forms.Form):
    """How a list is to be shown; what does not fit falls back to the shop's own order and the first page."""

    neutral: ClassVar[str] = "sort page"

    sort = forms.ChoiceField(choices=[(key, label) for key, (label, _) in SORTS.items()], required=False)
    page = forms.IntegerField(min_value=1, max_value=PAGE_MAX, required=False)

    @classmethod
    def read(cls, data: Any) -> tuple[str, int]:
        """Return (sort, page) of a query string."""
        form = cls(data)
        form.is_valid()
        return form.cleaned_data.get("sort") or "", form.cleaned_data.get("page") or 1


class SearchForm(forms.Form):
    """Words to search for; they are answered and not kept."""

    neutral: ClassVar[str] = "q"
    length_max: ClassVar[int] = 200

    q = PlainText(length_max=200, required=False, label="Search the shop")


class AmountField(forms.Field):
    """An amount in the store's currency: people write 12.50, the table keeps 1250 minor units."""

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as people write them."""
        return str(Money(value, store.current().currency).major) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return minor units; None for nothing."""
        if value is None or isinstance(value, int) or not str(value).strip():
            return value if isinstance(value, int) else None
        try:
            minor = Money.parse(str(value), store.current().currency).minor
        except NotAnAmount as problem:
            raise forms.ValidationError(str(problem), code="amount") from problem
        if minor < 0:
            raise forms.ValidationError("An amount is not below nothing.", code="amount")
        return minor

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare amounts, not their writing."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True


class PictureForm(forms.ModelForm):  # type: ignore[type-arg] # Django takes none at run time
    """A picture as staff give it: the file once, and what it shows for those who do not see it."""

    neutral: ClassVar[str] = "file"

    file = forms.FileField(label="Picture (PNG, JPEG, WebP or AVIF)", required=False)

    class Meta:
        model = Picture
        fields: ClassVar[list[str]] = ["alt", "credit", "variant", "position"]

    def clean_file(self) -> Master | None:
        """Keep the picture as a master, or say why it cannot be one."""
        if (file := self.cleaned_data.get("file")) is None:
            if self.instance.pk is None:
                raise forms.ValidationError("Choose a picture.", code="required")
            return None
        try:
            return actions.keep_master(file)
        except actions.NotAPicture as problem:
            raise forms.ValidationError(str(problem), code="picture") from problem
