"""From outside and from the web's own user: a store of several users, with an order of Anna's in it."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests

from tests.buying import Shopper, form_to
from tests.promises.outsider import Bought, Outsider, buy, canary
from tests.violations.attempts import attempt, control, no, nothing


def bought(shop: Outsider) -> Bought:
    """Buy; on a busy machine the processor's page may take longer than the shop waits, so try again."""
    for _ in range(4):
        try:
            return buy(shop, recipients=1)
        except StopIteration:
            continue
    raise AssertionError("the processor's page did not come")


@dataclass
class Store:
    """A running store, somebody's order, and another shopper with an order of their own."""

    shop: Outsider
    acts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def anna(self) -> Bought:
        """Whose data is sought."""
        return bought(self.shop)

    @cached_property
    def ben(self) -> Bought:
        """Who seeks it."""
        return bought(self.shop)

    @cached_property
    def clerk(self) -> Shopper:
        """Somebody of the staff who has signed in."""
        return self.shop.staff()

    def blank(self, text: str) -> str:
        """Return a text that shows nothing of Anna's; raises AssertionError otherwise."""
        found = [one for one in self.anna.canaries if one.lower() in text.lower()]
        assert not found, f"shows {found}"
        return text

    @property
    def page(self) -> str:
        """Anna's order page."""
        return f"/orders/{self.anna.number}"

    def raw(
        self, target: str, method: str = "GET", body: str = "", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Send a request as it stands, dots and all; return status, headers and body."""
        context = ssl.create_default_context(cafile=str(self.shop.store.authority))
        line = http.client.HTTPSConnection("localhost", self.shop.store.port, context=context, timeout=20)
        sent = {
            "User-Agent": "Mozilla/5.0 (X11)",
            **{name.replace("_", "-"): it for name, it in headers.items()},
        }
        try:
            line.putrequest(method, target, skip_host="Host" in sent, skip_accept_encoding=True)
            for name, value in sent.items():
                line.putheader(name, value)
            if body:
                line.putheader("Content-Length", str(len(body)))
            line.endheaders(body.encode() or None)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace")
        finally:
            line.close()


def asked(
    target: str = "", method: str = "GET", body: str = "", *, by: str = "", **headers: str
) -> Callable[[Store], Any]:
    """Ask for Anna's order (`ORDER` in the target) with these headers; what comes back must show nothing of hers."""

    def tried(store: Store) -> None:
        to = (target or store.page).replace("ORDER", store.anna.number)
        sent = {name: value.replace("HERS", store.page) for name, value in headers.items()}
        if by == "ben":
            jar = store.ben.shopper.session.cookies
            sent["Cookie"] = "; ".join(f"{one.name}={one.value}" for one in jar)
        try:
            status, told, text = store.raw(to, method, body, **sent)
        except (http.client.HTTPException, ConnectionError) as error:
            no(f"{type(error).__name__}")
        store.blank(text + str(told))
        no(f"{status} shows nothing of hers")

    return tried


SHUT = r"(200|3\d\d|4\d\d|501) shows nothing|RemoteDisconnected|BadStatusLine|Connection"
DENIED = r"4\d\d shows nothing|RemoteDisconnected"
EVIL = "https://evil.example"
LOOKS: dict[str, tuple[Callable[[Store], Any], str]] = {
    "P16-an-order-by-its-number": (asked(), SHUT),
    "P16-an-order-by-anothers-browser": (asked(by="ben"), SHUT),
    "P3-a-pass-made-up": (asked(Cookie="__Host-orders=" + "a" * 43), SHUT),
    "P3-an-empty-pass": (asked(Cookie="__Host-orders="), SHUT),
    "P3-a-pass-in-the-address": (asked("/orders/ORDER?pass=a&__Host-orders=a"), SHUT),
    "P3-a-pass-in-a-header": (asked(Authorization="Bearer " + "a" * 43), SHUT),
    "P3-a-key-made-up": (asked("/orders/ORDER?key=" + "a" * 22), SHUT),
    "P38-another-host": (asked(Host="evil.example"), DENIED),
    "P38-a-forwarded-host": (asked(X_Forwarded_Host="evil.example"), SHUT),
    "P38-a-forwarded-scheme": (asked(X_Forwarded_Proto="http"), SHUT),
    "P38-a-forwarded-address": (asked(X_Forwarded_For="127.0.0.1"), SHUT),
    "P38-an-original-url": (asked("/", X_Original_URL="HERS"), SHUT),
    "P38-a-rewritten-url": (asked("/", X_Rewrite_URL="HERS"), SHUT),
    "P38-a-range": (asked(Range="bytes=0-99999"), SHUT),
    "P38-a-known-tag": (asked(If_None_Match="*"), SHUT),
    "P38-an-old-date": (asked(If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT"), SHUT),
    "P35-trace": (asked(method="TRACE"), SHUT),
    "P35-options": (asked(method="OPTIONS"), SHUT),
    "P35-put": (asked(method="PUT", body="a=b"), DENIED),
    "P35-delete": (asked(method="DELETE"), DENIED),
    "P35-patch": (asked(method="PATCH", body="{}"), DENIED),
    "P35-a-method-over-another": (asked(method="POST", body="_method=GET", X_HTTP_Method_Override="GET"), DENIED),
    "P35-a-form-from-another-site": (asked("/orders/ORDER/access", "POST", "key=a&email=b", Origin=EVIL), "403"),
    "P35-a-form-from-nowhere": (asked("/orders/ORDER/access", "POST", "key=a&email=b", Origin="null"), "403"),
    "P35-a-form-across-sites": (asked("/orders/ORDER/access", "POST", "key=a", Sec_Fetch_Site="cross-site"), "403"),
    "P35-a-form-of-a-sister-site": (asked("/orders/ORDER/access", "POST", "key=a", Sec_Fetch_Site="same-site"), "403"),
    "P35-a-form-without-its-token": (asked("/orders/ORDER/access", "POST", "key=a&email=b"), "403"),
    "P35-json-for-a-form": (
        asked("/orders/ORDER/access", "POST", '{"key": "a"}', Content_Type="application/json"), "403"
    ),
    "P8-a-choice-from-another-site": (asked("/your-cookie/choice", "POST", "answer=yes", Origin=EVIL), "403"),
    "P14-a-notice-nobody-signed": (asked("/payments/webhook", "POST", '{"type": "paid"}'), "400"),
    "P12-opening-a-parcel-signed-out": (asked("/staff/orders/ORDER/parcels/1/opening", "POST", "a=b"), "403|302"),
    "P12-the-staff-page-signed-out": (asked("/staff/orders/ORDER"), "302"),
    "P12-the-staff-list-signed-out": (asked("/staff/orders"), "302"),
    "P25-the-mailbox-signed-out": (asked("/staff/mailbox"), "302"),
    "P16-the-back-office-signed-out": (asked("/staff/goods/"), "302"),
    "P12-a-session-made-up": (asked("/staff/orders", Cookie="__Host-session=eyJwYXNzIjoiYSJ9:1:a"), "302"),
}  # fmt: skip
PATHS = (
    "/orders/ORDER/x.css", "/orders/ORDER;.css", "/orders/ORDER%2f.css", "/orders/ORDER.json", "/orders/ORDER%00.css",
    "//orders/ORDER", "/orders/../orders/ORDER", "/static/../orders/ORDER", "/static/%2e%2e/vault/root-0.key",
    "/static/../../vault/root-0.key", "/media/..%2fshop.sqlite3", "/media/../policy.toml", "/vault/root-0.key",
    "/secret.key", "/shop.sqlite3", "/policy.toml", "/run/web.sock", "/mail/", "/.git/config",
    "/staff/mailbox/..%2f..%2fsecret.key",
    "/api/people", "/export/customers.csv", "/graphql", "/debug/vars", "/server-status",
)  # fmt: skip
for path_ in PATHS:
    LOOKS[f"P38-the-path-{path_}"] = (asked(path_), SHUT)
for name_, (look_, says_) in LOOKS.items():
    attempt("http", name_, look_, says_, needs="store")


def surplus(store: Store) -> None:
    """Post what no form asks for, and look for it in every file of the store."""
    words = [canary() for _ in range(6)]
    names = ("birthday", "ssn", "r1-nickname", "card_number", "newsletter", "customer.email")
    shopper = store.shop.visit(**{"X-Canary": canary()})
    shopper.add("felt-mouse")
    page = shopper.get("/checkout?" + "&".join(f"q{n}={word}" for n, word in enumerate(words)))
    shopper.send(form_to(page, "/checkout"), refresh="1", **dict(zip(names, words, strict=True)))
    assert not store.shop.traces(words)
    nothing("kept nowhere")


def wrong_email(store: Store) -> None:
    """Follow the mail's link and type another address."""
    visitor = store.shop.visit()
    answer = visitor.send(form_to(visitor.get(store.anna.link), "/access"), email=store.ben.customer["email"])
    store.blank(answer.text)
    assert "do not belong together" in answer.text
    no(f"{answer.status_code} link and address do not belong together")


def signed_out(store: Store) -> None:
    """Keep staff's cookie and use it after the sign-out."""
    clerk = store.shop.staff()
    kept = {one.name: one.value for one in clerk.session.cookies}
    page = clerk.get("/staff/orders")
    clerk.send(form_to(page, "sign-out"))
    answer = requests.get(
        f"{store.shop.address}/staff/orders", cookies=kept, verify=str(store.shop.store.authority),
        allow_redirects=False, timeout=20,
    )  # fmt: skip
    assert answer.status_code == 302
    no("302 to the sign-in")


def office(path: str) -> Callable[[Store], None]:
    """As staff, look for people in the back office of the goods."""

    def tried(store: Store) -> None:
        answer = store.clerk.get(path)
        store.blank(answer.text)
        no(f"{answer.status_code} without people")

    return tried


def framed(store: Store) -> None:
    """Put one's own order page into a frame, a cache and an index."""
    answer = store.ben.shopper.get(f"/orders/{store.ben.number}")
    assert store.ben.customer["name"] in answer.text
    told = answer.headers
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert told["Cache-Control"] == "no-store, private"
    assert "noindex" in told["X-Robots-Tag"]
    no("not framed, not stored, not indexed")


def guessed(store: Store) -> None:
    """Walk through order numbers."""
    for number in ("AAAA-2222", "BBBB-3333", store.anna.number[:-1] + "2"):
        store.blank(Shopper(store.shop.store.session(), store.shop.address).get(f"/orders/{number}").text)
    no("a number that is looks like one that is not")


MORE: dict[str, tuple[Callable[[Store], None], str]] = {
    "P1-surplus-inputs": (surplus, "kept nowhere"),
    "P3-the-link-and-another-address": (wrong_email, "do not belong together"),
    "P35-staffs-cookie-after-sign-out": (signed_out, "302"),
    "P38-ones-page-in-a-frame": (framed, "not framed"),
    "P16-walking-numbers": (guessed, "looks like"),
}
for name_, (more_, says_) in MORE.items():
    attempt("http", name_, more_, says_, needs="store")
for path_ in (
    "orders/order/",
    "members/signin/",
    "vault/record/",
    "shipments/shipment/",
    "auth/user/",
    "queue/job/",
):
    attempt("admin", f"P16-the-back-office-at-{path_}", office(f"/staff/goods/{path_}"), "404", needs="store")
attempt("admin", "P16-the-list-of-orders", office("/staff/orders"), "200 without people", needs="store")
attempt(
    "admin", "P16-the-front-of-the-back-office", office("/staff/goods/"), "200 without people", needs="store"
)
attempt(
    "admin", "P12-an-order-nobody-opened", lambda store: office(f"/staff/orders/{store.anna.number}")(store),
    "200 without people", needs="store",
)  # fmt: skip


def see_rightly(store: Store) -> None:
    """Ben sees his own order."""
    assert store.ben.customer["name"] in store.ben.shopper.get(f"/orders/{store.ben.number}").text


def open_rightly(store: Store) -> None:
    """Staff open one parcel in order to ship it."""
    clerk = store.clerk
    page = clerk.get(f"/staff/orders/{store.anna.number}")
    assert store.anna.recipients[0]["name"] in clerk.send(form_to(page, "/opening")).text


control("http", see_rightly, needs="store")
control("admin", open_rightly, needs="store")


# As the web's own user: the kernel's answers

INTRUDER = """
import json, os, sqlite3, subprocess, sys
from pathlib import Path
store = Path(sys.argv[1])
ended = {}
def act(name):
    def run(do):
        try:
            ended[name] = "done: " + repr(do())[:80]
        except BaseException as error:
            ended[name] = f"{type(error).__name__}: {error}"[:200]
    return run
def sql(path):
    return sqlite3.connect(path).execute("SELECT * FROM vault_record").fetchall()
def attached():
    line = sqlite3.connect(store / "shop.sqlite3")
    line.execute("ATTACH DATABASE ? AS v", [str(store / "vault/vault.sqlite3")])
    return line.execute("SELECT * FROM v.vault_record").fetchall()
def call(name):
    import socket
    line = socket.socket(socket.AF_UNIX); line.settimeout(10)
    line.connect(str((store / "run").resolve() / name))
    line.sendall(b"\\0\\0\\0\\2{}")
    if not line.recv(1):
        raise ConnectionError("hung up before a byte")
def opened():
    return [path.read_bytes() for path in [*(store / "vault").glob("root-*.key"), store / "vault/root-0.key"]]
def program(*words):
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=20)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout
act("read-the-vaults-database")(lambda: sql(store / "vault/vault.sqlite3"))
act("attach-the-vaults-database")(attached)
act("read-the-root-key")(opened)
act("list-the-vault")(lambda: os.listdir(store / "vault"))
act("put-a-database-into-the-vault")(lambda: (store / "vault/x").write_text("x"))
act("sign-a-checkpoint")(lambda: (store / "vault/checkpoint.signed").write_text("x"))
act("write-the-policy")(lambda: (store / "policy.toml").open("a"))
act("write-a-policy-in-force")(lambda: (store / "policies/9999.toml").write_text("x"))
act("move-the-policy")(lambda: (store / "policy.toml").rename(store / "old.toml"))
act("write-the-stores-settings")(lambda: (store / "store.toml").open("a"))
act("call-as-worker")(lambda: call("worker.sock"))
act("call-as-operator")(lambda: call("operator.sock"))
act("a-vault-of-ones-own")(lambda: program("microkitten.vault.server", "serve", str(store)))
act("write-the-code")(lambda: Path(__import__("microkitten").__file__).open("a"))
act("become-root")(lambda: os.setuid(0))
print(json.dumps(ended))
"""
KERNEL = ("read-the-vaults-database", "attach-the-vaults-database", "read-the-root-key", "list-the-vault",
          "put-a-database-into-the-vault", "sign-a-checkpoint", "write-the-policy", "write-a-policy-in-force",
          "move-the-policy", "write-the-stores-settings", "call-as-worker", "call-as-operator", "a-vault-of-ones-own",
          "write-the-code", "become-root")  # fmt: skip


def intruded(name: str) -> Callable[[Store], None]:
    """Tell how the web's own user fared with one of the acts; all are done in one program."""

    def tried(store: Store) -> Any:
        if not store.acts:
            told = store.shop.store.run_as("web", INTRUDER, store.shop.folder)  # type: ignore[attr-defined] # a walled one
            store.acts = json.loads(told)
        ended = store.acts[name]
        return ended if ended.startswith("done") else no(ended)

    return tried


for name_ in KERNEL:
    says_ = "Permission|not permitted|unable to open|ermission denied|hung up|reset by peer|Broken pipe|"
    says_ += "RuntimeError|Doubt: no root key"
    attempt("kernel", f"P35-as-web-{name_}", intruded(name_), says_, needs="store")


def call_rightly(store: Store) -> None:
    """The web's user does reach its own socket and its own database."""
    words = "import sqlite3,sys;print(sqlite3.connect(sys.argv[1]+'/shop.sqlite3').execute('SELECT 7').fetchone())"
    assert "(7,)" in store.shop.store.run_as("web", words, store.shop.folder)  # type: ignore[attr-defined] # as above


control("kernel", call_rightly, needs="store")
