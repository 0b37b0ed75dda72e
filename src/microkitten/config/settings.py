"""Django's settings of the web and worker processes, all derived from the store's folder.

The folder is named by `MICROKITTEN_STORE`; what a merchant sets stands in its `store.toml`
(docs/operating/settings.md). The vault has settings of its own and is not named here.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from microkitten.config.database import databases
from microkitten.config.store import read
from microkitten.policy import languages, versions

PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("MICROKITTEN_STORE", "demo-store")).resolve()
STORE, _SERVING = read(FOLDER)
POLICY = versions.governing(FOLDER)
SPOKEN = languages.spoken(FOLDER, STORE.languages)  # the words of the policy's page, by language

SECRET_KEY = (FOLDER / "secret.key").read_text().strip()
DEBUG = False
_host = urlsplit(STORE.address).hostname or "localhost"
ALLOWED_HOSTS = [_host]
CSRF_TRUSTED_ORIGINS = [STORE.address]

# From the lowest room to the highest: the order in which the contracts let them know each other.
ROOMS = ["visitors", "members", "catalog", "stock", "orders", "payments", "shipments", "checkout", "privacy"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "microkitten.config.conformity",
    "microkitten.web.queue",
    *(f"microkitten.shop.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "microkitten.web.security.edge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "microkitten.web.security.headers",
    "microkitten.web.security.cookies",
    "microkitten.web.errors.refusals",
    "microkitten.web.security.same_origin",
    "microkitten.shop.visitors.middleware.visitor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "microkitten.shop.members.middleware.StaffMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "microkitten.config.urls"
WSGI_APPLICATION = "microkitten.config.wsgi.application"
AUTH_USER_MODEL = "members.SignIn"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

DATABASES = databases(FOLDER, _SERVING.signing_in())

TEMPLATES = [
    {
        "NAME": "shop",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            FOLDER / "theme/templates",
            PACKAGE / "web/templates",
            *(PACKAGE / "shop" / room / "templates" for room in ROOMS),
        ],
        "OPTIONS": {"environment": "microkitten.web.jinja.environment", "auto_reload": False},
    },
    {
        "NAME": "admin",  # only Django's own applications need this one
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = FOLDER / "static"
STATICFILES_DIRS = [
    *([FOLDER / ".styles"] if (FOLDER / ".styles").is_dir() else []),
    PACKAGE / "web/static",
    *([FOLDER / "theme/static"] if (FOLDER / "theme/static").is_dir() else []),
]
MEDIA_ROOT = FOLDER / "media"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "microkitten.web.assets.AssetStorage"},
}
WHITENOISE_MAX_AGE = 3600
FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # uploads go to a file at once, and are re-encoded before they are kept
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000

# Sessions are for staff alone and hold a pass and an id, signed, in the browser; the database has none.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "microkitten.web.errors.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
# One day on a machine of one's own, where a longer promise would outlive the trial; else two years.
SECURE_HSTS_SECONDS = 86_400 if _host in {"localhost", "127.0.0.1"} else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _host not in {"localhost", "127.0.0.1"}
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = STORE.language
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

TASKS = {"default": {"BACKEND": "microkitten.web.queue.backend.QueueBackend"}}

# No error mails, no request details: a report names the error's class and place only (P27).
ADMINS: list[tuple[str, str]] = []
LOGGING_CONFIG = "microkitten.web.logs.configure"
LOGGING = {"plain": True}  # empty, Django would not call it
SILENCED_SYSTEM_CHECKS = ["security.W021", "staticfiles.W004"]
