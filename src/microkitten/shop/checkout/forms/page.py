"""The checkout page as one: the customer, one to many recipients, and what goes to whom."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from microkitten.shop.checkout.actions.cart import Item
from microkitten.shop.checkout.actions.place import Parcel
from microkitten.shop.checkout.forms.people import RECIPIENTS_MAX, CustomerForm, RecipientForm, ShareForm
from microkitten.web.store import ShippingMethod, Store

ATTEMPT_LENGTH_MAX = 40


class CheckoutPage:
    """All forms of the page, bound to what was posted or empty at first.

    `recipients` are the recipients' forms, each with its `allocations`: pairs of a cart item and the input
    for how many of it go there (none if there is one recipient, who gets everything).
    """

    def __init__(self, data: QueryDict | None, *, items: Sequence[Item], store: Store) -> None:
        self.store, self.items = store, items
        self.is_posted = data is not None
        self.data = QueryDict(mutable=True) if data is None else data.copy()
        self.attempt = (self.data.get("attempt") or secrets.token_urlsafe(16))[:ATTEMPT_LENGTH_MAX]
        self.count = self._count()
        self._build(is_bound=self.is_posted)

    def _count(self) -> int:
        text = self.data.get("recipients") or "1"
        return min(max(int(text) if text.isdecimal() and len(text) < 4 else 1, 1), RECIPIENTS_MAX)

    def _country(self, number: int) -> str:
        wanted = self.data.get(f"r{number}-country")
        fallback = (
            self.store.country if self.store.country in self.store.countries else self.store.countries[0]
        )
        return wanted if wanted and wanted in self.store.countries else fallback

    def _build(self, *, is_bound: bool) -> None:
        data = self.data if is_bound else None
        lines = {item.id: item.quantity for item in self.items}
        self.form = CustomerForm(data)
        self.recipients: list[RecipientForm] = []
        self.shares: list[ShareForm] = []
        for number in range(1, self.count + 1):
            form = RecipientForm(data, number=number, country=self._country(number), store=self.store)
            share = ShareForm(data, number=number, lines=lines)
            form.allocations = (
                [(item, share[f"share-{item.id}"]) for item in self.items] if self.count > 1 else []
            )
            self.recipients.append(form)
            self.shares.append(share)

    def rebuild(self) -> bool:
        """Do what a button other than the main one asks (add, remove, another country); True if one was pressed.

        What was typed stays; nothing is checked yet.
        """
        data = self.data
        if not self.is_posted:
            return False
        if "add" in data:
            self.count = min(self.count + 1, RECIPIENTS_MAX)
            for item in self.items:
                data.setdefault(f"r{self.count}-share-{item.id}", "0")
                if self.count == 2:
                    data.setdefault(f"r1-share-{item.id}", str(item.quantity))
        elif "remove" in data:
            self._remove(str(data["remove"]))
        elif "refresh" not in data:
            return False
        self._as_initial()
        return True

    def _remove(self, which: str) -> None:
        data = self.data
        if not which.isdecimal() or len(which) > 3 or int(which) >= self.count or self.count == 1:
            return
        kept = [number for number in range(1, self.count + 1) if number != int(which) + 1]
        values = {name: data.getlist(name) for name in data}
        for name in [name for name in data if name.startswith("r") and "-" in name]:
            del data[name]
        for new, old in enumerate(kept, 1):
            for name, found in values.items():
                if name.startswith(f"r{old}-"):
                    data.setlist(f"r{new}-" + name.partition("-")[2], found)
        self.count = len(kept)

    def _as_initial(self) -> None:
        """Show what was typed as the beginning of fresh, unchecked forms."""
        self._build(is_bound=False)
        for form in self.forms:
            for name in form.fields:
                if (typed := self.data.get(form.add_prefix(name))) is not None:
                    form.initial[name] = typed

    @property
    def forms(self) -> list[Any]:
        """All forms of the page in their order."""
        return [self.form, *self.recipients, *(self.shares if self.count > 1 else [])]

    @property
    def seen_total(self) -> int | None:
        """The total in minor units that stood on the page, or None if what came is no number."""
        text = self.data.get("seen_total") or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None

    def is_valid(self) -> bool:
        """Check all forms, and that the recipients together get what lies in the cart."""
        valid = all([form.is_valid() for form in self.forms])
        return self._shares_add_up() and valid if valid and self.count > 1 else valid

    def _shares_add_up(self) -> bool:
        fine = True
        for item in self.items:
            given = sum(share.shares().get(item.id, 0) for share in self.shares)
            if given != item.quantity:
                fine = False
                self.shares[-1].add_error(
                    f"share-{item.id}",
                    f"{given} of {item.title} are given out, but {item.quantity} lie in the cart.",
                )
        for share, form in zip(self.shares, self.recipients, strict=True):
            if not any(share.shares().values()):
                fine = False
                form.add_error(
                    None, f"Recipient {form.number} gets nothing yet: say how many, or remove them."
                )
        return fine

    def split(self) -> list[dict[int, int]]:
        """Return how many of each line (by id) go to each recipient, as far as it can be told."""
        if self.count == 1:
            return [{item.id: item.quantity for item in self.items}]
        return [
            share.shares() if share.is_bound and share.is_valid() else self._initial_shares(share)
            for share in self.shares
        ]

    def _initial_shares(self, share: ShareForm) -> dict[int, int]:
        found: dict[int, int] = {}
        for item in self.items:
            value = str(share[f"share-{item.id}"].value() or 0)
            found[item.id] = int(value) if value.isdecimal() and len(value) < 4 else 0
        return found

    def methods(self) -> list[ShippingMethod]:
        """Return the chosen shipping method of each recipient, the first where none is chosen yet."""
        chosen = []
        for form in self.recipients:
            wanted = str(form["method"].value() or "")
            chosen.append(next((m for m in self.store.shipping if m.id == wanted), self.store.shipping[0]))
        return chosen

    def parcels(self) -> list[Parcel]:
        """Return what goes to whom; for a valid page."""
        return [
            Parcel(values=form.given(), country=form.country, method=method, shares=shares)
            for form, method, shares in zip(self.recipients, self.methods(), self.split(), strict=True)
        ]
