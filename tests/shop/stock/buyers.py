"""A process full of buyers, for the test of many: each wants one of the same variant. Prints what they got."""

import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import django
from django.conf import settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def main(database: str, variant: int, buyers: int) -> None:
    """Buy on this database; wait for a line on standard input, so that all processes begin together."""
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from microkitten.shop.stock import actions

    print("ready", flush=True)
    sys.stdin.readline()
    bought = sold_out = 0
    for _ in range(buyers):
        holder: UUID = uuid4()
        try:
            actions.reserve(holder=holder, wants={variant: 1}, until=NOW + timedelta(minutes=15), at=NOW)
            actions.commit(holder=holder, at=NOW)
            bought += 1
        except actions.SoldOut:
            sold_out += 1
    print(bought, sold_out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
