"""The web process's application, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "microkitten.config.settings")
application = get_wsgi_application()
