"""Categories: the shelves of the shop, each with its own tinted ground."""

from typing import ClassVar

from django.db import models


class Category(models.Model):
    """A shelf: `ground` is the name of its tint in the look; `position` orders it among its siblings."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True, max_length=4000)
    ground = models.CharField(max_length=24, blank=True)
    position = models.PositiveIntegerField(default=0)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    attributes = models.JSONField(default=dict, blank=True)

    classified: ClassVar[dict[str, str]] = {
        "public": "id slug title text ground position parent attributes",
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "title", "id"]
        verbose_name_plural = "categories"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="category_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.title
