"""P8: one cookie may recognize a browser; who gets it and when is as the profile's sentence says."""

import re

import pytest

from tests.buying import Shopper, form_to, text_of
from tests.promises.outsider import CHOICE, COOKIE, GOODS, Bought, Outsider, buy, cookies_of

DAYS_400 = str(400 * 86_400)
PATHS = [
    "/",
    "/catalog/",
    f"/products/{GOODS[0]}",
    "/search?q=ball",
    "/privacy",
    "/security",
    "/cart",
    "/your-cookie",
]


def answered(shop: Outsider, answer: str, guest: Shopper | None = None) -> Shopper:
    """Return a browser that has answered the question on its own page."""
    browser = guest or shop.visit()
    browser.send(form_to(browser.get("/your-cookie"), "/choice"), answer=answer)
    return browser


def visitors(shop: Outsider) -> int:
    """Return how many browsers the vault has anything of."""
    ((count,),) = shop.vault("SELECT COUNT(*) FROM vault_person WHERE kind = 'visitor'")
    return int(count)


@pytest.mark.shows("customize.cookie", "cookie.__Host-visitor")
def test_the_first_visit_sets_it_in_classic(classic: Outsider) -> None:
    """Feature: 22 random characters, 400 days, out of reach of scripts and of other hosts, and nothing besides."""
    set_ = cookies_of(classic.visit().get("/"))
    assert set(set_) == {COOKIE}
    cookie = set_[COOKIE]
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie["value"])
    assert cookie["max-age"] == DAYS_400
    assert cookie.keys() >= {"secure", "httponly"}
    assert (cookie["samesite"].lower(), cookie["path"]) == ("lax", "/")
    assert "domain" not in cookie


def test_no_two_browsers_get_the_same(classic: Outsider) -> None:
    """Attack: a value that is made from the browser or counted on would repeat or resemble."""
    values = {cookies_of(classic.visit().get("/"))[COOKIE]["value"] for _ in range(8)}
    assert len(values) == 8
    assert len({value[:4] for value in values}) == 8


def test_no_page_sets_it_in_strict_before_a_yes(strict: Outsider) -> None:
    """Lock: a whole visit, a purchase included, and no identifier; and nobody came to be in the vault by looking."""
    guest, before = strict.visit(), visitors(strict)
    for path in PATHS:
        assert COOKIE not in cookies_of(guest.get(path))
    assert visitors(strict) == before
    order = buy(strict, recipients=1, shopper=guest)
    assert order.number
    assert COOKIE not in guest.session.cookies


@pytest.mark.shows("customize.cookie")
def test_a_yes_in_strict_sets_it_and_is_written_down(strict: Outsider) -> None:
    """Feature: after the yes there is one, and the ledger has a consent under the page's own hash."""
    before = [leaf for leaf in strict.ledger() if leaf["k"] == "consent"]
    guest = answered(strict, "yes")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", guest.session.cookies[COOKIE])
    consents = [leaf for leaf in strict.ledger() if leaf["k"] == "consent"]
    assert len(consents) == len(before) + 1
    assert consents[-1]["p"] == "customize"
    assert consents[-1]["policy"] in strict.privacy()


def test_each_visit_renews_it(either: Outsider) -> None:
    """Feature: "lasting" means the same value again, for 400 days from now."""
    guest = answered(either, "yes")
    value = guest.session.cookies[COOKIE]
    renewed = cookies_of(guest.get("/"))[COOKIE]
    assert (renewed["value"], renewed["max-age"]) == (value, DAYS_400)


@pytest.mark.shows("cookie.__Host-choice")
def test_a_no_is_remembered_without_an_identifier_and_ends_what_was(either: Outsider) -> None:
    """Feature: after a no the cookie is gone, nothing is asked again, and two who said no look the same."""
    one, two = answered(either, "no", answered(either, "yes")), answered(either, "no")
    for guest in (one, two):
        for path in PATHS:
            assert cookies_of(guest.get(path)).get(COOKIE, {}).get("value", "") == ""
        assert COOKIE not in guest.session.cookies
        assert guest.session.cookies[CHOICE] == "no"
        assert text_of(guest.get("/fragments/choice").text) == ""
    assert "You said no" in one.get("/your-cookie").text


@pytest.mark.shows("lock.opt-out-signal")
def test_the_opt_out_signal_counts_as_a_no(either: Outsider) -> None:
    """Feature: with Sec-GPC there is none, and one that was there before is taken back and its key destroyed."""
    guest = answered(either, "yes")
    value = guest.session.cookies[COOKIE]
    guest.session.headers["Sec-GPC"] = "1"
    people = visitors(either)
    assert cookies_of(guest.get("/"))[COOKIE]["max-age"] == "0"
    assert visitors(either) == people - 1
    for path in PATHS:
        assert COOKIE not in cookies_of(guest.get(path))
    told = guest.get("/.well-known/gpc.json").json()
    assert told["gpc"] is True
    back = either.visit()
    back.session.cookies.set(COOKIE, value)
    assert "What hangs on it" not in back.get("/your-cookie").text


@pytest.mark.shows("rights.forget")
def test_forgetting_ends_it_at_once(either: Outsider) -> None:
    """Feature: the page "your cookie" shows the value and a button; after it the value means nothing."""
    guest = answered(either, "yes")
    value = guest.session.cookies[COOKIE]
    page = guest.get("/your-cookie")
    assert value in page.text
    people = visitors(either)
    page = guest.send(form_to(page, "/forgetting"), follow=False)
    assert cookies_of(page)[COOKIE]["max-age"] == "0"
    assert visitors(either) == people - 1
    stale = either.visit()
    stale.session.cookies.set(COOKIE, value)
    assert value not in stale.get("/your-cookie").text


def test_a_planted_identifier_leads_to_nothing(either: Outsider) -> None:
    """Attack: a value of the right shape that the vault never made; nothing hangs on it, nothing is kept under it."""
    planted, before = "A" * 22, visitors(either)
    guest = either.visit()
    guest.session.cookies.set(COOKIE, planted)
    for _ in range(2):
        answer = guest.session.post(
            f"{either.address}/fragments/seen",
            data={"product": GOODS[0]},
            headers={"Origin": either.address},
            timeout=20,
        )
        assert answer.text == ""
    assert "What hangs on it" not in guest.get("/your-cookie").text
    assert visitors(either) == before


def test_strict_does_not_make_a_planted_identifier_last(strict: Outsider) -> None:
    """Attack: somebody put a value into the browser; without a yes no page renews it, on kept pages neither."""
    guest = strict.visit()
    guest.session.cookies.set(COOKIE, "A" * 22)
    for path in PATHS:
        assert COOKIE not in cookies_of(guest.get(path)), path


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "curl/8", "", "python-requests/2"])
def test_programs_that_are_no_browsers_get_none(classic: Outsider, agent: str) -> None:
    """A robot is nobody to be known again, so it is nobody in the vault either."""
    before = visitors(classic)
    assert COOKIE not in cookies_of(classic.visit(**{"User-Agent": agent}).get("/"))
    assert visitors(classic) == before


@pytest.mark.shows(
    "cookie.__Host-visitor",
    "cookie.__Host-cart",
    "cookie.__Host-orders",
    "cookie.__Host-csrf",
    "lock.cookie-list",
)
def test_the_jar_after_a_whole_visit_is_the_list_on_the_page(shop: Outsider, bought: Bought) -> None:
    """Evidence: shopping, paying, proving, signing in as staff; no cookie but those of the table, and no storage."""
    staff, known = shop.staff(), answered(shop, "yes")
    staff.get("/staff/goods/")
    jars = {
        *bought.shopper.session.cookies.keys(),
        *staff.session.cookies.keys(),
        *known.session.cookies.keys(),
    }
    page = text_of(shop.privacy())
    assert jars == set(shop.policy["cookie"])
    assert {name for name in jars if name not in page} == set()
    for script in re.findall(r'<script src="([^"]+)"', shop.visit().get("/").text):
        if "vendor" not in script:
            assert not re.search(
                r"localStorage|sessionStorage|indexedDB|document\.cookie", shop.visit().get(script).text
            )


def test_everything_works_without_it(either: Outsider) -> None:
    """The sentence on the other cookies: after a no, the shop sells all the same."""
    order = buy(either, recipients=1, shopper=answered(either, "no"))
    assert order.recipients[0]["line1"] in order.page
    assert "everything in the shop still works" in either.sentence("P8b")


def test_the_page_is_the_same_for_everybody(either: Outsider) -> None:
    """Attack: a page that differed by the cookie would let a cache or a stranger tell browsers apart."""
    known, nobody = answered(either, "yes"), either.visit(**{"Sec-GPC": "1"})
    for path in ("/", f"/products/{GOODS[0]}", "/catalog/"):
        assert known.get(path).content == nobody.get(path).content
        assert (
            "ETag" not in known.get(path).headers
            or known.get(path).headers["ETag"] == nobody.get(path).headers["ETag"]
        )


def test_the_page_says_what_forgetting_and_the_signal_lead_to(shop: Outsider) -> None:
    """Whoever forgets is told of the next cookie; whose browser says no is offered no yes that would not count."""
    forgotten = shop.visit().get("/your-cookie?forgotten=1").text
    assert (
        'The next page gives this browser a new cookie, on which nothing hangs. If it is to get none, press "No'
        in (forgotten.replace("&#34;", '"'))
    )
    signal = shop.visit(**{"Sec-GPC": "1"}).get("/your-cookie").text
    assert "Your browser says no for you" in signal
    assert "Yes, know this browser again" not in signal
