"""Flows a second: eight shoppers who buy at once, and eight who place an order at once; its own program.

Run by `run.py`:  python -m bench.flows flow|place COUNT SHOPPERS ADDRESS AUTHORITY SLUG
It prints one line: how many, seconds, and the middle and slowest times in ms.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from bench.shopper import Shopper, expect


async def flows(count: int, shoppers: int, address: str, authority: Path, slug: str) -> list[float]:
    """Buy `count` times, each as a browser that was never here; returns what each took, in ms."""
    left = list(range(count))
    took: list[float] = []

    async def one() -> None:
        while left:
            left.pop()
            browser = Shopper(authority)
            began = time.perf_counter()
            await browser.buy(address, slug)
            took.append((time.perf_counter() - began) * 1000)
            browser.close()

    await asyncio.gather(*(one() for _ in range(shoppers)))
    return took


async def placings(count: int, shoppers: int, address: str, authority: Path, slug: str) -> list[float]:
    """Place orders that stand filled in, the POST alone; says `go` and waits for a line before it begins."""
    waiting: list[tuple[Shopper, dict[str, str]]] = []
    for _ in range(count):
        browser = Shopper(authority)
        await browser.fill_cart(address, slug)
        waiting.append((browser, await browser.see_checkout(address)))
    print("go", flush=True)
    sys.stdin.readline()
    took: list[float] = []

    async def one() -> None:
        while waiting:
            browser, form = waiting.pop()
            began = time.perf_counter()
            expect(await browser.ask("POST", f"{address}/checkout", form), 302)
            took.append((time.perf_counter() - began) * 1000)
            browser.close()

    await asyncio.gather(*(one() for _ in range(shoppers)))
    return took


def main(kind: str, count: int, shoppers: int, address: str, authority: Path, slug: str) -> None:
    """Do it and tell."""
    began = time.perf_counter()
    if kind == "place":
        took = asyncio.run(placings(count, shoppers, address, authority, slug))
        seconds = sum(took) / 1000 / shoppers  # what stood ready before does not count
    else:
        took = asyncio.run(flows(count, shoppers, address, authority, slug))
        seconds = time.perf_counter() - began
    took.sort()
    print(json.dumps({"count": len(took), "seconds": seconds, "p50": took[len(took) // 2], "max": took[-1]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]), sys.argv[6])
