"""Addresses of the promise's pages and of what machines ask for."""

from microkitten.shop.privacy import views
from microkitten.web.routes import route

urlpatterns = [
    route("privacy", views.privacy, name="privacy"),
    route("privacy.asp", views.old_privacy, name="privacy-old"),
    route("security", views.security, name="security"),
    route("your-cookie", views.your_cookie, name="your-cookie"),
    route("fragments/seen", views.seen, name="seen"),
    route("ledger/checkpoint", views.checkpoint, name="checkpoint"),
    route("healthz", views.health, name="health"),
    route("robots.txt", views.robots, name="robots"),
    route(".well-known/gpc.json", views.gpc, name="gpc"),
    route(".well-known/security.txt", views.security_txt, name="security-txt"),
    route("staff/mailbox", views.mails, name="staff-mailbox"),
    route("staff/mailbox/<str:name>", views.mail, name="staff-mail"),
]
