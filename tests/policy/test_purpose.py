"""Purposes are closed: no way to write a use without one, or with one of one's own (P11)."""

import copy
import copyreg
import pickle
import subprocess
import sys
from collections.abc import Callable

import pytest

from microkitten import policy
from microkitten.policy import generate, purpose
from microkitten.policy.closed import Purpose, UnknownWord, close


def test_the_constants_are_the_purposes_of_the_packaged_policy() -> None:
    """Drift between file and constants would let code use a purpose that the page does not tell."""
    assert generate.TARGET.read_text("utf-8") == generate.generated()
    assert {str(each) for each in Purpose.every()} == set(policy.packaged("classic").purposes)


def test_the_generator_tells_whether_the_file_is_right() -> None:
    """`--check` is what the build runs."""
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize(
    "forge",
    [
        lambda: Purpose("deliver"),
        lambda: Purpose(),
        lambda: object.__new__(Purpose),
        lambda: type(purpose.deliver)("deliver"),
        lambda: type("Mine", (Purpose,), {}),
        lambda: copyreg.__newobj__(Purpose),  # type: ignore[attr-defined]
        lambda: copyreg._reconstructor(Purpose, object, None),  # type: ignore[attr-defined]
        lambda: pickle.dumps(purpose.deliver),
        lambda: pickle.loads(b"cmicrokitten.policy.closed\nPurpose\n)\x81."),
        lambda: pickle.loads(b"cmicrokitten.policy.closed\nPurpose\n(S'deliver'\ntR."),
        lambda: close("mine"),
        lambda: setattr(purpose.deliver, "name", "bill"),
        lambda: delattr(purpose.deliver, "name"),
        lambda: setattr(purpose.deliver, "extra", 1),
    ],
)
def test_no_other_purpose_can_be_made(forge: Callable[[], object]) -> None:
    """Construction, subclassing, unpickling, renaming: each is refused."""
    with pytest.raises((TypeError, AttributeError, RuntimeError)):
        forge()
    assert len(Purpose.every()) == 9


def test_copies_are_the_same_object() -> None:
    """Equality is identity, so a copy must be the original."""
    assert copy.copy(purpose.bill) is purpose.bill
    assert copy.deepcopy([purpose.bill])[0] is purpose.bill


@pytest.mark.parametrize("word", ["delver", "", "DELIVER", "deliver ", "offers", "__class__"])
def test_a_name_that_the_policy_lacks_is_refused(word: str) -> None:
    """A purpose parsed from text exists only if the policy has it."""
    with pytest.raises(UnknownWord):
        Purpose.named(word)


def test_a_text_that_only_equals_a_name_is_refused() -> None:
    """A subclass of str could lie about its hash and equality."""

    class Liar(str):
        pass

    with pytest.raises(UnknownWord):
        Purpose.named(Liar("deliver"))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """People mistype; the error teaches."""
    with pytest.raises(UnknownWord, match="did you mean 'deliver'"):
        Purpose.named("delver")


def test_a_purpose_shows_its_name() -> None:
    """It travels as its name and stands so in logs."""
    assert (str(purpose.verify), repr(purpose.verify)) == ("verify", "purpose.verify")


def test_importing_the_inner_module_first_changes_nothing() -> None:
    """Whatever is imported first, the list is closed before anybody can add to it."""
    code = "from microkitten.policy.closed import Purpose; assert len(Purpose.every()) == 9"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
