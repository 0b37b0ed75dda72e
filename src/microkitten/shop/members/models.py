"""A sign-in is an id: no name, no address, no password; those lie in the vault (design: AUTH_USER_MODEL)."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import models


class Kind(models.TextChoices):
    """Who may sign in."""

    MEMBER = "member", "Member"
    STAFF = "staff", "Staff"


class SignIn(models.Model):
    """One who may sign in; believed only with a pass that the vault minted."""

    classified: ClassVar[dict[str, str]] = {"operational": "id kind is_active is_staff joined_at"}
    leads_to: ClassVar[dict[str, str]] = {"id": "person:staff"}

    # What Django's applications ask of a user model.
    USERNAME_FIELD: ClassVar[str] = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_anonymous: ClassVar[bool] = False
    is_authenticated: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    class Meta:
        verbose_name = "sign-in"

    def __str__(self) -> str:
        return f"{self.kind} {str(self.id)[:8]}"

    def get_username(self) -> str:
        """Return the id: there is no name here."""
        return str(self.id)

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 # Django's signature
        """Staff may edit what the back office holds: nothing in it is personal."""
        return self.is_active and self.is_staff

    def has_perms(self, perms: Iterable[str], obj: object = None) -> bool:
        """Return whether all permissions are given."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 # Django's signature
        """Return whether the back office of an application may be seen."""
        return self.is_active and self.is_staff
