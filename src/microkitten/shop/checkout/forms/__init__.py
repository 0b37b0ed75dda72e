"""The checkout page's forms: who orders, who gets what, and the page as a whole."""

from microkitten.shop.checkout.forms.page import CheckoutPage
from microkitten.shop.checkout.forms.people import CustomerForm, RecipientForm, ShareForm

__all__ = ["CheckoutPage", "CustomerForm", "RecipientForm", "ShareForm"]
