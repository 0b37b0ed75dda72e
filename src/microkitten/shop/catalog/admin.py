"""The back office of the catalog: plain Django admin, for nothing in these tables is personal.

Every save goes on to `actions`, so that search index, price history and edition follow.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest

from microkitten.shop.catalog import actions
from microkitten.shop.catalog.forms import AmountField, PictureForm
from microkitten.shop.catalog.models import Category, Option, OptionValue, Picture, Product, Variant
from microkitten.web.serves import Request


def follow(request: HttpRequest, products: Iterable[int]) -> None:
    """Let what hangs on products follow a save; the time is the request's."""
    actions.changed(products=products, at=cast(Request, request).now)


class VariantInline(admin.TabularInline):  # type: ignore[type-arg] # Django takes none at run time
    """What can be bought of the product. A new variant is sold out until its stock is counted."""

    model = Variant
    extra = 0
    fields = (
        "sku",
        "price_minor",
        "sale_price_minor",
        "sale_starts_at",
        "sale_ends_at",
        "values",
        "position",
        "is_active",
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let amounts be written as people write them."""
        labels = {"price_minor": "Price", "sale_price_minor": "Sale price"}
        if label := labels.get(db_field.name):
            return AmountField(label=label, required=not db_field.null)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the values of this product's own options."""
        if db_field.name == "values" and request.resolver_match:
            product = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = OptionValue.objects.filter(option__product=product).select_related("option")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PictureInline(admin.TabularInline):  # type: ignore[type-arg] # Django takes none at run time
    """The product's pictures, in their order; the first is the one that lists show."""

    model = Picture
    form = PictureForm
    extra = 1
    fields = ("file", "alt", "credit", "variant", "position")


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Django takes none at run time
    """Products with their variants and pictures."""

    list_display = ("title", "slug", "category", "state", "featured", "variant_count")
    list_filter = ("state", "category", "featured", "digital")
    search_fields = ("title", "slug", "variants__sku")
    prepopulated_fields = {"slug": ("title",)}  # Django's own interface
    list_select_related = ("category",)
    exclude = ("created_at",)
    inlines = (VariantInline, PictureInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Count the variants along."""
        rows: QuerySet[Product] = super().get_queryset(request)
        return rows.annotate(variants_there=Count("variants"))

    @admin.display(description="Variants")
    def variant_count(self, product: Product) -> int:
        """Return how many variants there are."""
        return int(cast(Any, product).variants_there)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Save, with the time of the request for a new one."""
        if not change:
            obj.created_at = cast(Request, request).now
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows below a product; pictures through their own actions."""
        if formset.model is Picture:
            save_pictures(formset, cast(Request, request))
        else:
            super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save all that belongs to the product, then let index, prices and edition follow."""
        super().save_related(request, form, formsets, change)
        follow(request, [form.instance.pk])

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        """Remove a product that never moved any stock (others are ended instead)."""
        key = obj.pk
        super().delete_model(request, obj)
        follow(request, [key])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Remove several."""
        keys = list(queryset.values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        follow(request, keys)


def save_pictures(formset: Any, request: Request) -> None:
    """Add, change and remove pictures as the form says."""
    formset.save(commit=False)
    for form in formset.forms:
        picture = form.instance
        if form in formset.deleted_forms:
            if picture.pk:
                actions.remove_picture(picture=picture, at=request.now)
        elif master := form.cleaned_data.get("file"):
            actions.place_picture(
                product=picture.product, master=master, alt=picture.alt, credit=picture.credit,
                variant=picture.variant, at=request.now,
            )  # fmt: skip
        elif picture.pk and form.has_changed():
            picture.save(update_fields=["alt", "credit", "variant", "position"])


class OptionValueInline(admin.TabularInline):  # type: ignore[type-arg] # Django takes none at run time
    """The choices of an option."""

    model = OptionValue
    extra = 1


@admin.register(Option)
class OptionAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Django takes none at run time
    """What the variants of a product differ in."""

    list_display = ("product", "title", "position")
    search_fields = ("product__title", "title")
    autocomplete_fields = ("product",)
    list_select_related = ("product",)
    inlines = (OptionValueInline,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the values, then let the product's index entry follow."""
        super().save_related(request, form, formsets, change)
        follow(request, [form.instance.product_id])


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Django takes none at run time
    """The shelves."""

    list_display = ("title", "slug", "parent", "ground", "position")
    search_fields = ("title", "slug")
    prepopulated_fields = {"slug": ("title",)}  # Django's own interface

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save; the products' index entries hold the category's title."""
        super().save_model(request, cast(Category, obj), form, change)
        follow(request, Product.objects.filter(category=obj.pk).values_list("pk", flat=True))

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        """Remove an empty shelf."""
        super().delete_model(request, obj)
        follow(request, [])
