"""How people say when to be reminded and when to be left in peace; what we write of it is read back as the same."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages.write_reminders import write_lead_time, write_quiet_hours
from bot.parsing.when.components import Duration
from bot.parsing.when.reminder_phrases import add_duration, find_duration, find_quiet_hours, find_reminder_times
from bot.reminder_times import MAX_LEAD_TIME, LeadTime, QuietHours

EVENING, HOUR = LeadTime(days=1, at=time(18)), timedelta(hours=1)

clocks = st.times(timezones=st.none()).map(lambda clock: clock.replace(second=0, microsecond=0))
lengths = st.integers(1, int(MAX_LEAD_TIME.total_seconds()) // 60).map(lambda minutes: timedelta(minutes=minutes))
aheads = st.one_of(
    lengths.map(lambda long: LeadTime(length=long)),
    st.builds(LeadTime, days=st.integers(0, MAX_LEAD_TIME.days), at=clocks),
)
languages = st.sampled_from(["da", "en"])


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("aftenen før", "da", [EVENING]),
        ("mig aftenen før kl. 20 og 3 timer før", "da", [LeadTime(days=1, at=time(20)), LeadTime(length=3 * HOUR)]),
        ("aftenen før kl. 8", "da", [LeadTime(days=1, at=time(20))]),
        ("dagen før", "da", [EVENING]),
        ("dagen før kl. 9.30", "da", [LeadTime(days=1, at=time(9, 30))]),
        ("morgenen før", "da", [LeadTime(days=1, at=time(7))]),
        ("2 dage før kl. 12", "da", [LeadTime(days=2, at=time(12))]),
        ("en halv time før", "da", [LeadTime(length=HOUR / 2)]),
        ("halvanden time inden", "da", [LeadTime(length=1.5 * HOUR)]),
        ("2 timer og 30 minutter før", "da", [LeadTime(length=2.5 * HOUR)]),
        ("1 dag før og 2 timer før", "da", [LeadTime(length=24 * HOUR), LeadTime(length=2 * HOUR)]),
        ("en uge før", "da", [LeadTime(length=7 * 24 * HOUR)]),
        ("samme morgen", "da", [LeadTime(days=0, at=time(7))]),
        ("samme dag kl. 6", "da", [LeadTime(days=0, at=time(6))]),
        ("om morgenen", "da", [LeadTime(days=0, at=time(7))]),
        ("2 timer før, 2 timer før", "da", [LeadTime(length=2 * HOUR)]),
        ("the evening before", "en", [EVENING]),
        (
            "the evening before at 8pm and 3 hours before",
            "en",
            [LeadTime(days=1, at=time(20)), LeadTime(length=3 * HOUR)],
        ),
        ("the day before at 9:30", "en", [LeadTime(days=1, at=time(9, 30))]),
        ("half an hour before", "en", [LeadTime(length=HOUR / 2)]),
        ("90 min before", "en", [LeadTime(length=1.5 * HOUR)]),
        ("the same morning", "en", [LeadTime(days=0, at=time(7))]),
        ("3 days before at noon", "en", [LeadTime(days=3, at=time(12))]),
    ],
)
def test_times_to_be_reminded_are_read(text: str, language: str, meant: list[LeadTime]) -> None:
    found = find_reminder_times(text, language)
    assert found is not None
    assert list(found.value) == meant


@pytest.mark.parametrize(
    "text", ["", "om 2 timer", "3 timer", "fredag kl. 14", "bane 12 før kampen", "om aftenen", "x" * 5000]
)
def test_what_is_no_time_to_be_reminded_is_none(text: str) -> None:
    assert find_reminder_times(text, "da") is None


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("22-7", "da", QuietHours(time(22), time(7))),
        ("22 - 7", "da", QuietHours(time(22), time(7))),
        ("21:30-08:00", "da", QuietHours(time(21, 30), time(8))),
        ("22.30-7.15", "da", QuietHours(time(22, 30), time(7, 15))),
        ("fra kl. 22 til kl. 7", "da", QuietHours(time(22), time(7))),
        ("kl. 22 til 7, tak", "da", QuietHours(time(22), time(7))),
        ("mellem 13 og 15", "da", QuietHours(time(13), time(15))),
        ("22-24", "da", QuietHours(time(22), time(0))),
        ("10pm to 7am", "en", QuietHours(time(22), time(7))),
        ("from 22:00 until 7:00", "en", QuietHours(time(22), time(7))),
        ("between 10 pm and 6:30 am", "en", QuietHours(time(22), time(6, 30))),
    ],
)
def test_quiet_hours_are_read(text: str, language: str, meant: QuietHours) -> None:
    found = find_quiet_hours(text, language)
    assert found is not None
    assert found.value == meant


@pytest.mark.parametrize("text", ["", "8-8", "25-7", "kl. 22", "natten", "x" * 5000])
def test_what_are_no_quiet_hours_is_none(text: str) -> None:
    assert find_quiet_hours(text, "da") is None


@pytest.mark.parametrize(
    ("text", "language", "until"),
    [
        ("1 time", "da", "2026-06-09T11:00"),
        ("i 2 uger", "da", "2026-06-23T10:00"),
        ("en halv time", "da", "2026-06-09T10:30"),
        ("en måned, tak", "da", "2026-07-09T10:00"),
        ("for an hour and a half", "en", "2026-06-09T11:30"),
        ("2 weeks", "en", "2026-06-23T10:00"),
    ],
)
def test_lengths_are_read(text: str, language: str, until: str) -> None:
    found = find_duration(text, language)
    assert found is not None
    assert add_duration(datetime(2026, 6, 9, 10), found.value) == datetime.fromisoformat(until)


def test_a_length_beyond_all_calendars_has_no_end() -> None:
    assert add_duration(datetime(2026, 6, 9, 10), Duration(months=999 * 999)) is None


@given(st.lists(aheads, min_size=1, max_size=5, unique=True), languages)
def test_what_is_written_is_read_back_as_the_same_times(times: list[LeadTime], language: str) -> None:
    written = ", ".join(write_lead_time(ahead, language=language) for ahead in times)
    found = find_reminder_times(written, language)
    assert found is not None
    assert list(found.value) == times


@given(clocks, clocks, languages)
def test_what_is_written_is_read_back_as_the_same_quiet(begins: time, ends: time, language: str) -> None:
    if begins != ends:
        quiet = QuietHours(begins, ends)
        found = find_quiet_hours(write_quiet_hours(quiet, language=language), language)
        assert found is not None
        assert found.value == quiet
