"""What the operator does for people who ask by letter or telephone: each act under a grant of its own, minted for its
purpose and reason, and ended with it (P3, P43)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from microkitten.vault.corrections import INPUTS
from microkitten.vault.server import index
from microkitten.vault.server.asking import Ask, No

GRANT_SECONDS: Final = 300
Request = Mapping[str, Any]


def answer(ask: Ask, request: Request) -> dict[str, Any]:
    """Do what is asked for. Returns: `answer`; or `refused` with why, rule and statement; or `erased` with the receipt
    of whom is asked for. Raises: Doubt.
    """
    act = _ACTS.get(str(request.get("act")))
    if act is None:
        return {"refused": {"why": "no such act", "rule": "", "statement": ""}}
    try:
        return {"answer": act(ask, request)}
    except No as no:
        if no.why == "erased":
            done = ask("preview_erasure", person=request["person"])["done"]
            if done is not None:
                return {"erased": done}
        return {"refused": {"why": no.why, "rule": no.rule, "statement": no.statement}}


def _find(ask: Ask, request: Request) -> Any:
    field, value = "customer.email", request["value"]
    if "@" not in value:  # an order's number, however it was copied
        plain = "".join(char for char in value.upper() if char.isalnum())
        field, value = index.ORDER, f"{plain[:4]}-{plain[4:]}"
    return ask("find_people", field=field, value=value, purpose=request["purpose"], reason=request["reason"])


def _granted(act: Callable[[Ask, str, Request], Any]) -> Callable[[Ask, Request], Any]:
    """Let an act have a grant for all groups of its person that the policy opens to the operator for its purpose."""

    def granted(ask: Ask, request: Request) -> Any:
        grant = ask(
            "grant",
            person=request["person"], groups=[], purpose=request["purpose"], seconds=GRANT_SECONDS,
            reason=request["reason"],
        )  # fmt: skip
        try:
            return act(ask, grant["token"], request)
        finally:
            ask("end_grant", token=grant["token"])

    return granted


@_granted
def _show(ask: Ask, token: str, request: Request) -> Any:
    return ask("standing", token, persons=[request["person"]])["people"][request["person"]]


@_granted
def _export(ask: Ask, token: str, request: Request) -> Any:
    wanted = {"person": request["person"], "purpose": request["purpose"]}
    told = ask("export", token, **wanted, start=0)
    following = told["next"]
    while following is not None and following < told["entry"]:
        more = ask("export", token, **wanted, start=following)
        told["entries"] += more["entries"]
        following = more["next"]
    return told


@_granted
def _preview(ask: Ask, token: str, request: Request) -> Any:
    return ask("preview_erasure", token, person=request["person"])


@_granted
def _erase(ask: Ask, token: str, request: Request) -> Any:
    done = ask("erase", token, person=request["person"], reason=request["reason"])
    return {**done, "confirmed": ask("is_confirmed")}


@_granted
def _restrict(ask: Ask, token: str, request: Request) -> Any:
    return ask("restrict", token, person=request["person"], on=request["on"], reason=request["reason"])


@_granted
def _correct(ask: Ask, token: str, request: Request) -> Any:
    field = request["field"]
    given = {field: [request["value"], INPUTS.get(field, "correction.none")]}
    return ask("correct", token, person=request["person"], given=given)


@_granted
def _consents(ask: Ask, token: str, request: Request) -> Any:
    return ask("consents_of", token, person=request["person"])


_ACTS: Final[Mapping[str, Callable[[Ask, Request], Any]]] = {
    "find": _find, "show": _show, "export": _export, "preview": _preview, "erase": _erase, "restrict": _restrict,
    "correct": _correct, "consents": _consents,
}  # fmt: skip
