"""The exports say what the table says, each in its own words, and nothing besides (P0, P21)."""

import csv
import gzip
import io
import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fideslang import models as fideslang
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from hypothesis import given, settings
from hypothesis import strategies as st

from microkitten.policy import Policy, PolicyError, UnknownWord, packaged, packaged_text, parse
from microkitten.policy.export import NAMES, export
from microkitten.policy.wording import Company

COMPANY = Company("Kitten & Söhne, llc", "microkitten", "hello@shop.example", "12 Sample Street", "US")
Triples = set[tuple[str, str, str | None]]


def told(policy: Policy, what: str) -> Any:
    """Return an export, read again by a reader of its format."""
    text = export(policy, COMPANY, what)
    if what == "parties":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if what == "fideslang":
        return yaml.safe_load(text)
    return text if what == "processing" else json.loads(text)


def of_table(policy: Policy) -> Triples:
    """Return who may have which field for what, from the compiled rows."""
    return {(str(why), field, party) for _, field, why, _, party in policy.table.rows if field is not None}


def of_dpv(policy: Policy) -> Triples:
    """Read the triples out of the JSON-LD graph."""

    def name(node: Any, kind: str) -> str:
        return str(node["@id"]).removeprefix(f"#{kind}-")

    return {
        (name(one["dpv:hasPurpose"], "purpose"), name(field, "field"),
         name(one["dpv:hasRecipient"], "party") if "dpv:hasRecipient" in one else None)
        for one in told(policy, "dpv")["@graph"] if one["@type"] == "dpv:Process"
        for field in one["dpv:hasPersonalData"]
    }  # fmt: skip


def of_fideslang(policy: Policy) -> Triples:
    """Read them out of the systems' declarations."""
    return {
        (
            declared["name"].partition(".")[0],
            field,
            None if system["fides_key"] == "shop" else system["fides_key"],
        )
        for system in told(policy, "fideslang")["system"]
        for declared in system["privacy_declarations"]
        for field in declared["features"]
    }


def of_processing(policy: Policy) -> Triples:
    """Read them out of the record of processing."""
    found: Triples = set()
    for activity in told(policy, "processing-json")["activities"]:
        found |= {(activity["purpose"], field, None) for field in activity["here"]}
        for one in activity["recipients"]:
            found |= {(activity["purpose"], field, one["party"]) for field in one["fields"]}
    return found


def of_processing_page(policy: Policy) -> Triples:
    """Read them out of the record as people read it: fields and parties stand in backquotes."""
    found: Triples = set()
    why = ""
    for line in told(policy, "processing").splitlines():
        words = line.split("`")[1::2]
        if line.startswith("- Purpose "):
            why = words[0]
        elif line.startswith("- Categories of data: "):
            found |= {(why, field, None) for field in words}
        elif line.startswith("- Recipient: "):
            found |= {(why, field, words[0]) for field in words[1:]}
    return found


def of_parties(policy: Policy) -> Triples:
    """Read what goes outside out of the CSV."""
    rows = told(policy, "parties")
    return {(row["purpose"], row["item"], row["party"]) for row in rows if row["is_personal"] == "yes"}


def of_parties_json(policy: Policy) -> Triples:
    """Read what goes outside out of the JSON."""
    return {
        (gets["purpose"], item["item"], party["party"])
        for party in told(policy, "parties-json")["parties"]
        for gets in party["gets"]
        for item in gets["items"]
        if item["is_personal"] == "yes"
    }


#: Each export, how it is read, and whether it tells of what is done here as well.
READERS: dict[str, tuple[Callable[[Policy], Triples], bool]] = {
    "dpv": (of_dpv, True),
    "fideslang": (of_fideslang, True),
    "processing": (of_processing_page, True),
    "processing-json": (of_processing, True),
    "parties": (of_parties, False),
    "parties-json": (of_parties_json, False),
}

_RULES = sorted(packaged("classic").rules)
_GOOD = packaged_text("classic")


@st.composite
def some_policy(draw: st.DrawFn) -> Policy:
    """The packaged policy, or one in which rules name fewer fields, in either profile."""
    text = _GOOD
    for id in draw(st.lists(st.sampled_from(_RULES), unique=True, max_size=4)):
        head = f"[rule.{id}]\n"
        at = text.index(head)
        start = text.index("fields = [", at)
        end = text.index("]", start)
        names = tomllib.loads(text[start : end + 1])["fields"]
        if len(names) > 1 and id != "rights.lapse":
            fewer = draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
            listed = ", ".join(f'"{name}"' for name in fewer)
            text = f"{text[:start]}fields = [{listed}{text[end:]}"
    try:
        return parse(text, file="drawn", profile=draw(st.sampled_from(["classic", "strict"])))
    except PolicyError:  # two parts that must agree no longer do
        return packaged(draw(st.sampled_from(["classic", "strict"])))


def test_every_form_has_a_reader_here() -> None:
    """A new export without a reader would be checked by nobody."""
    assert set(READERS) == set(NAMES)


@pytest.mark.parametrize("what", READERS)
@settings(max_examples=10, deadline=None)
@given(policy=some_policy())
def test_an_export_says_all_that_the_table_allows_and_nothing_else(what: str, policy: Policy) -> None:
    """One source, many languages: (purpose, field, party) is the same in each that can say it."""
    read, tells_of_here = READERS[what]
    wanted = {triple for triple in of_table(policy) if tells_of_here or triple[2] is not None}
    assert read(policy) == wanted


@pytest.mark.parametrize("what", NAMES)
@pytest.mark.parametrize(
    ("old", "new", "in_all"),
    [
        ("It gets no list of addresses, and we", "It gets no list of anything, and we", False),
        ('work = "carries our mail to your mailbox"', 'work = "brings our mail to your mailbox"', True),
        ('{ id = "C-2", from', '{ id = "C-22", from', True),
        ('to = "mail"\nfields = ["customer.name", "customer.email"]', 'to = "mail"\nfields = ["customer.email"]', True),
    ],
)  # fmt: skip
def test_an_edit_shows_up_in_every_export(what: str, old: str, new: str, in_all: bool) -> None:
    """A sentence, a party, a contract, a rule: whoever reads an export reads the policy in force."""
    assert old in _GOOD
    edited = parse(_GOOD.replace(old, new, 1), file="edited")
    before, after = (export(one, COMPANY, what) for one in (packaged("classic"), edited))
    assert before != after
    assert edited.hash in after or what == "dpv"
    if not in_all and what not in (
        "parties",
    ):  # a table of items has no room for sentences, only their numbers
        assert "no list of anything" in " ".join(after.split())


@pytest.mark.parametrize("what", NAMES)
def test_an_export_is_the_same_each_time(what: str) -> None:
    """Whoever compares two exports compares two policies."""
    assert export(packaged("strict"), COMPANY, what) == export(packaged("strict"), COMPANY, what)
    assert "{" not in "".join(_texts(told(packaged("strict"), what))), "a placeholder was left unfilled"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def test_an_unknown_form_is_an_error_with_the_nearest() -> None:
    """As for every word."""
    with pytest.raises(UnknownWord, match="did you mean 'parties'"):
        export(packaged("classic"), COMPANY, "partys")


# ---------------------------------------------------------------------------------- foreign vocabularies


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_each_dpv_term_exists(profile: str, shared: Path) -> None:
    """DPV 2.3's own list: a term that is not in it means nothing to anybody."""
    path = shared / "data/vocab-dpv-2.3/dpv.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path.name} at {path.parent}")
    rows = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8")))
    known = {row["iri"] for row in rows}
    graph = told(packaged(profile), "dpv")
    base = graph["@context"]["dpv"]
    used = set(_dpv_terms(graph["@graph"]))
    assert len(used) > 30
    assert {term for term in used if base + term not in known} == set()


def _dpv_terms(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key.startswith("dpv:"):
                yield key.removeprefix("dpv:")
            yield from _dpv_terms(item)
    elif isinstance(value, list):
        for item in value:
            yield from _dpv_terms(item)
    elif isinstance(value, str) and value.startswith("dpv:"):
        yield value.removeprefix("dpv:")


def test_the_json_ld_leads_nowhere_undefined() -> None:
    """Each `@id` that is referred to is a node of the same graph, each prefix stands in the context."""
    whole = told(packaged("classic"), "dpv")
    defined = {node["@id"] for node in _nodes(whole["@graph"]) if len(node) > 1 and "@id" in node}
    used = {node["@id"] for node in _nodes(whole["@graph"]) if "@id" in node and node["@id"].startswith("#")}
    assert used <= defined
    keys = {key.partition(":")[0] for node in _nodes(whole["@graph"]) for key in node if ":" in key}
    assert keys <= set(whole["@context"])


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_fideslang_takes_the_manifest_and_knows_each_word(profile: str) -> None:
    """Its models take an unknown use in silence, so each word is looked up as well."""
    raw = told(packaged(profile), "fideslang")
    known = {
        kind: {one.fides_key for one in getattr(DEFAULT_TAXONOMY, kind)}
        | {one["fides_key"] for one in raw.get(kind, [])}
        for kind in ("data_category", "data_use", "data_subject")
    }
    systems = [fideslang.System(**one) for one in raw["system"]]
    datasets = [fideslang.Dataset(**one) for one in raw["dataset"]]
    (never,) = [fideslang.Policy(**one) for one in raw["policy"]]
    declared = [one for system in systems for one in system.privacy_declarations]
    assert {one.data_use for one in declared} <= known["data_use"]
    assert {word for one in declared for word in one.data_categories} <= known["data_category"]
    assert {word for one in declared for word in one.data_subjects} <= known["data_subject"]
    assert {key for one in declared for key in one.dataset_references or []} == {
        one.fides_key for one in datasets
    }
    assert set(never.rules[0].data_uses.values) <= known["data_use"]
    assert set(never.rules[0].data_subjects.values) <= known["data_subject"]
    forbidden = tuple(never.rules[0].data_uses.values)
    for one in declared:
        assert not any(one.data_use == use or one.data_use.startswith(f"{use}.") for use in forbidden)
