"""Django's name for the checks: `django check --deploy --tag conformity` runs them all."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class ConformityConfig(AppConfig):
    """Registers the checks. Only for deployment: a store that starts has nothing to say about its own code."""

    name = "microkitten.config.conformity"

    def ready(self) -> None:
        """Register them; nothing is read before they are asked for."""
        register(_conformity, "conformity", deploy=True)


def _conformity(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001 # Django's signature
    from microkitten.config.conformity.run import everything  # late: it looks at the shop's models

    return [
        Error(finding.what, hint=finding.remedy, obj=finding.where, id=f"microkitten.{finding.id}")
        for finding in everything()
    ]
