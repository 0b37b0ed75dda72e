"""The list of parties as a table: who outside gets which item for which purpose, and what binds them (P21, P22)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from microkitten.policy.export.content import Content, Process
from microkitten.policy.parts import Party
from microkitten.policy.words import FACTS

COLUMNS = (
    "party", "title", "kind", "company", "country", "contact", "work", "consideration", "purpose", "item",
    "item_title", "is_personal", "contract", "from", "until", "review", "erasure", "told_in", "policy",
)  # fmt: skip


def write(content: Content) -> str:
    """Return the list as CSV (RFC 4180): one line for each item that a party gets for a purpose."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    for process in content.processes:
        if process.party:
            about = _about(content, process.party) | {
                "purpose": process.purpose.purpose.name,
                "told_in": " ".join(process.sentences),
                "policy": content.policy.hash,
            }
            table.writerows(about | item for item in _items(process))
    return out.getvalue()


def write_json(content: Content) -> str:
    """Return the list for programs, with the sentences that tell of it."""
    sentences = {said.id: f"{said.title}. {said.text} {said.meaning}" for said in content.sentences}
    parties = []
    for party in content.policy.parties.values():
        gets = [process for process in content.processes if process.party is party]
        told = dict.fromkeys(id for process in gets for id in process.sentences)
        parties.append(
            _about(content, party)
            | {"gets": [{"purpose": one.purpose.purpose.name, "items": _items(one)} for one in gets]}
            | {"statements": {id: sentences[id] for id in told}}
        )
    policy = content.policy
    head = {"version": policy.version, "date": policy.date.isoformat(), "hash": policy.hash}
    whole = {"controller": content.controller, "policy": head, "parties": parties}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _about(content: Content, party: Party) -> dict[str, Any]:
    contract = party.contract
    texts = {"company": party.company, "contact": party.contact, "work": party.work, "erasure": party.erasure}
    return {
        "party": party.name,
        "title": party.title,
        "kind": party.kind,
        "country": content.country(party),
        "consideration": party.consideration,
        **{key: content.fill(text) for key, text in texts.items()},
        "contract": contract.id,
        "from": contract.since.isoformat(),
        "until": contract.until.isoformat(),
        "review": contract.review.isoformat(),
    }


def _items(process: Process) -> list[dict[str, str]]:
    personal = [{"item": one.name, "item_title": one.title, "is_personal": "yes"} for one in process.fields]
    return personal + [
        {"item": fact, "item_title": FACTS[fact], "is_personal": "no"} for fact in process.facts
    ]
