"""No text makes the parser fail, take long, or invent a date."""

import gc
import math
import time
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.languages.registry import find_language
from bot.parsing.when import MAX_TEXT_LENGTH, When, find_time_phrase, parse_time_phrase

NOW = datetime(2026, 6, 9, 10)
NOTHING = When(None, None)

#: The error keys that have a sentence. A new key needs a sentence in the texts of each language first.
ERROR_KEYS = {
    "when-no-such-date",
    "when-no-such-time",
    "when-no-such-week",
    "when-weekday-differs",
    "when-slip",
    "when-several",
    "when-passed",
    "when-ends-before-it-begins",
    "when-two-clock-times",
    "when-other-zone",
    "when-unread",
}


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1 ",
        "fredag og ",
        "kl. ",
        "14-16-",
        "den 99. ",
        "hver ",
        "12.",
        "²",
        "i ",
        "1 time og ",
        "til til ",
        "@",
        "½",
    ],
)
def test_long_text_takes_no_longer_than_it_is_long(unit: str) -> None:
    whole, quarter = Stopwatch(unit, MAX_TEXT_LENGTH), Stopwatch(unit, MAX_TEXT_LENGTH // 4)
    beyond_limit = Stopwatch(unit, 60_000)
    assert any(whole.measure() < 8 * quarter.measure() + 0.02 for _ in range(_MEASUREMENTS))
    assert any(beyond_limit.measure() < 0.02 for _ in range(_MEASUREMENTS))


#: A machine that others use as well makes a measurement too long, and never too short. So the shortest one counts.
_MEASUREMENTS = 12


class Stopwatch:
    """Measures how long a text of one repeated unit takes to read; `seconds` is the shortest of all measurements.

    It counts the processor time of this thread, without the collector of unused objects: its time depends on how many
    objects the tests before this one have left.
    """

    def __init__(self, unit: str, length: int) -> None:
        self.text = (unit * length)[:length]
        self.seconds = math.inf
        for _ in range(3):
            self.measure()

    def measure(self) -> float:
        """Measure once more, and return the shortest time so far."""
        gc.disable()
        try:
            began = time.thread_time()
            for language in ("da", "en"):
                find_time_phrase(self.text, now=NOW, language=language)
                parse_time_phrase(self.text, now=NOW, language=language)
            self.seconds = min(self.seconds, time.thread_time() - began)
        finally:
            gc.enable()
        return self.seconds


def test_text_beyond_the_limit_is_not_read_at_all() -> None:
    assert find_time_phrase("fredag kl. 14" + " " * MAX_TEXT_LENGTH, now=NOW, language="da") is None


@pytest.mark.parametrize(
    "text",
    [
        "kl. ²",
        "den ²",
        "uge ²",
        "٣ juni",
        "den 99999.",
        "uge 99999",
        "12. juni 99999",
        "om 99999 dage",
        "kl. 99999",
        "\x00",
        "é́",
    ],
)
def test_strange_number_gives_no_time(text: str) -> None:
    when = parse_time_phrase(text, now=NOW, language="da")
    assert (when.start, when.end) == (None, None)


@pytest.mark.parametrize("text", ["om 999 år", "om 999 måneder", "fredag om 999 uger", "uge 25 2099", "12. juni 2099"])
def test_far_future_is_read_without_failing(text: str) -> None:
    assert parse_time_phrase(text, now=NOW, language="da").start is not None


WORDS = sorted(
    {
        word.strip()
        for code in ("da", "en")
        for words in find_language(code).time_words.roles.values()
        for phrase in ([words] if isinstance(words, str) else words)
        for word in phrase.split(",")
    }
)
numbers = st.sampled_from(
    "1 2 12 14 25 31 99 12. 31. 14:00 14.30 12/6 30/2 1400 2026 12-06-2026 2026-02-30 2,5".split()
)
marks = st.sampled_from([",", "-", ".", "?", "–"])
phrases = st.lists(st.sampled_from(WORDS) | numbers | marks, min_size=1, max_size=9).map(" ".join)
languages = st.sampled_from(["da", "en"])
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))


@settings(max_examples=1500, deadline=None)
@given(phrases, languages, moments)
@example("nat til February 2026 1. juledag Apr. 1. juledag", "en", datetime(2026, 1, 1))
def test_any_words_of_time_are_read_without_failing(text: str, language: str, now: datetime) -> None:
    when = parse_time_phrase(text, now=now, language=language)
    found = find_time_phrase(text, now=now, language=language)
    for one in (when, found.when if found else NOTHING):
        if one.start is not None and one.end is not None:
            assert type(one.start) is type(one.end)
            assert one.start < one.end
        assert one.error is None or (one.start, one.end) == (None, None)
        assert one.error is None or one.error.key in ERROR_KEYS
        assert not one.deadline or one.start is None
    for start, end in found.char_ranges if found else ():
        assert 0 <= start < end <= len(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), languages)
def test_any_text_is_read_without_failing(text: str, language: str) -> None:
    parse_time_phrase(text, now=NOW, language=language)
    find_time_phrase(text, now=NOW, language=language)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(0, 6), languages)
def test_weekday_is_always_the_next_one_after_today(now: datetime, weekday: int, language: str) -> None:
    name = find_language(language).weekdays[weekday]
    start = parse_time_phrase(name, now=now, language=language).start
    assert isinstance(start, date)
    assert (start.weekday(), 1 <= (start - now.date()).days <= 7) == (weekday, True)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(0, 23), st.integers(0, 59))
def test_clock_is_always_its_next_occurrence(now: datetime, hour: int, minute: int) -> None:
    start = parse_time_phrase(f"kl. {hour}.{minute:02}", now=now, language="da").start
    assert isinstance(start, datetime)
    assert (start.hour, start.minute) == (hour, minute)
    assert 0 < (start - now).total_seconds() <= 24 * 3600
