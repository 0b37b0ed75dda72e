"""The address book of the shop: each room's own list, and the back office of what is not personal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("microkitten.shop.catalog.urls")),
    path("", include("microkitten.shop.visitors.urls")),
    path("", include("microkitten.shop.payments.urls")),
    path("", include("microkitten.shop.checkout.urls")),
    path("", include("microkitten.shop.shipments.urls")),
    path("", include("microkitten.shop.privacy.urls")),
    path("staff/", include("microkitten.shop.members.urls")),
    path("staff/goods/", admin.site.urls),
]

handler400 = "microkitten.web.errors.bad_request"
handler403 = "microkitten.web.errors.forbidden"
handler404 = "microkitten.web.errors.not_found"
handler500 = "microkitten.web.errors.server_error"
