"""The web process's application, served by granian: Django, with the public pages kept in front of it."""

import os
import re
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application

from microkitten.web.kept import KeptPages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "microkitten.config.settings")

# Pages built without a person. What else they say of themselves decides whether they are kept.
PUBLIC = re.compile(
    r"/|/catalog/.*|/products/.+|/search|/privacy(/(versions(/\d+(/changes)?)?|never-sold(\.json)?|parties|uses"
    r"|[a-z]{2,3}(-[a-zA-Z]{2,8})*))?"
)


def _application() -> KeptPages:
    wake = get_wsgi_application()
    from django.conf import settings  # late, as all below: Django is set up by now

    from microkitten.shop.catalog.models import Edition
    from microkitten.shop.visitors.middleware import set_cookies

    return KeptPages(
        wake,
        host=urlsplit(settings.STORE.address).netloc,
        addresses=PUBLIC,
        edition=Edition.standing,
        cookies=set_cookies,
    )


application = _application()
