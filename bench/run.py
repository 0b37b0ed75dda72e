"""Measures the shop against a bare Django view and a constant answer, side by side in one run (see README.md).

bin/bench [--rounds 5] [--seconds 2] [--flows 60] [--placings 80]
"""

import argparse
import json
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.running import RunningStore, a_folder, free_port

from bench import machine
from bench.shopper import AGENT

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench/results"
SLUG, SHELF = "felt-mouse", "play"
CONNECTIONS, SHOPPERS = 16, 8
BROWSER = ("-H", f"User-Agent: {AGENT}", "-H", "Accept-Encoding: gzip, br")
COOKIE = ("-H", "Cookie: __Host-visitor=" + "A" * 22)


@dataclass
class Case:
    """One thing to measure; each round adds a value to each list."""

    name: str
    path: str
    options: tuple[str, ...] = ()
    is_peer: bool = False
    rate: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


CASES = [
    Case("constant answer", "/constant", is_peer=True),
    Case("bare Django view", "/bare", is_peer=True),
    Case("product page", f"/products/{SLUG}", (*BROWSER, *COOKIE)),
    Case("product page, not compressed", f"/products/{SLUG}", COOKIE),
    Case(
        "product page, made anew each time", f"/products/{SLUG}", (*BROWSER, *COOKIE, "-s", "bench/fresh.lua")
    ),
    Case("home page", "/", (*BROWSER, *COOKIE)),
    Case("category page", f"/catalog/{SHELF}/", (*BROWSER, *COOKIE)),
    Case(
        "category page, made anew each time",
        f"/catalog/{SHELF}/",
        (*BROWSER, *COOKIE, "-s", "bench/fresh.lua"),
    ),
    Case("search (never kept)", "/search?q=mouse", (*BROWSER, *COOKIE)),
    Case("cart page, empty", "/cart", (*BROWSER, *COOKIE)),
]


def wrk(case: Case, address: str, seconds: int) -> tuple[float, float, int]:
    """Run wrk on one case; returns requests a second, the 99th percentile in ms, and how many were answered."""
    words = [
        "wrk",
        "-t2",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--latency",
        *case.options,
        address + case.path,
    ]
    said = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{case.name}: {said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index] # wrk prints it
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    p99 = float(slow[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]] if slow else 0.0
    return rate, p99, int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index] # wrk prints it


def measure(case: Case, address: str, leader: int, seconds: int) -> None:
    """Add one round to a page's case."""
    before = machine.cpu_ms(leader)
    rate, p99, count = wrk(case, address, seconds)
    used = machine.spent(before, machine.cpu_ms(leader))
    case.rate.append(rate)
    case.p99.append(p99)
    case.cpu.append(sum(used.values()) / count)


def measure_flows(
    kind: str, count: int, store: RunningStore, leader: int, into: Case, roles: dict[str, list[float]]
) -> None:
    """Add one round of buying (`flow`), or of placing alone (`place`)."""
    words = [
        sys.executable,
        "-m",
        "bench.flows",
        kind,
        str(count),
        str(SHOPPERS),
        store.address,
        str(store.authority),
        SLUG,
    ]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as client:
        assert client.stdout is not None
        assert client.stdin is not None
        if kind == "place":
            client.stdout.readline()
        before = machine.cpu_ms(leader)
        if kind == "place":
            client.stdin.write("\n")
            client.stdin.flush()
        said = json.loads(client.stdout.readline() or "{}")
    if not said or said["count"] != count:
        raise SystemExit(f"{kind}: {said} instead of {count}")
    used = machine.spent(before, machine.cpu_ms(leader))
    into.rate.append(said["count"] / said["seconds"])
    into.p99.append(said["max"])
    into.cpu.append(sum(v for name, v in used.items() if name != "card processor") / count)
    for name, value in used.items():
        roles.setdefault(name, []).append(value / count)


@contextmanager
def peers(store: RunningStore, folder: Path, size: int) -> Iterator[tuple[str, int]]:
    """Serve the constant answer and the bare view; yields address and process id."""
    port = free_port()
    folder.mkdir()
    tls = store.folder / "tls"
    words = [
        sys.executable,
        "-m",
        "bench.peers",
        str(port),
        str(tls / "cert.pem"),
        str(tls / "key.pem"),
        str(folder),
        str(size),
    ]
    process = subprocess.Popen(words, cwd=ROOT, start_new_session=True)
    try:
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"https://localhost:{port}", process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)


def fill_shelves(store: RunningStore) -> None:
    """Give every variant more stock than can be sold here, and wait until the sample's pictures are drawn."""
    while any(machine.role(pid) == "samples" for pid in store.pids()) or store.shop(
        "SELECT 1 FROM queue_job LIMIT 1"
    ):
        time.sleep(1)
    with closing(sqlite3.connect(store.folder / "shop.sqlite3", timeout=20)) as connection:
        connection.execute("UPDATE stock_stockitem SET on_hand = 10000000")
        connection.execute("UPDATE catalog_edition SET number = number + 1")
        connection.commit()
    time.sleep(0.5)


def middle(values: list[float], digits: int = 2) -> str:
    """Return median and range."""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def table(pages: list[Case], flows: list[Case]) -> str:
    """Return what was measured as Markdown; ratios are of medians within this run."""
    constant, bare = (statistics.median(case.rate) for case in pages[:2])
    lines = [
        "| page | requests/s, median (lo-hi) | of constant | of bare Django | server CPU ms | p99 ms |",
        "|---|---|---|---|---|---|",
    ]
    for case in pages:
        rate, slow = statistics.median(case.rate), statistics.median(case.p99)
        lines.append(
            f"| {case.name} | {middle(case.rate, 0)} | {rate / constant:.3f} | {rate / bare:.2f} "
            f"| {middle(case.cpu, 3)} | {slow:.0f} |"
        )
    lines += [
        "",
        "| flow, 8 shoppers | a second | server CPU ms each (card processor left out) | slowest ms |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {case.name} | {middle(case.rate, 1)} | {middle(case.cpu, 1)} | {middle(case.p99, 0)} |"
        for case in flows
    ]
    return "\n".join(lines)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything and return it."""
    flow, place = Case("whole guest checkout", ""), Case("place-order POST alone", "")
    roles: dict[str, dict[str, list[float]]] = {"flow": {}, "place": {}}
    began, loads = datetime.now(UTC), [machine.load()]
    with a_folder() as folder:
        store = RunningStore(options.store or folder, free_port())
        try:
            leader = store.start().process.pid  # type: ignore[union-attr] # it runs
            fill_shelves(store)
            size = len(store.session().get(f"{store.address}/products/{SLUG}", timeout=20).content)
            with peers(store, folder.parent / "peers", size) as (peer, peer_id):
                for number in range(options.rounds):
                    for case in CASES:
                        address, who = (peer, peer_id) if case.is_peer else (store.address, leader)
                        measure(case, address, who, options.seconds)
                    measure_flows("flow", options.flows, store, leader, flow, roles["flow"])
                    measure_flows("place", options.placings, store, leader, place, roles["place"])
                    loads.append(machine.load())
                    print(f"round {number + 1} of {options.rounds}, load {loads[-1]}", file=sys.stderr)
                memory = {"shop": machine.pss_mb(leader), "peers": machine.pss_mb(peer_id)}
        finally:
            store.stop()
    by_role = {
        kind: {name: statistics.median(v) for name, v in found.items()} for kind, found in roles.items()
    }
    return {
        "began": began.isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "loads": loads,
        "page_bytes": size,
        "options": {name: value for name, value in vars(options).items() if name != "store"},
        "cases": [vars(case) for case in CASES],
        "flows": [vars(flow), vars(place)],
        "roles": by_role,
        "memory_pss_mb": memory,
        "table": table(CASES, [flow, place]),
    }


def main() -> None:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, value in (("rounds", 5), ("seconds", 2), ("flows", 60), ("placings", 80)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--store", type=Path, help="a sample store, its pictures drawn (orders are added)")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is missing. Install it, for instance:  apt install wrk")
    found = run(options)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "last.json").write_text(json.dumps(found, indent=1) + "\n")
    memory = [f"{name} {mb:.0f}" for name, mb in found["memory_pss_mb"]["shop"]]
    whole = sum(mb for _, mb in found["memory_pss_mb"]["shop"])
    roles = {k: ", ".join(f"{n} {v:.1f}" for n, v in sorted(r.items())) for k, r in found["roles"].items()}
    text = "\n".join([
        f"{found['machine']}; {found['began']}; load {found['loads'][0]} at the start, "
        f"{found['loads'][-1]} at the end; {options.rounds} rounds; page of {found['page_bytes']} bytes",
        "", found["table"], "",
        f"CPU ms by process, a whole checkout: {roles['flow']}", f"CPU ms by process, placing: {roles['place']}",
        f"Memory, PSS in MB: {', '.join(memory)}; {whole:.0f} in all",
    ])  # fmt: skip
    (RESULTS / "last.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
