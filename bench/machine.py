"""What the machine says: processor time and memory of a group of processes, its load, its name."""

import os
import platform
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def session_of(leader: int) -> list[int]:
    """Return the ids of all processes in the session that `leader` began."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader:
                found.append(int(entry.name))
    return sorted(found)


def role(pid: int) -> str:
    """Return what a process of a store is, by its command."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return "gone"
    line = " ".join(words)
    names = {
        "vault.server": "vault", "cards.sandbox": "card processor", "redirector": "plain port", "bench.peers": "peer",
        "microkitten worker": "worker", "microkitten web": "web", "prepare": "samples",
    }  # fmt: skip
    return next((name for part, name in names.items() if part in line), "supervisor")


def cpu_ms(leader: int) -> dict[str, float]:
    """Return the processor time in ms that each role of a session has used so far."""
    used: dict[str, float] = {}
    for pid in session_of(leader):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        name = role(pid)
        used[name] = used.get(name, 0.0) + (int(fields[11]) + int(fields[12])) * 1000 / TICKS
    return used


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return what each role used in between."""
    return {name: value - before.get(name, 0.0) for name, value in after.items()}


def pss_mb(leader: int) -> list[tuple[str, float]]:
    """Return each process with its share of memory (PSS) in MB."""
    found = []
    for pid in session_of(leader):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kb = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        found.append((role(pid), kb / 1024))
    return sorted(found)


def describe() -> str:
    """Return one line about the machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}, Python {platform.python_version()}"


def load() -> str:
    """Return the load of the last minute, as the kernel counts it."""
    return f"{os.getloadavg()[0]:.1f}"
