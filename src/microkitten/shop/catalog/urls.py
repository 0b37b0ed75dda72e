"""Addresses of the catalog."""

from microkitten.shop.catalog import views
from microkitten.web.routes import route

urlpatterns = [
    route("", views.home, name="home"),
    route("catalog/", views.shelf, name="catalog"),
    route("catalog/<slug:slug>/", views.shelf, name="category"),
    route("products/<slug:slug>", views.product, name="product"),
    route("search", views.search, name="search"),
    route("media/<str:name>", views.media, name="media"),
]
