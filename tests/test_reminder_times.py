"""Reminder times and quiet hours are right, also in the nights in which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminder_times import LeadTime, QuietHours, first_allowed_time
from bot.span import Span

DENMARK = ZoneInfo("Europe/Copenhagen")
NIGHT = QuietHours(time(21), time(8))
HOUR = timedelta(hours=1)

clocks = st.times(timezones=st.none()).map(lambda clock: clock.replace(second=0, microsecond=0))
quiets = st.tuples(clocks, clocks).filter(lambda two: two[0] != two[1]).map(lambda two: QuietHours(*two))
#: Days around both changes of the clocks, and any other.
days = st.one_of(
    st.dates(date(2026, 3, 27), date(2026, 3, 31)),
    st.dates(date(2026, 10, 23), date(2026, 10, 27)),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
moments = st.builds(lambda day, clock: datetime.combine(day, clock, UTC), days, clocks)
zones = st.sampled_from([DENMARK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Havana"), ZoneInfo("UTC")])


def moment_of(said: str, fold: int = 0) -> datetime:
    """Return the moment of a Danish local time."""
    return datetime.fromisoformat(said).replace(tzinfo=DENMARK, fold=fold).astimezone(UTC)


def local_time(moment: datetime) -> str:
    """Return the Danish local time of a moment."""
    return f"{moment.astimezone(DENMARK):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("due", "allowed"),
    [
        ("2026-06-09 20:59", "2026-06-09 20:59"),
        ("2026-06-09 21:00", "2026-06-10 08:00"),
        ("2026-06-10 00:00", "2026-06-10 08:00"),
        ("2026-06-10 07:59", "2026-06-10 08:00"),
        ("2026-06-10 08:00", "2026-06-10 08:00"),
        ("2026-03-28 22:00", "2026-03-29 08:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00"),
    ],
)
def test_time_in_quiet_hours_moves_to_their_end(due: str, allowed: str) -> None:
    assert local_time(first_allowed_time(moment_of(due), NIGHT, DENMARK)) == allowed


def test_quiet_hours_in_the_day_end_on_the_same_day() -> None:
    nap = QuietHours(time(12), time(14, 30))
    assert local_time(first_allowed_time(moment_of("2026-06-09 13:00"), nap, DENMARK)) == "2026-06-09 14:30"
    assert local_time(first_allowed_time(moment_of("2026-06-09 15:00"), nap, DENMARK)) == "2026-06-09 15:00"


def test_without_quiet_hours_the_time_is_unchanged() -> None:
    assert first_allowed_time(moment_of("2026-06-09 03:00"), None, DENMARK) == moment_of("2026-06-09 03:00")


@pytest.mark.parametrize(
    ("begins", "allowed"),
    [("07:30", "05:30"), ("08:00", "05:30"), ("08:01", "08:00"), ("12:00", "08:00")],
)
def test_start_before_the_end_of_quiet_hours_is_urgent(begins: str, allowed: str) -> None:
    found = first_allowed_time(moment_of("2026-06-10 05:30"), NIGHT, DENMARK, moment_of(f"2026-06-10 {begins}"))
    assert local_time(found) == f"2026-06-10 {allowed}"


def test_quiet_hours_that_end_at_a_skipped_time_end_as_long_after_midnight() -> None:
    short = QuietHours(time(22), time(2, 30))
    assert local_time(first_allowed_time(moment_of("2026-03-29 01:00"), short, DENMARK)) == "2026-03-29 03:30"


def test_quiet_hours_that_end_at_a_repeated_time_end_the_first_time() -> None:
    short = QuietHours(time(22), time(2, 30))
    assert first_allowed_time(moment_of("2026-10-25 01:00"), short, DENMARK) == moment_of("2026-10-25 02:30")
    again = moment_of("2026-10-25 02:10", fold=1)
    assert first_allowed_time(again, short, DENMARK) == again


@given(moments, quiets, zones)
def test_allowed_moment_is_the_first_one_outside_quiet_hours(due: datetime, quiet: QuietHours, zone: ZoneInfo) -> None:
    allowed = first_allowed_time(due, quiet, zone)
    around = [due.astimezone(zone).date() + day * timedelta(days=1) for day in range(-2, 4)]
    spans = [quiet.span_on(day, zone) for day in around]
    assert allowed == min(
        moment for moment in (due, *(span.end for span in spans)) if moment >= due and not is_in(moment, spans)
    )


def is_in(moment: datetime, spans: list[Span]) -> bool:
    """Whether a moment is in one of the spans."""
    return any(span.start <= moment < span.end for span in spans)


@given(moments, quiets, zones)
def test_allowed_moment_is_allowed(due: datetime, quiet: QuietHours, zone: ZoneInfo) -> None:
    allowed = first_allowed_time(due, quiet, zone)
    assert first_allowed_time(allowed, quiet, zone) == allowed


@given(moments, quiets, zones, st.timedeltas(timedelta(), timedelta(days=2)))
def test_allowed_moment_is_not_after_the_start(
    due: datetime, quiet: QuietHours, zone: ZoneInfo, later: timedelta
) -> None:
    assert due <= first_allowed_time(due, quiet, zone, due + later) <= due + later


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        ("2026-06-10 14:00", "2026-06-09 18:00"),
        ("2026-03-29 14:00", "2026-03-28 18:00"),
        ("2026-10-25 14:00", "2026-10-24 18:00"),
    ],
)
def test_evening_before_is_the_same_local_time_all_year(begins: str, told: str) -> None:
    assert local_time(LeadTime(days=1, at=time(18)).reminder_time(moment_of(begins), DENMARK)) == told


def test_two_hours_before_are_two_hours_in_the_night_of_a_clock_change() -> None:
    assert LeadTime(length=2 * HOUR).reminder_time(moment_of("2026-03-29 04:00"), DENMARK) == datetime(
        2026, 3, 29, tzinfo=UTC
    )
    assert LeadTime(length=2 * HOUR).reminder_time(moment_of("2026-10-25 04:00"), DENMARK) == datetime(
        2026, 10, 25, 1, tzinfo=UTC
    )


def test_quiet_hours_that_end_when_they_begin_are_refused() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        QuietHours(time(8), time(8))
