"""The operator's command for people's rights: the same answers whether the vault runs or not (P43)."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from tests.vault.conftest import CHECKOUT, a_sale, calling
from tests.vault_process import MODULE, RunningVault, environment, remove_vault, start_vault

from microkitten.vault import door


def asked(running: RunningVault, act: str, **more: Any) -> dict[str, Any]:
    """Run the command with a request on its standard input."""
    request = {"act": act, "purpose": "rights", "reason": "letter of 3 May", **more}
    done = subprocess.run(
        [sys.executable, "-m", MODULE, "people", str(running.folder)],
        env=environment(running.folder), input=json.dumps(request), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("runs", [True, False])
def test_each_act_has_its_grant_and_its_entry(tmp_path_factory: pytest.TempPathFactory, runs: bool) -> None:
    """Found, shown, exported, mended, put at rest, erased; each grant is minted for it and ended with it."""
    running = start_vault(tmp_path_factory.mktemp("people"), profile="classic")
    try:
        with calling(running):
            sale = a_sale()
            door.tell(sale.people, "placed", by=CHECKOUT)
        if not runs:
            running.stop()
        who = sale.customer.hex
        name = str(sale.values[sale.customer, "customer.name"])
        email = str(sale.values[sale.customer, "customer.email"])
        assert asked(running, "find", value=email)["answer"] == [{"person": who, "kind": "customer"}]
        shown = asked(running, "show", person=who)["answer"]
        assert shown["groups"].keys() == {"customer"}
        assert name not in json.dumps(shown)
        exported = asked(running, "export", person=who)["answer"]
        assert exported["values"] == {"customer.name": name, "customer.email": email}
        grants = [entry for entry in exported["entries"] if entry["kind"] == "grant"]
        hows = [json.loads(entry["detail"])["how"] for entry in grants]
        assert hows == ["kept open", "granted", "ended", "granted"]
        told = json.loads(exported["entries"][-1]["detail"])
        assert told["grant"] == grants[-1]["index"]
        assert "answer" in asked(running, "correct", person=who, field="customer.name", value="Anne")
        assert asked(running, "export", person=who)["answer"]["values"]["customer.name"] == "Anne"
        assert "answer" in asked(running, "restrict", person=who, on=1)
        assert "answer" in asked(running, "restrict", person=who, on=0)
        assert asked(running, "consents", person=who)["answer"] == []
        preview = asked(running, "preview", person=who)["answer"]
        assert [group["goes_now"] for group in preview["groups"]] == [True]
        done = asked(running, "erase", person=who)["answer"]
        assert done["confirmed"] is True
        assert asked(running, "erase", person=who)["erased"]["entry"] == done["entry"]
        assert asked(running, "find", value=email)["answer"] == []
        (stays,) = asked(running, "erase", person=sale.recipients[0].hex)["answer"]["stays"]
        assert stays["why"] == "parcel"
    finally:
        remove_vault(running)


def test_what_is_refused_says_why(running: RunningVault) -> None:
    """Nobody there, no reason, a purpose without a right, an act that is none."""
    with calling(running):
        who = a_sale().customer.hex
    assert asked(running, "show", person="0" * 32)["refused"]["why"] == "absent"
    assert asked(running, "export", person=who, reason=" ")["refused"]["why"] == "reason"
    no = asked(running, "export", person=who, purpose="deliver")["refused"]
    assert (no["rule"], no["statement"]) == ("", "P11")
    assert asked(running, "dump", person=who)["refused"]["why"] == "no such act"
    no = asked(running, "correct", person=who, field="payment.last4", value="1234")["refused"]
    assert no["why"] in {"source", "absent"}
