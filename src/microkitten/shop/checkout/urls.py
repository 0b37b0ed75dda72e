"""Addresses of cart, checkout, payment and the customer's own order."""

from microkitten.shop.checkout.views import cart, checkout, order, payment
from microkitten.web.routes import route

urlpatterns = [
    route("cart", cart.cart, name="cart"),
    route("cart/lines", cart.add, name="cart-lines"),
    route("cart/lines/<int:line>", cart.change, name="cart-line"),
    route("fragments/cart-count", cart.cart_count, name="cart-count"),
    route("checkout", checkout.checkout, name="checkout"),
    route("payments/<str:reference>", payment.payment, name="payment"),
    route("payments/<str:reference>/return", payment.payment_return, name="payment-return"),
    route("orders/<str:number>", order.order, name="order"),
    route("orders/<str:number>/access", order.access, name="order-access"),
]
