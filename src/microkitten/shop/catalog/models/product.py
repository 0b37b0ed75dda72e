"""Products: what is sold, its words and its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse

from microkitten.shop.catalog.models.category import Category

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from microkitten.shop.catalog.models.picture import Picture
    from microkitten.shop.catalog.models.variant import Option, Variant


class ProductState(models.TextChoices):
    """A product is written, then shown, then ended; ended ones keep their page and cannot be bought."""

    DRAFT = "draft", "Draft"
    PUBLIC = "public", "Public"
    ENDED = "ended", "Ended"


class ProductQuerySet(models.QuerySet["Product"]):
    """Many products at once."""

    def public(self) -> Self:
        """Those that everybody may see in lists."""
        return self.filter(state=ProductState.PUBLIC)

    def with_page(self) -> Self:
        """Those that have a page: public ones, and ended ones, so that old links still answer."""
        return self.filter(state__in=[ProductState.PUBLIC, ProductState.ENDED])


class Product(models.Model):
    """A thing for sale, in one or more variants; `weight_g` in grams, texts as plain paragraphs."""

    State = ProductState

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True, max_length=20_000)
    materials = models.CharField(max_length=400, blank=True)
    size = models.CharField(max_length=200, blank=True)
    care = models.CharField(max_length=400, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    state = models.CharField(max_length=8, choices=ProductState.choices, default=ProductState.DRAFT)
    digital = models.BooleanField(default=False)
    preorder_note = models.CharField(max_length=200, blank=True)
    featured = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    tax_class = models.SlugField(max_length=40, default="standard")
    customs_code = models.CharField(max_length=16, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    objects = ProductQuerySet.as_manager()

    if TYPE_CHECKING:
        variants: RelatedManager[Variant]
        options: RelatedManager[Option]
        pictures: RelatedManager[Picture]

    classified: ClassVar[dict[str, str]] = {
        "public": "id slug title summary text materials size care weight_g category digital preorder_note "
        "featured position tax_class customs_code attributes",
        "operational": "state created_at",
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=ProductState.values), name="product_state_is_known"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["category", "state", "position", "id"], name="product_by_category"),
            models.Index(fields=["state", "-created_at", "-id"], name="product_by_age"),
            models.Index(fields=["state", "featured", "position", "id"], name="product_by_feature"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the product's page."""
        return reverse("product", args=[self.slug])

    def publish(self) -> None:
        """Show the product to everybody (the caller touches the edition)."""
        self.state = ProductState.PUBLIC
        self.save(update_fields=["state"])
