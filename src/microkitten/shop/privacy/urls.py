"""Addresses of the promise's pages and of what machines ask for."""

from microkitten.shop.privacy.views import cookie, endings, figures, machines, mailbox, policy
from microkitten.web.routes import route

urlpatterns = [
    route("privacy", policy.privacy, name="privacy"),
    route("privacy.asp", policy.old_privacy, name="privacy-old"),
    route("privacy/yours", policy.yours, name="privacy-yours"),
    route("privacy/versions", policy.history, name="privacy-versions"),
    route("privacy/versions/<int:number>", policy.version, name="privacy-version"),
    route("privacy/versions/<int:number>/changes", policy.changes, name="privacy-changes"),
    route("privacy/policy.toml", policy.file, name="privacy-file"),
    route("privacy/policy.json", policy.machine, name="privacy-machine"),
    route("privacy/never-sold", figures.never_sold, name="never-sold"),
    route("privacy/never-sold.json", figures.never_sold_json, name="never-sold-json"),
    route("privacy/parties", figures.parties, name="privacy-parties"),
    route("privacy/uses", figures.uses, name="privacy-uses"),
    route("fragments/privacy-notes", policy.notes, name="privacy-notes"),
    # Below the pages above, whose names are longer than a language's.
    route("privacy/<slug:language>", policy.privacy, name="privacy-in"),
    route("privacy/<slug:language>/yours", policy.yours, name="privacy-yours-in"),
    route("fragments/privacy-notes/<slug:language>", policy.notes, name="privacy-notes-in"),
    route("security", machines.security, name="security"),
    route("your-cookie", cookie.your_cookie, name="your-cookie"),
    route("fragments/seen", cookie.seen, name="seen"),
    route("ledger/checkpoint", machines.checkpoint, name="checkpoint"),
    route("healthz", machines.health, name="health"),
    route("staff/calendar", endings.staff_calendar, name="staff-calendar"),
    route("robots.txt", machines.robots, name="robots"),
    route(".well-known/gpc.json", machines.gpc, name="gpc"),
    route(".well-known/security.txt", machines.security_txt, name="security-txt"),
    route("staff/mailbox", mailbox.mails, name="staff-mailbox"),
    route("staff/mailbox/<str:name>", mailbox.mail, name="staff-mail"),
]
