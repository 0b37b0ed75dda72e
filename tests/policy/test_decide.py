"""The table decides: no row, no use; a row needs its conditions; and the answer says why (P0, P11)."""

import timeit
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from typing import Any

import pytest

from microkitten import policy
from microkitten.policy import Question, decide, purpose
from microkitten.policy.words import CONDITIONS

CLASSIC = policy.packaged("classic")
STRICT = policy.packaged("strict")
SHIPPING = Question(
    "recipient.address", purpose.deliver, "shipping", None, frozenset({"staff", "claimed"}), age=3600
)


def test_a_row_with_all_its_conditions_is_a_yes_that_names_rule_and_statement() -> None:
    """Each opening can be led back to a sentence."""
    answer = decide(CLASSIC, SHIPPING)
    assert (answer.allowed, answer.rule, answer.statement) == (True, "deliver.open", "P7")


@pytest.mark.parametrize("missing", ["staff", "claimed"])
def test_each_condition_is_needed(missing: str) -> None:
    """A refusal says which one is missing."""
    answer = decide(CLASSIC, SHIPPING._replace(conditions=SHIPPING.conditions - {missing}))
    assert (answer.allowed, answer.rule, answer.statement) == (False, "deliver.open", "P7")
    assert missing in answer.why


def test_surplus_conditions_widen_nothing() -> None:
    """A told fact may narrow a right, never make one."""
    every = frozenset(CONDITIONS)
    assert decide(CLASSIC, SHIPPING._replace(purpose=purpose.customize, conditions=every)).allowed is False


@pytest.mark.parametrize(
    "change",
    [
        {"field": "payment.last4"},
        {"field": "recipient.addres"},
        {"field": None},
        {"purpose": purpose.confirm},
        {"purpose": "deliver"},
        {"actor": "merchant"},
        {"actor": "web:orders"},
        {"party": "mail"},
        {"party": ""},
        {"act": "collect"},
        {"act": "disclose"},
        {"act": "Use"},
    ],
)
def test_one_word_off_is_a_no_that_quotes_the_closed_list(change: dict[str, Any]) -> None:
    """Closed world: every neighbor of an allowed row is refused."""
    answer = decide(CLASSIC, SHIPPING._replace(**change))
    assert (answer.allowed, answer.rule, answer.statement) == (False, "", "P11")


def test_what_was_typed_for_an_order_may_be_cleared_away_and_a_cookie_only_in_its_time() -> None:
    """What was typed for an order goes while the order is a draft, and not once it is placed (P1, P7, P43)."""

    def erases(field: str, *conditions: str) -> bool:
        return any(
            decide(CLASSIC, Question(field, why, "job:sweep", None, frozenset(conditions), "erase")).allowed
            for why in policy.Purpose.every()
        )

    for field in ("customer.name", "recipient.name", "payment.last4"):
        assert erases(field, "unclaimed", "draft")
        assert erases(field, "claimed", "draft")
    for field in ("customer.name", "recipient.name", "payment.last4", "visitor.seen", "staff.name"):
        assert not erases(field, "claimed")
        assert erases(field, "claimed", "lapsed")


def test_a_right_with_a_time_ends_by_the_second_and_quotes_its_sentence() -> None:
    """Staff open an address for as long as the rule says; before the order, and after that time, they do not (P7)."""
    days = CLASSIC.rules["deliver.open"].within
    assert days is not None
    end = days.seconds_max()
    assert [decide(CLASSIC, SHIPPING._replace(age=age)).allowed for age in (0, 1, end, end + 1, None)] == [
        True, True, True, False, False
    ]  # fmt: skip
    late = decide(CLASSIC, SHIPPING._replace(age=end + 1))
    assert (late.rule, late.statement) == ("deliver.open", "P7")
    assert "its time is over" in late.why


def test_what_has_lapsed_is_opened_by_no_rule_but_those_of_the_law() -> None:
    """Daily use ends with the life, whatever else holds; what else holds, then, is for the books and oneself (P7)."""
    every = frozenset(CONDITIONS)
    for (act, field, why, actor, party), row in CLASSIC.table.rows.items():
        answer = decide(CLASSIC, Question(field, why, actor, party, every, act, age=0))
        opens = act in ("use", "compare", "disclose")
        assert answer.allowed is (not opens or "law" in row.needs), (act, field, why, actor)
        if not answer.allowed:
            assert (answer.rule, answer.why) == (
                row.allowed.rule,
                f"rule {answer.rule} opens nothing that has lapsed",
            )
    over = SHIPPING._replace(conditions=SHIPPING.conditions | {"lapsed"})
    assert not decide(CLASSIC, over).allowed
    books = Question("recipient.address", purpose.books, "operator", None, frozenset({"granted", "law"}))
    for held in (books.conditions, books.conditions | {"lapsed"}):
        assert decide(CLASSIC, books._replace(conditions=held)).allowed
        for word in books.conditions:
            assert not decide(CLASSIC, books._replace(conditions=held - {word})).allowed


def test_nothing_goes_out_without_a_running_contract_and_the_no_quotes_the_parties_sentence() -> None:
    """The refusal names what shoppers were told about those who work for the shop (P21)."""
    mail = Question(
        "customer.email", purpose.confirm, "job:confirm", "mail", frozenset({"claimed", "contract"})
    )
    assert decide(CLASSIC, mail).allowed
    ended = decide(CLASSIC, mail._replace(conditions=frozenset({"claimed"})))
    assert (ended.allowed, ended.rule, ended.statement) == (False, "confirm.mail", "P21")
    neither = decide(CLASSIC, mail._replace(conditions=frozenset()))
    assert (neither.allowed, neither.statement) == (False, "P15")
    handed = {key: row for key, row in CLASSIC.table.rows.items() if key[4] is not None}
    assert handed
    assert all("contract" in row.needs for row in handed.values())


def test_a_contract_runs_from_its_first_day_to_its_end_or_its_review() -> None:
    """The first day counts, the day of the end and the day of the review do not (P21)."""
    first, due, last = date(2026, 11, 22), date(2027, 11, 22), date(2028, 11, 22)
    contract = policy.Contract("C-1", first, last, due)
    one = timedelta(days=1)
    days = (first - one, first, due - one, due, last - one, last)
    assert [contract.running(day) for day in days] == [False, True, True, False, False, False]
    reviewed = policy.Contract("C-1", first, last, last)
    assert [reviewed.running(day) for day in days] == [False, True, True, True, True, False]


def test_parties_get_their_fields_and_no_others() -> None:
    """The mail service gets name and address for the confirmation; the card processor nothing personal (P22)."""
    claimed = frozenset({"claimed", "contract"})
    given = {
        (field, to, why.name)
        for field in CLASSIC.fields
        for to in CLASSIC.parties
        for why in policy.Purpose.every()
        for actor in ("job:pay", "job:confirm", "job:sweep")
        if decide(CLASSIC, Question(field, why, actor, to, claimed)).allowed
    }
    assert given == {("customer.name", "mail", "confirm"), ("customer.email", "mail", "confirm")}
    assert dict(CLASSIC.gives("mail")) == {purpose.confirm: ("customer.name", "customer.email")}
    assert dict(CLASSIC.gives("card_processor")) == {purpose.bill: ()}


def test_a_hand_over_of_facts_alone_is_decided_too() -> None:
    """No field goes to the card processor, yet only the payment job may speak to it (P30)."""
    bound = frozenset({"contract"})
    assert decide(CLASSIC, Question(None, purpose.bill, "job:pay", "card_processor", bound)).allowed
    assert not decide(CLASSIC, Question(None, purpose.bill, "job:confirm", "card_processor", bound)).allowed
    assert not decide(CLASSIC, Question(None, purpose.deliver, "job:pay", "card_processor", bound)).allowed
    assert CLASSIC.facts("card_processor", purpose.bill) == {"amount_minor", "currency", "reference"}
    assert CLASSIC.facts("card_processor", purpose.confirm) == frozenset()


def test_the_profiles_differ_in_who_may_set_the_cookie() -> None:
    """`strict` mints no identifier before the yes, whatever the code asks (P8)."""
    mint = Question("visitor.cookie", purpose.customize, "web:visitors", None, frozenset(), "collect")
    assert decide(CLASSIC, mint).allowed
    assert not decide(STRICT, mint).allowed
    assert decide(STRICT, mint._replace(conditions=frozenset({"consent"}))).allowed
    assert (CLASSIC.cookies["__Host-visitor"].assign, STRICT.cookies["__Host-visitor"].assign) == (
        "on_visit",
        "on_consent",
    )


def test_apart_from_that_the_profiles_allow_the_same() -> None:
    """Neither profile weakens another lock (appendix B)."""
    differing = {
        key for key, row in CLASSIC.table.rows.items() if STRICT.table.rows[key].needs != row.needs
    } | CLASSIC.table.rows.keys() ^ STRICT.table.rows.keys()
    assert differing == {("collect", "visitor.cookie", purpose.customize, "web:visitors", None)}


def test_payment_shipping_and_cookie_data_serve_only_their_purposes() -> None:
    """What P5, P6 and P9 promise, read off the table."""
    serves: dict[str, set[str]] = {}
    for _, field, why, *_ in CLASSIC.table.rows:
        serves.setdefault((field or "").partition(".")[0], set()).add(why.name)
    assert serves["payment"] == {"bill", "rights"}
    assert serves["recipient"] == {"deliver", "books", "legal", "rights"}
    assert serves["visitor"] == {"customize", "rights"}


def test_only_the_declared_inputs_write_a_field() -> None:
    """Provenance (P1): surplus input has nowhere to go."""
    assert CLASSIC.may_write("checkout.email", "customer.email")
    assert not CLASSIC.may_write("proof.email", "customer.email")
    assert CLASSIC.may_compare("proof.email", "customer.email")
    assert not CLASSIC.may_write("checkout.email", "customer.name")
    assert not CLASSIC.may_compare("proof.email", "customer.nme")


def test_each_field_has_one_owner() -> None:
    """A datum is about one kind of person (P6)."""
    kinds = [CLASSIC.kind_fields(kind) for kind in ("customer", "recipient", "visitor", "staff")]
    assert sum(map(len, kinds)) == len(CLASSIC.fields)
    assert frozenset().union(*kinds) == set(CLASSIC.fields)
    assert CLASSIC.group_of("payment.last4").person == "customer"


def test_nothing_of_a_policy_can_be_changed() -> None:
    """The table in memory is the one that was hashed."""
    with pytest.raises(FrozenInstanceError):
        CLASSIC.hash = "x"  # type: ignore[misc]
    rows: Any = CLASSIC.table.rows
    rules: Any = CLASSIC.rules
    with pytest.raises(TypeError):
        rows["use", "a.b", purpose.bill, "person", None] = next(iter(rows.values()))
    with pytest.raises(TypeError):
        del rules["bill.collect"]
    with pytest.raises(FrozenInstanceError):
        CLASSIC.rules["bill.collect"].when = frozenset()  # type: ignore[misc]


def test_look_ups_of_unknown_words_say_what_was_meant() -> None:
    """Every look-up is closed."""
    with pytest.raises(policy.UnknownWord, match=r"customer\.email"):
        CLASSIC.field("customer.emial")
    with pytest.raises(policy.UnknownWord):
        CLASSIC.gives("maill")
    with pytest.raises(policy.UnknownWord):
        CLASSIC.fields_of("customers")
    with pytest.raises(policy.UnknownWord):
        CLASSIC.statement("P99")


def test_a_decision_takes_about_a_microsecond() -> None:
    """The hot path; printed, and only a gross slip fails."""
    allowed = min(timeit.repeat(lambda: decide(CLASSIC, SHIPPING), number=20_000, repeat=5)) / 20_000
    off = SHIPPING._replace(purpose=purpose.customize)
    refused = min(timeit.repeat(lambda: decide(CLASSIC, off), number=20_000, repeat=5)) / 20_000
    print(f"decide: allowed {allowed * 1e9:.0f} ns, refused without row {refused * 1e9:.0f} ns")
    assert allowed < 50e-6
