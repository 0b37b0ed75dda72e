"""The verbs as the writer knows them: what each takes, and who does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from microkitten.vault.server import shapes
from microkitten.vault.server.verbs import (
    alarms,
    calendar,
    collect,
    consents,
    disclose,
    erase,
    grants,
    look,
    notices,
    passes,
    public,
    rights,
    rotate,
    staff,
    standing,
    tell,
    use,
    visitors,
)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: its function, the shape of what it takes, and whether it stands alone or needs no actor."""

    act: Callable[..., Any]
    shape: Mapping[str, shapes.Shape]
    is_alone: bool = False
    is_public: bool = False


_visitor: Final = {"cookie": shapes.short}
_somebody: Final = {"person": shapes.identity}
_notice: Final = {"id": shapes.identity}

VERBS: Final[Mapping[str, Verb]] = {
    "collect": Verb(
        collect.collect,
        {"person": shapes.identity, "kind": shapes.word, "purpose": shapes.word, "given": shapes.given_values},
    ),
    "claim": Verb(collect.claim, {"persons": shapes.identities}),
    "tell": Verb(tell.tell, {"persons": shapes.identities, "fact": shapes.word}),
    "calendar": Verb(calendar.calendar, {}),
    "use": Verb(use.use, {"purpose": shapes.word, "persons": shapes.wanted, "facts": shapes.facts}),
    "disclose": Verb(
        disclose.disclose,
        {
            "person": shapes.identity, "fields": shapes.words, "to": shapes.word, "purpose": shapes.word,
            "facts": shapes.facts, "once": shapes.short,
        },
    ),
    "erase": Verb(erase.erase, {"person": shapes.identity, "reason": shapes.short}),
    "preview_erasure": Verb(rights.preview_erasure, _somebody),
    "export": Verb(rights.export, {**_somebody, "purpose": shapes.word, "start": shapes.number}),
    "correct": Verb(rights.correct, {**_somebody, "given": shapes.given_values}),
    "restrict": Verb(rights.restrict, {**_somebody, "on": shapes.switch, "reason": shapes.short}),
    "object_to": Verb(rights.object_to, {**_somebody, "purpose": shapes.word}),
    "withdraw": Verb(consents.withdraw, {**_somebody, "purpose": shapes.word}),
    "consents_of": Verb(consents.consents_of, _somebody),
    "find_people": Verb(
        rights.find_people,
        {"field": shapes.word, "value": shapes.text, "purpose": shapes.word, "reason": shapes.short},
    ),
    "grant": Verb(
        grants.grant,
        {
            **_somebody, "groups": shapes.words, "purpose": shapes.word, "seconds": shapes.number,
            "reason": shapes.short,
        },
    ),
    "end_grant": Verb(grants.end_grant, {"token": shapes.short}),
    "notices": Verb(notices.notices, {}),
    "notice_sent": Verb(notices.notice_sent, _notice),
    "notice_acknowledged": Verb(notices.notice_acknowledged, {**_notice, "answer": shapes.short}),
    "keep_open": Verb(passes.keep_open, {"persons": shapes.identities}),
    "prove": Verb(
        passes.prove,
        {"person": shapes.identity, "field": shapes.word, "given": shapes.given, "covers": shapes.identities},
        is_alone=True,
    ),
    "find": Verb(look.find, {"field": shapes.word, "value": shapes.text}),
    "index_order": Verb(look.index_order, {"person": shapes.identity, "number": shapes.short}),
    "find_order": Verb(look.find_order, {"number": shapes.short}),
    "entries_of": Verb(look.entries_of, {"person": shapes.identity}),
    "standing": Verb(standing.standing, {"persons": shapes.identities}),
    "assign_visitor": Verb(visitors.assign, {}),
    "consent_visitor": Verb(visitors.consent, {}),
    "forget_visitor": Verb(visitors.forget, _visitor),
    "sign_in_staff": Verb(staff.sign_in, {"token": shapes.short}, is_alone=True),
    "staff_token": Verb(staff.token, {"name": shapes.text}, is_alone=True),
    "check_staff": Verb(staff.check, {"token": shapes.short}, is_public=True),
    "sign_out_staff": Verb(staff.sign_out, {"token": shapes.short}, is_public=True),
    "checkpoint": Verb(public.checkpoint, {}, is_public=True),
    "ledger_key": Verb(public.ledger_key, {}, is_public=True),
    "receipt": Verb(public.receipt, {"index": shapes.number}, is_public=True),
    "is_confirmed": Verb(public.is_confirmed, {}, is_public=True),
    "inclusion": Verb(public.inclusion, {"index": shapes.number}, is_public=True),
    "consistency": Verb(public.consistency, {"old": shapes.number, "new": shapes.number}, is_public=True),
    "counts": Verb(public.counts, {}, is_public=True),
    "deployments": Verb(public.deployments, {}, is_public=True),
    "restores": Verb(public.restores, {}, is_public=True),
    "alarms": Verb(alarms.listed, {}),
    "alarm_seen": Verb(alarms.seen, {"id": shapes.number}),
    "rotate_root": Verb(rotate.rotate_root, {}, is_alone=True),
    "begin_rekey": Verb(rotate.begin_rekey, {}, is_alone=True),
    "rotation": Verb(rotate.rotation, {}, is_public=True),
    "status": Verb(public.status, {}, is_public=True),
}  # fmt: skip
