"""Settings of the tests: the shop's own, on a store of the test run's, with unhashed static files."""

from microkitten.config.settings import *  # noqa: F403 # settings are a flat list of names by Django's design
from microkitten.config.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
