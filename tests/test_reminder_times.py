"""When people are told and when they are left in peace: also in the nights in which the clocks are changed."""

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


def here(said: str, fold: int = 0) -> datetime:
    """A moment by the clocks of Denmark."""
    return datetime.fromisoformat(said).replace(tzinfo=DENMARK, fold=fold).astimezone(UTC)


def shown(moment: datetime) -> str:
    """What the clocks of Denmark show."""
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
def test_what_falls_into_quiet_hours_waits_for_their_end(due: str, allowed: str) -> None:
    assert shown(first_allowed_time(here(due), NIGHT, DENMARK)) == allowed


def test_quiet_in_the_day_ends_on_the_same_day() -> None:
    nap = QuietHours(time(12), time(14, 30))
    assert shown(first_allowed_time(here("2026-06-09 13:00"), nap, DENMARK)) == "2026-06-09 14:30"
    assert shown(first_allowed_time(here("2026-06-09 15:00"), nap, DENMARK)) == "2026-06-09 15:00"


def test_whoever_has_no_quiet_hours_is_told_at_once() -> None:
    assert first_allowed_time(here("2026-06-09 03:00"), None, DENMARK) == here("2026-06-09 03:00")


@pytest.mark.parametrize(
    ("begins", "allowed"),
    [("07:30", "05:30"), ("08:00", "05:30"), ("08:01", "08:00"), ("12:00", "08:00")],
)
def test_what_begins_before_the_quiet_is_over_is_urgent(begins: str, allowed: str) -> None:
    found = first_allowed_time(here("2026-06-10 05:30"), NIGHT, DENMARK, here(f"2026-06-10 {begins}"))
    assert shown(found) == f"2026-06-10 {allowed}"


def test_quiet_that_ends_at_a_clock_time_left_out_ends_as_long_after_midnight() -> None:
    short = QuietHours(time(22), time(2, 30))
    assert shown(first_allowed_time(here("2026-03-29 01:00"), short, DENMARK)) == "2026-03-29 03:30"


def test_quiet_that_ends_at_a_clock_time_shown_twice_ends_the_first_time() -> None:
    short = QuietHours(time(22), time(2, 30))
    assert first_allowed_time(here("2026-10-25 01:00"), short, DENMARK) == here("2026-10-25 02:30")
    again = here("2026-10-25 02:10", fold=1)
    assert first_allowed_time(again, short, DENMARK) == again


@given(moments, quiets, zones)
def test_the_moment_allowed_is_the_first_one_outside_the_quiet(
    due: datetime, quiet: QuietHours, zone: ZoneInfo
) -> None:
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
def test_asking_again_changes_nothing(due: datetime, quiet: QuietHours, zone: ZoneInfo) -> None:
    allowed = first_allowed_time(due, quiet, zone)
    assert first_allowed_time(allowed, quiet, zone) == allowed


@given(moments, quiets, zones, st.timedeltas(timedelta(), timedelta(days=2)))
def test_nobody_learns_of_something_only_when_it_has_begun(
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
def test_the_evening_before_is_the_same_clock_time_all_year(begins: str, told: str) -> None:
    assert shown(LeadTime(days=1, at=time(18)).reminder_time(here(begins), DENMARK)) == told


def test_two_hours_before_are_two_hours_in_the_night_of_the_change() -> None:
    assert LeadTime(length=2 * HOUR).reminder_time(here("2026-03-29 04:00"), DENMARK) == datetime(
        2026, 3, 29, tzinfo=UTC
    )
    assert LeadTime(length=2 * HOUR).reminder_time(here("2026-10-25 04:00"), DENMARK) == datetime(
        2026, 10, 25, 1, tzinfo=UTC
    )


def test_quiet_hours_that_end_when_they_begin_are_refused() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        QuietHours(time(8), time(8))
