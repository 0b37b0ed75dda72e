"""Sentence, rule and behavior agree: for each profile, with a fresh browser in each situation (appendix B)."""

from tests.buying import Shopper, form_to
from tests.promises.outsider import COOKIE, GOODS, Outsider, cookies_of

CLASSIC = "On your first visit your browser gets a cookie that lasts"
STRICT = "Your browser gets a lasting cookie only after you have said yes"
NO_SIGNAL = {"classic": "we take that as your no", "strict": "Global Privacy Control signal counts as a no"}


def says(shop: Outsider) -> str:
    """First way: what the page says of who gets the cookie unasked."""
    said = shop.sentence("P8")
    assert (CLASSIC in said) is not (STRICT in said)
    return "unasked" if CLASSIC in said else "after a yes"


def allows(shop: Outsider) -> str:
    """Second way: what the table answers when the cookie's pages ask to write one, with no consent there is."""
    asked = ("web:visitors", "visitor.cookie", "customize", "--act", "collect")
    answer = shop.explain(*asked)
    assert answer["rule"] == "customize.cookie"
    assert shop.explain(*asked, "--condition", "consent")["verdict"] == "yes"
    return {"yes": "unasked", "yes, if": "after a yes"}[answer["verdict"]]


def does(shop: Outsider) -> str:
    """Third way: what a fresh browser finds at its first page."""
    return "unasked" if COOKIE in cookies_of(shop.visit().get("/")) else "after a yes"


def test_the_first_visit(either: Outsider) -> None:
    """Page, table and browser agree on who gets the cookie unasked; and it is as the profile says."""
    assert says(either) == allows(either) == does(either)
    assert says(either) == {"classic": "unasked", "strict": "after a yes"}[either.profile]


def choose(shop: Outsider, answer: str) -> Shopper:
    """Answer the question as a browser without scripts does, on the page that asks."""
    guest = shop.visit()
    guest.send(form_to(guest.get("/your-cookie"), "/choice"), answer=answer)
    return guest


def test_a_yes(either: Outsider) -> None:
    """The page speaks of a lasting cookie, the table lets it be found again, the browser has and keeps it."""
    assert "22 random characters" in either.sentence("P8")
    finds = ("web:visitors", "visitor.cookie", "customize", "--act", "compare")
    assert either.explain(*finds, "--condition", "consent")["verdict"] == "yes"
    guest = choose(either, "yes")
    value = guest.session.cookies[COOKIE]
    assert cookies_of(guest.get("/"))[COOKIE]["value"] == value


def test_a_no(either: Outsider) -> None:
    """The page says that a no ends it, the table lets it be erased without any condition, the browser has none."""
    assert {"classic": "say no more", "strict": "take your yes back"}[either.profile] in either.sentence("P8")
    erases = either.explain("web:visitors", "visitor.cookie", "rights", "--act", "erase")
    assert (erases["verdict"], erases["rule"]) == ("yes", "rights.forget")
    guest = choose(either, "no")
    assert COOKIE not in cookies_of(guest.get("/"))
    assert COOKIE not in guest.session.cookies


def test_the_opt_out_signal(either: Outsider) -> None:
    """The page says that the signal counts as a no, the table opens nothing without the key, the browser has none."""
    assert NO_SIGNAL[either.profile] in either.sentence("P8")
    assert either.explain("web:visitors", "visitor.seen", "customize")["missing"] == ["consent"]
    guest = either.visit(**{"Sec-GPC": "1"})
    for path in ("/", f"/products/{GOODS[0]}", "/your-cookie"):
        assert COOKIE not in cookies_of(guest.get(path))
    assert guest.get("/fragments/choice").text == ""


def test_a_robot(either: Outsider) -> None:
    """What is no browser is nobody to be known again, in either profile."""
    assert "your browser" in either.sentence("P8").lower()
    assert COOKIE not in cookies_of(either.visit(**{"User-Agent": "Googlebot/2.1"}).get("/"))


def test_no_scripts(either: Outsider) -> None:
    """Without scripts the question, the answer and the button to forget are whole pages with forms."""
    guest = either.visit()
    page = guest.get("/your-cookie")
    form = form_to(page, "/choice")
    assert form.buttons.keys() == {"answer"}
    page = guest.send(form, answer="yes")
    assert COOKIE in guest.session.cookies
    assert guest.session.cookies[COOKIE] in page.text
    guest.send(form_to(guest.get("/your-cookie"), "/forgetting"), follow=False)
    assert COOKIE not in guest.session.cookies


def test_encryption_is_worded_by_the_profile_and_alike_in_behavior(either: Outsider) -> None:
    """The condition of the original, with its honest other half, or no condition: the shop does the same."""
    said = either.sentence("P36")
    assert ("provided that your browser is able to" in said) is (either.profile == "classic")
    assert ("gets no page from us at all" in said) is (either.profile == "strict")
