"""Times are written as people say them, and read back as the same time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages.write_time import write_clock, write_day, write_day_of_year, write_full, write_short
from bot.parsing.when import parse_time_phrase

NOW = datetime(2026, 6, 9, 10)
FRIDAY = datetime(2026, 6, 12, 14)


@pytest.mark.parametrize(
    ("start", "end", "danish", "english"),
    [
        (FRIDAY, None, "fredag den 12. juni kl. 14, uge 24", "Friday 12 June at 14:00, week 24"),
        (
            FRIDAY,
            FRIDAY.replace(hour=16),
            "fredag den 12. juni kl. 14-16, uge 24",
            "Friday 12 June at 14:00-16:00, week 24",
        ),
        (
            FRIDAY.replace(minute=30),
            None,
            "fredag den 12. juni kl. 14.30, uge 24",
            "Friday 12 June at 14:30, week 24",
        ),
        (
            FRIDAY.replace(hour=18),
            datetime(2026, 6, 13),
            "fredag den 12. juni kl. 18-24, uge 24",
            "Friday 12 June at 18:00-24:00, week 24",
        ),
        (
            FRIDAY.replace(hour=22),
            datetime(2026, 6, 13, 2),
            "fredag den 12. juni kl. 22-2, uge 24",
            "Friday 12 June at 22:00-02:00, week 24",
        ),
        (
            FRIDAY,
            datetime(2026, 6, 13, 15),
            "fredag den 12. juni kl. 14 til lørdag den 13. juni kl. 15, uge 24",
            "Friday 12 June at 14:00 to Saturday 13 June at 15:00, week 24",
        ),
        (date(2026, 6, 12), None, "fredag den 12. juni, uge 24", "Friday 12 June, week 24"),
        (
            date(2026, 6, 12),
            date(2026, 6, 15),
            "fredag den 12. juni til søndag den 14. juni, uge 24",
            "Friday 12 June to Sunday 14 June, week 24",
        ),
        (
            date(2026, 7, 6),
            date(2026, 7, 27),
            "mandag den 6. juli til søndag den 26. juli, uge 28-30",
            "Monday 6 July to Sunday 26 July, weeks 28-30",
        ),
        (date(2027, 6, 9), None, "onsdag den 9. juni 2027, uge 23", "Wednesday 9 June 2027, week 23"),
        (date(2026, 6, 8), None, "mandag den 8. juni, uge 24", "Monday 8 June, week 24"),
        (date(2026, 2, 2), None, "mandag den 2. februar 2026, uge 6", "Monday 2 February 2026, week 6"),
    ],
)
def test_write_full(start: datetime, end: datetime | None, danish: str, english: str) -> None:
    assert write_full(start, end, language="da", now=NOW) == danish
    assert write_full(start, end, language="en", now=NOW) == english


def test_write_short() -> None:
    assert write_short(FRIDAY, language="da") == "fre. 12. juni kl. 14"
    assert write_short(FRIDAY, language="en") == "Fri 12 June at 14:00"
    assert write_short(FRIDAY, language="da", year=True) == "fre. 12. juni 2026 kl. 14"
    assert write_short(FRIDAY, FRIDAY.replace(hour=16), language="da", now=NOW) == "fre. 12. juni kl. 14-16"
    assert write_short(datetime(2027, 6, 9, 9), language="da", now=NOW) == "ons. 9. juni 2027 kl. 9"


def test_write_clock() -> None:
    assert write_clock(FRIDAY, language="da") == "kl. 14"
    assert write_clock(FRIDAY, FRIDAY.replace(hour=16), language="da") == "kl. 14-16"
    assert write_clock(FRIDAY.replace(hour=9, minute=30), language="da") == "kl. 9.30"
    assert write_clock(FRIDAY, FRIDAY.replace(hour=16), language="en") == "14:00-16:00"


def test_write_day() -> None:
    assert write_day(date(2026, 6, 12), language="da") == "fredag den 12. juni"
    assert write_day(FRIDAY, language="en") == "Friday 12 June"


minutes = st.datetimes(datetime(2001, 1, 1), datetime(2098, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))
languages = st.sampled_from(["da", "en"])
writers = st.sampled_from([write_full, write_short])


def assert_read_back(
    written: str, start: datetime | date, end: datetime | date | None, language: str, now: datetime
) -> None:
    """Assert that a written time is read as that time, or as a date that has passed, when its year was left out."""
    when = parse_time_phrase(written, now=now, language=language)
    first = start.date() if isinstance(start, datetime) else start
    if first < now.date() and str(first.year) not in written:
        assert when.error is not None, written
        passed = f"{write_day_of_year(first.month, first.day, language=language)} {first.year}"
        assert (written, when.error.key, when.error.values["date"]) == (written, "when-passed", passed)
    else:
        assert (written, when.start, when.end, when.error) == (written, start, end, None)


@settings(max_examples=300, deadline=None)
@given(writers, languages, minutes, minutes, st.integers(1, 4 * 24 * 60) | st.none())
def test_written_moment_is_read_back(write, language, now, start, length) -> None:  # type: ignore[no-untyped-def]
    end = start + timedelta(minutes=length) if length else None
    written = write(start, end, language=language, now=now)
    assert_read_back(written, start, end, language, now)


@settings(max_examples=300, deadline=None)
@given(writers, languages, minutes, st.dates(date(2001, 1, 1), date(2098, 1, 1)), st.integers(2, 60) | st.none())
def test_written_days_are_read_back(write, language, now, start, length) -> None:  # type: ignore[no-untyped-def]
    end = start + timedelta(days=length) if length else None
    written = write(start, end, language=language, now=now)
    assert_read_back(written, start, end, language, now)


@settings(max_examples=200, deadline=None)
@given(languages, minutes, st.integers(1, 24 * 60 - 1) | st.none())
def test_written_clock_is_read_back_on_that_day(language, start, length) -> None:  # type: ignore[no-untyped-def]
    end = start + timedelta(minutes=length) if length else None
    written = f"{write_day(start, language=language)} {write_clock(start, end, language=language)}"
    when = parse_time_phrase(written, now=start - timedelta(hours=1), language=language)
    expected_start = start if start.date() >= (start - timedelta(hours=1)).date() else None
    assert (when.start, when.end) == (expected_start, end)


@settings(max_examples=200, deadline=None)
@given(languages, minutes, st.dates(date(2001, 1, 1), date(2098, 1, 1)))
def test_written_day_is_read_back(language: str, now: datetime, day: date) -> None:
    when = parse_time_phrase(write_day(day, language=language, year=True), now=now, language=language)
    assert (when.start, when.end, when.error) == (day, None, None)


@settings(max_examples=200, deadline=None)
@given(languages, st.dates(date(2026, 6, 9), date(2027, 6, 8)))
def test_written_day_of_the_year_is_read_back_as_the_next_one(language: str, day: date) -> None:
    when = parse_time_phrase(write_day_of_year(day.month, day.day, language=language), now=NOW, language=language)
    assert (when.start, when.end, when.error) == (day, None, None)


def test_span_with_its_year_behind_the_last_day_is_within_that_year() -> None:
    when = parse_time_phrase("den 1. maj til den 2. juni 2028", now=NOW, language="da")
    assert (when.start, when.end) == (date(2028, 5, 1), date(2028, 6, 3))
    night = "fredag den 31. december kl. 20 til lørdag den 1. januar 2028 kl. 2"
    when = parse_time_phrase(night, now=NOW, language="da")
    assert (when.start, when.end) == (datetime(2027, 12, 31, 20), datetime(2028, 1, 1, 2))


def test_leap_day_that_has_passed_is_called_passed() -> None:
    when = parse_time_phrase("torsdag den 29. februar", now=datetime(2024, 3, 1, 10), language="da")
    assert when.error is not None
    assert (when.error.key, when.error.values["date"]) == ("when-passed", "29. februar 2024")
