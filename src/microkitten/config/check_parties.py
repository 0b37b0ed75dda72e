"""Checks the contracts of those who work for the shop against today: what ends must not end unseen (P21)."""

from collections.abc import Iterator
from datetime import date

from microkitten.config.check_live import Live
from microkitten.policy import Party, Policy

WARN_DAYS = 60


def check(policy: Policy, *, is_sample: bool, day: date) -> Iterator[Live]:
    """Yield what is wrong, or soon will be, with the parties of a policy. Params: `day`, in UTC."""
    for party in policy.parties.values():
        yield from _dates(party, day)
        if "{" in party.company and not is_sample:
            what = f"the policy does not name the company behind {party.name}"
            remedy = f"write company, country, contact and erasure of [party.{party.name}] into policy.toml"
            yield Live("W007", "warning", what, remedy)


def _dates(party: Party, day: date) -> Iterator[Live]:
    contract, remedy = party.contract, f"write the new dates into [party.{party.name}] of policy.toml"
    if day < contract.since:
        what = f"the contract with {party.name} begins on {contract.since}: until then it gets nothing"
        yield Live("E005", "error", what, remedy)
    elif day >= contract.until:
        what = f"the contract with {party.name} ended on {contract.until}: nothing goes out to it"
        yield Live("E005", "error", what, remedy)
    elif day >= contract.review:
        what = f"the review of {party.name} was due on {contract.review}: nothing goes out to it"
        yield Live("E005", "error", what, remedy)
    elif (contract.ends - day).days <= WARN_DAYS:
        which = "ends" if contract.until <= contract.review else "is to be reviewed"
        what = (
            f"the contract with {party.name} {which} on {contract.ends}, in {(contract.ends - day).days} days"
        )
        yield Live("W006", "warning", what, remedy)
