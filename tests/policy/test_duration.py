"""Durations: four shapes, exact ends, plain words (P7)."""

from datetime import UTC, datetime

import pytest

from microkitten.policy.duration import BadDuration, Duration


@pytest.mark.parametrize(
    "text",
    ["", "30", "P", "PT", "P0D", "P1W", "P1Y6M", "P-1D", "P1.5D", "p30d", " P30D", "P30D\n", "PT30M", "P٣D"],
)
def test_other_shapes_are_refused(text: str) -> None:
    """Each length has one spelling; zero and fractions are no lengths."""
    with pytest.raises(BadDuration):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "words", "seconds"),
    [
        ("PT1H", "1 hour", 3600),
        ("PT12H", "12 hours", 43_200),
        ("P400D", "400 days", 34_560_000),
        ("P1M", "1 month", 2_678_400),
        ("P7Y", "7 years", 221_356_800),
    ],
)
def test_each_shape_is_read_and_said(text: str, words: str, seconds: int) -> None:
    """The page says what the program reckons with."""
    duration = Duration.parse(text)
    assert (str(duration), duration.words(), duration.seconds_max()) == (text, words, seconds)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("PT1H", datetime(2027, 1, 31, 13, 30, tzinfo=UTC)),
        ("P30D", datetime(2027, 3, 2, 12, 30, tzinfo=UTC)),
        ("P1M", datetime(2027, 2, 28, 12, 30, tzinfo=UTC)),
        ("P13M", datetime(2028, 2, 29, 12, 30, tzinfo=UTC)),
        ("P7Y", datetime(2034, 1, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_the_end_is_reckoned_by_the_calendar(text: str, end: datetime) -> None:
    """A month from January 31 ends in February."""
    assert Duration.parse(text).after(datetime(2027, 1, 31, 12, 30, tzinfo=UTC)) == end


def test_a_year_from_a_leap_day_ends_on_the_last_of_february() -> None:
    """There is no February 29 to end on."""
    assert Duration.parse("P1Y").after(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2029, 2, 28, tzinfo=UTC)
