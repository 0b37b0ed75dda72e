"""What the vault costs: its own figures, on each engine, side by side with plain tables in one run.

`python -m microkitten.vault.server.bench --people N [--postgresql URL]`; `microkitten bench vault` calls it. Synthetic
people in a folder that is thrown away; no store is touched.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` in `unit`, the target as it is written in the docs, and whether it is met."""

    name: str
    value: float
    unit: str
    target: str
    is_met: bool
    more: str = ""

    def told(self) -> dict[str, Any]:
        """Return it for programs."""
        return asdict(self)
