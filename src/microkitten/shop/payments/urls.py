"""The address for the processor's notices."""

from microkitten.shop.payments import views
from microkitten.web.routes import route

urlpatterns = [
    route("payments/webhook", views.webhook, name="payment-webhook"),
]
