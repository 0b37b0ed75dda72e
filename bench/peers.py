"""What the shop is measured against, on the same server settings: a constant answer, and a bare Django view.

Run by `run.py`:  python -m bench.peers PORT CERTIFICATE KEY FOLDER BYTES
"""

import multiprocessing
import sqlite3
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

ROW = (
    '<article class="card"><h3><a href="/things/{{ i }}">{{ thing.title }} {{ i }}</a></h3>'
    '<span class="price">{{ thing.price / 100 }}</span><p>{{ thing.text }}</p></article>\n'
)
PAGE = (
    "<!doctype html><html><head><title>{{ thing.title }}</title></head><body>\n{% for i in rows %}"
    + ROW
    + "{% endfor %}</body></html>"
)
TEXT = "Turned from beech, rubbed with oil, & made to be chased; the tail is of felt. " * 2


def configure(folder: Path) -> None:
    """Set Django up with nothing that it can do without: no middleware, one table, one template."""
    from django.conf import settings

    with closing(sqlite3.connect(folder / "bare.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, title TEXT, price INTEGER, text TEXT)"
        )
        connection.executemany(
            "INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?)",
            [(n, f"Felt mouse {n}", 900 + n, TEXT) for n in range(1, 101)],
        )
        connection.commit()
    (folder / "page.html").write_text(PAGE)
    settings.configure(
        SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], USE_TZ=True,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "bare.sqlite3", "CONN_MAX_AGE": None}
        },
        TEMPLATES=[
            {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [folder], "OPTIONS": {"auto_reload": False}}
        ],
    )  # fmt: skip
    import django

    django.setup()


def application(size: int) -> Callable[..., Iterable[bytes]]:
    """Return an application that answers `/constant` itself and `/bare` by Django, both about `size` bytes long."""
    from django.core.wsgi import get_wsgi_application
    from django.db import models
    from django.http import HttpRequest, HttpResponse
    from django.shortcuts import render
    from django.urls import path

    class Thing(models.Model):
        """A row to read."""

        title = models.TextField()
        price = models.IntegerField()
        text = models.TextField()

        class Meta:
            app_label, db_table, managed = "bench", "thing", False

    rows = range(max(1, size // (len(TEXT) + 130)))

    def bare(request: HttpRequest) -> HttpResponse:
        return render(request, "page.html", {"thing": Thing.objects.get(pk=7), "rows": rows})

    globals()["urlpatterns"] = [path("bare", bare)]
    django = get_wsgi_application()
    body = (TEXT * (size // len(TEXT) + 1))[:size].encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/constant":
            start_response("200 OK", headers)
            return [body]
        return django(environ, start_response)

    return answer


def main(port: int, certificate: Path, key: Path, folder: Path, size: int) -> None:
    """Serve until told to stop, as `config/processes.py` serves the shop."""
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.log import LogLevels
    from granian.server import Server

    configure(folder)
    served = application(size)
    multiprocessing.set_start_method("fork")
    server = Server(
        "bench.peers:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=2,
        blocking_threads=1, backpressure=256, http=HTTPModes.auto, websockets=False, log_level=LogLevels.warning,
        log_access=False, ssl_cert=certificate, ssl_key=key, ssl_protocol_min=SSLProtocols.tls12,
    )  # fmt: skip
    server.serve(target_loader=lambda: served, wrap_loader=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
