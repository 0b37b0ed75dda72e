"""The same people in a plain table, as a shop without a vault would have them: a Django model, read and rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jinja2 import Environment

PAGE: Final = (
    "<table>{% for one in people %}<tr><td>{{ one['name'] }}</td><td>{{ one['line1'] }}, {{ one['line2'] }}</td>"
    "<td>{{ one['postcode'] }} {{ one['city'] }}</td><td>{{ one['country'] }}</td></tr>{% endfor %}</table>"
)
COLUMNS: Final = ("name", "line1", "line2", "city", "region", "postcode", "country", "phone", "message")
_template: Final = Environment(autoescape=True).from_string(PAGE)


def render(people: Sequence[Mapping[str, Any]]) -> str:
    """Return a page that lists people."""
    return _template.render(people=people)


def table(people: Sequence[Mapping[str, str]]) -> Callable[[], str]:
    """Put people into a plain table of a database in memory. Returns: what lists them all on a page."""
    import django
    from django.conf import settings
    from django.db import connections, models

    if not settings.configured:
        settings.configure(USE_TZ=True)
    django.setup()
    usual = connections.settings.get("default")
    connections.settings["plain"] = {
        **(usual or {}),
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
    }
    connections.configure_settings(connections.settings)
    fields = {name: models.TextField() for name in COLUMNS}
    meta = type("Meta", (), {"app_label": "vault_bench"})
    model: Any = type("Plain", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    with connections["plain"].schema_editor() as editor:
        editor.create_model(model)
    made = model.objects.using("plain").bulk_create([model(**one) for one in people])
    keys = [one.pk for one in made]

    def listed() -> str:
        rows = model.objects.using("plain").filter(pk__in=keys)
        return render([vars(one) for one in rows])

    return listed
