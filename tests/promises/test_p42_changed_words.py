"""P42: when the words about the lasting cookie change, a yes to the old ones is none any more; a no stays a no."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from tests.buying import form_to, text_of
from tests.running import ROOT, RunningStore, a_folder, free_port

pytestmark = pytest.mark.slow
COOKIE, CHOICE = "__Host-visitor", "__Host-choice"
WORDS = "It lets the shop recognize a browser that comes back"


@pytest.fixture(params=["classic", "strict"])
def store(request: pytest.FixtureRequest) -> Iterator[RunningStore]:
    """A sample store of either profile."""
    with a_folder() as folder:
        running = RunningStore(folder, free_port(), {"MICROKITTEN_SAMPLES_PICTURES": "none"})
        try:
            running.start()
            if request.param == "strict":
                edit(running, 'profile = "classic"', 'profile = "strict"')
                adopt(running)
            yield running
        finally:
            running.stop()


def edit(store: RunningStore, old: str, new: str) -> None:
    """Change the first place of policy.toml that says `old`."""
    path = store.folder / "policy.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def adopt(store: RunningStore) -> None:
    """Put the edited policy in force."""
    words = [sys.executable, "-m", "microkitten", "policy", "adopt", "--renumber", str(store.folder)]
    done = subprocess.run(
        words, capture_output=True, text=True, env=store.environ, cwd=ROOT, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def get(store: RunningStore, browser: requests.Session, path: str) -> requests.Response:
    """Read a page."""
    return browser.get(store.address + path, timeout=30)


def answered(store: RunningStore, answer: str) -> requests.Session:
    """Return a browser that has answered the question on its own page, and looked at a product."""
    browser = store.session()
    form = form_to(get(store, browser, "/your-cookie"), "/choice")
    browser.post(
        form.action, data={**form.values, "answer": answer}, headers={"Origin": store.address}, timeout=30
    )
    return browser


def test_a_yes_to_other_words_is_no_yes(store: RunningStore) -> None:
    """Feature: strict asks anew and the old cookie leads nowhere; classic gives a new one; a no is remembered."""
    strict = 'profile = "strict"' in (store.folder / "policy.toml").read_text("utf-8")
    yes, no = answered(store, "yes"), answered(store, "no")
    old = yes.cookies[COOKIE]
    assert "What hangs on it" in get(store, yes, "/your-cookie").text
    assert text_of(get(store, yes, "/fragments/choice").text) == ""

    edit(store, WORDS, f"{WORDS}, on this device,")
    adopt(store)

    stale = store.session()
    stale.cookies.set(COOKIE, old)
    assert "What hangs on it" not in get(store, stale, "/your-cookie").text
    asked = text_of(get(store, yes, "/fragments/choice").text)
    if strict:
        assert asked != ""
        get(store, yes, "/")
        assert COOKIE not in yes.cookies
        form = form_to(get(store, yes, "/your-cookie"), "/choice")
        yes.post(
            form.action, data={**form.values, "answer": "yes"}, headers={"Origin": store.address}, timeout=30
        )
        assert text_of(get(store, yes, "/fragments/choice").text) == ""
    else:
        get(store, yes, "/fragments/seen")
    assert yes.cookies[COOKIE] != old
    assert "What hangs on it" in get(store, yes, "/your-cookie").text
    assert no.cookies[CHOICE] == "no"
    assert text_of(get(store, no, "/fragments/choice").text) == ""
    get(store, no, "/")
    assert COOKIE not in no.cookies
