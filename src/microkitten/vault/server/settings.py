"""Django's settings of the vault, for its migrations alone; the running vault speaks to its database
directly.

The folder comes from `MICROKITTEN_STORE`; the shop's settings never name this database, nor these the shop's.
"""

import os
from pathlib import Path

from microkitten.vault.server.database import django_settings
from microkitten.vault.server.folder import Folder

INSTALLED_APPS = ["microkitten.vault.server"]
DATABASES = {"default": django_settings(Folder(Path(os.environ["MICROKITTEN_STORE"])))}
USE_TZ = True
SECRET_KEY = "unused: nothing here signs anything"  # noqa: S105 # Django wants one to start at all
