"""Names the vault's tables `vault_...` in a database of their own."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The one application of the vault's settings."""

    name = "microkitten.vault.server"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
