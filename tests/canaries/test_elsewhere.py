"""Nothing comes from, or goes to, anybody else: a browser's requests and stores, and the kernel's count (P1)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.canaries.run import Run
from tests.running import ROOT, a_folder, free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
PAGES_MAX = 40
# What a browser may keep beside cookies; each is asked for by its own words.
STORES = """async () => ({
  local: localStorage.length, session: sessionStorage.length,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.mark.journey
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine (apt install chromium)")
def test_a_browser_asks_nobody_else_and_keeps_only_the_cookies_of_the_list(strict: Run) -> None:
    """Evidence: over a crawl and a checkout half filled, every request is ours; afterwards there are cookies alone."""
    address, asked = strict.store.address, list[str]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--no-sandbox"])
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        context.on("request", lambda request: asked.append(request.url))
        wait, seen = [address + "/", address + "/products/felt-mouse"], set[str]()
        while wait and len(seen) < PAGES_MAX:
            link = wait.pop(0).partition("#")[0]
            kind = re.sub(r"/[^/]+$", "/x", link) if "/products/" in link else link
            if link in seen or kind in seen or not link.startswith(address) or "/media/" in link:
                continue
            seen |= {link, kind}
            page.goto(link)
            wait += page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        page.goto(address + "/products/felt-mouse")
        page.get_by_role("button", name="Add to cart").first.click()
        page.goto(address + "/checkout")
        page.locator("#id_name").fill(strict.mint.word("browser name"))
        page.wait_for_load_state("networkidle")
        found, cookies = page.evaluate(STORES), {one["name"] for one in context.cookies()}
        browser.close()
    print(
        f"\n{len(asked)} requests of a browser on {len(seen)} pages; cookies {sorted(cookies)}; kept {found}"
    )
    assert len(asked) > 50
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert set(found.values()) == {0}
    assert cookies <= set(strict.policy.cookies)


# A pair of ends stands for the way out: whatever is sent there is counted, and nobody answers.
NAMESPACE = """
for all in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ -e "$all" ] && echo 1 > "$all"; done
ip link set lo up && ip link add out0 type veth peer name out1 && ip addr add 198.18.0.2/24 dev out0
ip link set out1 up && ip link set out0 up && ip route add default via 198.18.0.1
ip neigh add 198.18.0.1 lladdr 02:00:00:00:00:01 dev out0 && exec "$@"
"""


def _sent(pid: int) -> int:
    """Return how many packets a process's own network has sent to anywhere but the machine itself."""
    for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines():
        name, _, numbers = line.strip().partition(":")
        if name == "out0":
            return int(numbers.split()[9])
    raise AssertionError("the network has no way out to count at")


def _can_unshare() -> bool:
    tools = [shutil.which(name) for name in ("unshare", "ip", "nsenter")]
    if os.geteuid() != 0 or not all(tools):
        return False
    words = ["unshare", "-n", "sh", "-c", NAMESPACE, "sh", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not _can_unshare(), reason="needs root, unshare and ip: a network of its own to count packets in"
)
def test_the_first_start_sends_no_packet_to_anywhere() -> None:
    """Attack: a store is made and started on a network with one way out, at which the kernel counts: 0 packets."""
    with a_folder() as folder:
        store = [sys.executable, "-m", "microkitten", "demo", str(folder), "--port", str(free_port())]
        environ = {
            name: value for name, value in os.environ.items()
            if name not in {"MICROKITTEN_STORE", "MICROKITTEN_ROLE", "DJANGO_SETTINGS_MODULE"}
        } | {"PYTHONPATH": f"{ROOT / 'src'}", "MICROKITTEN_SAMPLES_PICTURES": "none"}  # fmt: skip
        with (folder.parent / "said").open("wb") as said:
            process = subprocess.Popen(
                ["unshare", "-n", "sh", "-c", NAMESPACE, "sh", *store], env=environ, cwd=ROOT, stdout=said,
                stderr=said, start_new_session=True,
            )  # fmt: skip
        try:
            end = time.monotonic() + 90
            while b"\nready " not in (output := (folder.parent / "said").read_bytes()):
                assert process.poll() is None, output.decode()
                assert time.monotonic() < end, output.decode()
                time.sleep(0.1)
            time.sleep(1)
            assert _sent(process.pid) == 0
            print("\nthe first start sent 0 packets to any other machine")
            # The count itself is tried: one packet to another host is seen.
            tell = "import socket; socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 9))"
            subprocess.run(
                ["nsenter", "-n", "-t", str(process.pid), sys.executable, "-c", tell], check=True, env=environ
            )
            assert _sent(process.pid) == 1
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def test_mail_on_its_way_and_the_strict_store_hold_nobody_else(strict: Run) -> None:
    """The same search over a store that gives no cookie unasked, its mails taken at the mail server itself."""
    assert strict.inbox is not None
    assert strict.inbox.kept
    strict.store.stop()
    strict.store.look("after it has stopped")
    strict.cells = strict.store.cells("after it has stopped")
    strict.judge()
    strict.plant()
    strict.report()
    told = sorted({str(hit) for hit in strict.hits})
    assert not told, f"{len(told)} tokens out of place:\n" + "\n".join(told[:60])
    assert [name for name, found in strict.planted.items() if not found] == []
    seen = {reason for reason in strict.law.allowed if reason.endswith(" to mail")}
    assert seen == {"customer.name to mail", "customer.email to mail"}
