"""Addresses of staff's way in and out (under /staff/)."""

from microkitten.shop.members import views
from microkitten.web.routes import route

urlpatterns = [
    route("sign-in", views.sign_in, name="staff-sign-in"),
    route("sign-out", views.sign_out, name="staff-sign-out"),
    route("goods/login/", views.goods_sign_in, name="goods-sign-in"),
]
