"""The record of processing activities that a shop must keep (GDPR 30(1)), made from the table (P0)."""

from __future__ import annotations

import json
from typing import Any

from microkitten.policy.export.content import Content, Process
from microkitten.policy.parts import Party
from microkitten.policy.wording import listed
from microkitten.policy.words import FACTS

Record = dict[str, Any]


def record(content: Content) -> Record:
    """Return the record: (a) controller, then for each purpose (b) to (f), and the measures (g)."""
    policy = content.policy
    return {
        "controller": {
            "name": content.controller,
            "contact": content.fill("{contacts}"),
            "country": content.company.country,
        },
        "policy": {
            "version": policy.version, "date": policy.date.isoformat(), "profile": policy.profile,
            "hash": policy.hash, "never": list(policy.never),
        },
        "activities": [
            _activity(content, [one for one in content.processes if one.purpose is entry])
            for entry in policy.purposes.values()
        ],
        "measures": [{"name": name, "does": words} for name, words in content.measures],
        "statements": [
            {"id": said.id, "title": said.title, "text": said.text, "meaning": said.meaning}
            for said in content.sentences
        ],
    }  # fmt: skip


def write_json(content: Content) -> str:
    """Return the record for programs."""
    return json.dumps(record(content), indent=1, ensure_ascii=False) + "\n"


def write(content: Content) -> str:
    """Return the record for people, in Markdown."""
    told = record(content)
    policy, controller = told["policy"], told["controller"]
    lines = [
        "# Record of processing activities",
        "",
        f"Of the privacy policy, version {policy['version']} of {policy['date']}, profile {policy['profile']},",
        f"hash `{policy['hash']}`. Never: {', '.join(policy['never'])}.",
        "",
        f"Controller: {controller['name']}, {_one_line(controller['contact'])}",
        "",
    ]
    for activity in told["activities"]:
        lines += _activity_lines(activity)
    lines += ["## Measures", "", *(f"- {one['does']}" for one in told["measures"]), ""]
    lines += ["## What people are told", ""]
    lines += [
        f"- **{one['id']} {one['title']}.** {one['text']} *{one['meaning']}*" for one in told["statements"]
    ]
    return "\n".join(lines) + "\n"


def _activity(content: Content, processes: list[Process]) -> Record:
    policy, entry = content.policy, processes[0].purpose
    fields = {field.name: field for process in processes for field in process.fields}
    groups = {group.name: group for process in processes for group in process.groups}
    return {
        "purpose": entry.purpose.name,
        "title": entry.title,
        "why": content.fill(entry.why),
        "basis": entry.basis,
        "people": list(dict.fromkeys(person for process in processes for person in process.people)),
        "data": [{"field": name, "title": field.title} for name, field in fields.items()],
        "here": [field.name for process in processes if not process.party for field in process.fields],
        "recipients": [_recipient(content, process, process.party) for process in processes if process.party],
        "time_limits": [
            {
                "group": name,
                "title": group.title,
                "life": str(group.life),
                "arrival": None if group.arrival is None else str(group.arrival),
                "law": None if group.law is None else str(group.law),
                "kept": list(policy.kept_fields(name)) if group.law else [],
                "words": content.life(group),
            }  # fmt: skip
            for name, group in groups.items()
        ],
        "statements": list(dict.fromkeys(id for process in processes for id in process.sentences)),
    }


def _recipient(content: Content, process: Process, party: Party) -> Record:
    country = content.country(party)
    contract = party.contract
    return {
        "party": party.name,
        "title": party.title,
        "kind": party.kind,
        "company": content.fill(party.company),
        "work": content.fill(party.work),
        "country": country,
        "is_transfer": country != content.fill("{country}"),
        "contract": {
            "id": contract.id, "from": contract.since.isoformat(), "until": contract.until.isoformat(),
            "review": contract.review.isoformat(),
        },
        "fields": [field.name for field in process.fields],
        "facts": list(process.facts),
    }  # fmt: skip


def _activity_lines(activity: Record) -> list[str]:
    titles = {one["field"]: one["title"] for one in activity["data"]}
    lines = [
        f"## {activity['title']}",
        "",
        f"- Purpose (`{activity['purpose']}`): {activity['why']}",
        f"- Basis: {activity['basis']}",
        f"- Categories of people: {listed(activity['people'])}",
        f"- Categories of data: {_fields(activity['here'], titles)}",
    ]
    for one in activity["recipients"]:
        where = (
            f"transferred to {one['country']}" if one["is_transfer"] else f"in {one['country']}, no transfer"
        )
        gets = [
            *([_fields(one["fields"], titles)] if one["fields"] else []),
            *(FACTS[fact] for fact in one["facts"]),
        ]
        contract = one["contract"]
        lines.append(
            f"- Recipient: {one['title']} (`{one['party']}`, {one['kind']}, {one['company']}; {where}), which"
            f" {one['work']}: {', '.join(gets)}. Contract {contract['id']}, {contract['from']} to"
            f" {contract['until']}, review {contract['review']}"
        )
    if not activity["recipients"]:
        lines.append("- Recipients: none; transfers: none")
    lines += [f"- Time limit: {one['title']}: {one['words']}" for one in activity["time_limits"]]
    return [*lines, f"- Told in: {', '.join(activity['statements'])}", ""]


def _fields(names: list[str], titles: dict[str, str]) -> str:
    return ", ".join(f"{titles[name]} (`{name}`)" for name in names) or "none"


def _one_line(text: str) -> str:
    return ", ".join(text.splitlines())
