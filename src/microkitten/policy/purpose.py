"""The purposes of the packaged policy as constants. Generated: `python -m microkitten.policy.generate`;
do not edit."""

from __future__ import annotations

from typing import Final

from microkitten.policy.closed import Purpose, close

close("bill", "books", "confirm", "customize", "deliver", "operate", "rights", "verify")

bill: Final = Purpose.named("bill")
books: Final = Purpose.named("books")
confirm: Final = Purpose.named("confirm")
customize: Final = Purpose.named("customize")
deliver: Final = Purpose.named("deliver")
operate: Final = Purpose.named("operate")
rights: Final = Purpose.named("rights")
verify: Final = Purpose.named("verify")
