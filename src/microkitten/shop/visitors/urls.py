"""Addresses of the choice about the cookie."""

from microkitten.shop.visitors import views
from microkitten.web.routes import route

urlpatterns = [
    route("fragments/choice", views.choice, name="cookie-choice"),
    route("your-cookie/choice", views.decide, name="cookie-decide"),
    route("your-cookie/forgetting", views.forget, name="cookie-forget"),
]
