"""What the page is made of, and what `explain` answers: the same file, in words (P0, P42)."""

import re

import pytest

from microkitten import policy
from microkitten.policy.explain import explain
from microkitten.policy.render import Page, page, rule_words
from microkitten.policy.wording import Company, fill

COMPANY = Company("microkitten, llc", "The Small Shop", "hello@example.com", "1 Cat Lane, Springfield")
PAGES = {profile: page(policy.packaged(profile), COMPANY) for profile in ("classic", "strict")}
BOTH = pytest.mark.parametrize("made", PAGES.values(), ids=PAGES.keys())


def texts(made: Page) -> str:
    """Return all words of a page."""
    return " ".join(f"{each.title} {each.text} {each.meaning}" for each in made.statements)


@BOTH
def test_no_placeholder_is_left(made: Page) -> None:
    """A hole in a promise is no promise."""
    assert not re.search(r"[{}]", texts(made) + made.company)


@BOTH
def test_statements_are_short(made: Page) -> None:
    """One to three sentences, one for what it means; people should read to the end."""
    for each in made.statements:
        sentences = len(re.findall(r"[.!?](?:\s|\)|$)", each.text.replace(":-)", "")))
        assert 1 <= sentences <= 5, each.id
        assert len(each.text) < 600, each.id
        assert len(re.findall(r"[.!?](?:\s|$)", each.meaning)) == 1, each.id


@BOTH
def test_the_page_names_company_contact_version_date_and_ends_with_a_smile(made: Page) -> None:
    """P42."""
    said = next(each for each in made.statements if each.id == "P42").text
    for part in (
        "microkitten, llc",
        "1 Cat Lane",
        "hello@example.com",
        "version 3",
        "November 22, 2026",
        made.profile,
    ):
        assert part in said
    assert said.endswith(":-)")
    assert len(made.hash) == 64


@BOTH
def test_each_thing_bound_is_said_in_words(made: Page) -> None:
    """The margin of the page: what makes the sentence true."""
    for each in made.statements:
        assert each.bound
        assert all(
            bound.words and bound.kind in ("rule", "cookie", "party", "group", "lock") for bound in each.bound
        )


@BOTH
def test_every_field_stands_in_the_table_of_what_we_hold(made: Page) -> None:
    """Nothing held is missing from "what, why, who, how long"."""
    titles = {title for why in made.purposes for holding in why.holdings for title in holding.fields}
    known = policy.packaged(made.profile)
    assert titles == {field.title for field in known.fields.values()}
    assert all(holding.how_long for why in made.purposes for holding in why.holdings)
    assert all(why.statements for why in made.purposes)


@BOTH
def test_parties_and_cookies_are_listed_whole(made: Page) -> None:
    """The lists on the page are the lists of the program."""
    assert [party.name for party in made.parties] == ["card_processor", "mail"]
    assert made.parties[0].gets[0].fields == ()
    assert made.parties[0].gets[0].facts == ("the amount", "the currency", "a random reference")
    assert made.parties[1].gets[0].fields == ("your name", "your e-mail address")
    assert len(made.cookies) == 6
    assert {party.consideration for party in made.parties} == {"none"}


def test_one_word_switches_wording_and_rule_together() -> None:
    """A profile is not a setting beside the text (appendix B)."""
    classic, strict = (texts(PAGES[profile]) for profile in ("classic", "strict"))
    assert "On your first visit" in classic
    assert "only after you have said yes" in strict
    assert "provided that your browser is able" in classic
    assert "encrypted, always" in strict
    differing = {
        one.id for one, two in zip(PAGES["classic"].statements, PAGES["strict"].statements, strict=True)
        if (one.title, one.text, one.meaning) != (two.title, two.text, two.meaning)
    }  # fmt: skip
    assert differing == {"P8", "P36", "P42"}


def test_figures_in_sentences_are_the_program_s_own() -> None:
    """Edit the life of a group and the sentence follows."""
    edited = policy.packaged_text("classic").replace('life = "P6M"', 'life = "P90D"')
    said = page(policy.parse(edited, file="edited.toml"), COMPANY)
    assert "When shipping is over, at the latest 90 days after the order" in texts(said)


def test_settings_of_the_store_are_text_and_nothing_else() -> None:
    """A company called {email} gets no second look."""
    odd = Company("{email}", "{date}", "", "1 Cat Lane")
    made = policy.packaged("classic")
    assert fill("{company} {store} {contact} {contacts}", made, odd) == "{email} {date} 1 Cat Lane 1 Cat Lane"
    assert fill("{company} of {date}", made) == "{company} of November 22, 2026"


def test_explain_says_yes_with_rule_and_sentence() -> None:
    """The merchant's question, answered."""
    answer = explain(
        policy.packaged("classic"),
        actor="shipping",
        field="recipient.address",
        purpose="deliver",
        conditions=["staff", "claimed"],
        age=86_400,
        company=COMPANY,
    )
    assert answer.verdict == "yes"
    assert "rule deliver.open" in answer.text
    assert "P7, Shipping data is for shipping" in answer.text


def test_explain_names_the_conditions_that_are_missing() -> None:
    """A yes that hangs on something says on what."""
    answer = explain(policy.packaged("classic"), actor="person", field="customer.name", purpose="rights")
    assert (answer.verdict, answer.missing) == ("yes, if", ("proven",))
    assert "the vault's pass" in answer.text


def test_explain_says_no_and_what_comes_near() -> None:
    """A no names the closed list and the rules nearby."""
    answer = explain(
        policy.packaged("classic"), actor="merchant", field="recipient.address", purpose="deliver"
    )
    assert answer.verdict == "no"
    assert "near it, rule deliver.open" in answer.text
    assert "P11" in answer.text


def test_explain_answers_for_parties() -> None:
    """To whom is a part of the question."""
    made = policy.packaged("classic")
    mail = explain(made, actor="job:confirm", field="customer.email", purpose="confirm", party="mail")
    card = explain(made, actor="job:pay", field="customer.email", purpose="bill", party="card_processor")
    assert (mail.verdict, card.verdict) == ("yes, if", "no")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ({"actor": "shiping"}, "did you mean 'shipping'"),
        ({"field": "recipient.adress"}, "did you mean 'recipient.address'"),
        ({"purpose": "delivery"}, "did you mean 'deliver'"),
        ({"party": "post"}, "known are: card_processor, mail"),
        ({"act": "open"}, "known are: collect, compare"),
        ({"conditions": ["claim"]}, "did you mean 'claimed'"),
    ],
)
def test_explain_teaches_unknown_words(words: dict[str, object], hint: str) -> None:
    """Never a silent no for a slip of the finger."""
    asked: dict[str, object] = {
        "actor": "shipping",
        "field": "recipient.address",
        "purpose": "deliver",
        **words,
    }
    with pytest.raises(policy.UnknownWord, match=hint):
        explain(policy.packaged("classic"), **asked)  # type: ignore[arg-type]


@BOTH
def test_each_statement_stands_in_one_chapter(made: Page) -> None:
    """Grouped for reading, none lost, and the page still ends as the original did."""
    grouped = [said.id for chapter in made.chapters for said in chapter.statements]
    assert sorted(grouped) == sorted(said.id for said in made.statements)
    assert grouped[0] == "P0"
    assert made.chapters[-1].statements[-1].text.endswith(":-)")
    assert len({chapter.anchor for chapter in made.chapters}) == len(made.chapters)


def test_a_sentence_of_the_store_s_own_has_a_chapter_too() -> None:
    """Whatever its number, it is on the page."""
    text = policy.packaged_text("classic").replace('id = "P12"', 'id = "P77"')
    made = page(policy.parse(text, file="edited.toml"), COMPANY)
    assert "P77" in [said.id for chapter in made.chapters for said in chapter.statements]


@BOTH
def test_each_purpose_has_a_card_with_a_meaning_and_a_reason(made: Page) -> None:
    """What, why, who, how long, and what it means: none is empty."""
    for card in made.purposes:
        assert card.why
        assert card.meaning in {said.meaning for said in made.statements}
        assert card.basis_words.endswith(f"({card.basis}).")
        assert all(holding.actors and holding.how_long for holding in card.holdings)
    deliver = next(card for card in made.purposes if card.name == "deliver")
    assert deliver.holdings[0].use_ends == "60 days after the order"


@BOTH
def test_the_drawn_lives_are_those_of_the_file(made: Page) -> None:
    """A bar is as long as the program keeps."""
    drawn = {group.name: (group.months, group.use_months) for group in made.groups}
    assert drawn["recipient"] == (6.0, 2.0)
    assert drawn["customer"] == (13.0, None)
    edited = policy.packaged_text("classic").replace('life = "P6M"', 'life = "P90D"')
    shorter = page(policy.parse(edited, file="edited.toml"), COMPANY)
    assert {group.name: group.months for group in shorter.groups}["recipient"] == 3.0


@BOTH
def test_who_gets_what_is_the_table_drawn(made: Page) -> None:
    """Each mark follows from rows: who may open, who is sent, who only stores or compares."""
    known = policy.packaged(made.profile)
    titles = {group.title: name for name, group in known.groups.items()}
    for row in made.matrix[:-1]:
        fields = set(known.fields_of(titles[row.title]))
        rows = [key for key in known.table.rows if key[1] in fields]
        for party, mark in zip(known.parties, row.marks[3:], strict=True):
            assert (mark.kind == "gets") is any(key[4] == party for key in rows), (row.title, party)
        staff = any(key[0] == "use" and key[3] in ("shipping", "merchant") for key in rows)
        assert (row.marks[1].kind == "opens") is staff, row.title
        assert (row.marks[0].kind == "opens") is any(key[0] == "use" and key[3] == "person" for key in rows)
    assert [mark.kind for mark in made.matrix[-1].marks[3:]] == ["gets", "gets"]


@BOTH
def test_the_parties_are_told_whole(made: Page) -> None:
    """Company, contract, review, and how to have it erased there."""
    for party in made.parties:
        assert party.company
        assert party.erasure
        assert party.contract
        assert re.fullmatch(r"[A-Z][a-z]+ \d+, 20\d\d", party.contract_review)


def test_a_rule_with_an_end_says_it() -> None:
    """The margin tells until when."""
    made = policy.packaged("classic")
    assert "until 60 days after the order" in rule_words(made, made.rules["deliver.open"])
