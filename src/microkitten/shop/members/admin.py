"""The back office knows no users and no groups: who may do what is the vault's to say, by passes and roles."""

from django.contrib import admin
from django.contrib.auth.models import Group

admin.site.unregister(Group)
