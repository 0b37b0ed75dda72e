"""Addresses of staff's way in and out (under /staff/)."""

from microkitten.shop.members import views
from microkitten.web.routes import route

urlpatterns = [
    route("sign-in", views.sign_in, name="staff-sign-in"),
    route("sign-out", views.sign_out, name="staff-sign-out"),
    # The back office's own ways in and out end in ours: a pass is the vault's, and there is no password.
    route("goods/login/", views.goods_sign_in, name="goods-sign-in"),
    route("goods/logout/", views.sign_out, name="goods-sign-out"),
    route("goods/password_change/", views.no_password, name="goods-no-password"),
]
