"""School holidays are times where the community has said when they are, and asked about where it has not."""

from datetime import date, datetime

import pytest

from bot.parsing.when import SchoolHolidays, When, find_time_in_languages

NOW = datetime(2026, 6, 9, 10)
HOLIDAYS = (
    ("sommerferie", (date(2026, 6, 27), date(2026, 8, 10))),
    ("efterårsferie", (date(2026, 10, 10), date(2026, 10, 19))),
    ("efterårsferie", (date(2025, 10, 11), date(2025, 10, 20))),
)


def read(text: str, holidays: SchoolHolidays | None = HOLIDAYS) -> When | None:
    found = find_time_in_languages(text, now=NOW, languages=("da", "en"), holidays=holidays)
    return found.when if found else None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("i efterårsferien", date(2026, 10, 10), date(2026, 10, 19)),
        ("hele sommerferien", date(2026, 6, 27), date(2026, 8, 10)),
        ("i skoleferien", date(2026, 6, 27), date(2026, 8, 10)),
        ("inden sommerferien", None, date(2026, 6, 27)),
        ("frem til efterårsferien", None, date(2026, 10, 10)),
        ("efter sommerferien", date(2026, 8, 10), date(2026, 8, 24)),
        ("uge 42 (efterårsferien)", date(2026, 10, 12), date(2026, 10, 19)),
        ("week 42 (autumn holiday)", date(2026, 10, 12), date(2026, 10, 19)),
        ("uge 42-ferien", date(2026, 10, 12), date(2026, 10, 19)),
        ("in the school holidays", date(2026, 6, 27), date(2026, 8, 10)),
    ],
)
def test_school_holiday_is_a_time(text: str, start: date | None, end: date) -> None:
    when = read(text)
    assert when is not None
    assert (when.start, when.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "rrule"),
    [
        (
            "hver fredag kl. 9 til 1. november undtagen skoleferier",
            "20260703,20260710,20260717,20260724,20260731,20260807,20261016",
        ),
        ("hver fredag kl. 9 til 1. november ikke i efterårsferien", "20261016"),
    ],
)
def test_school_holidays_are_left_out_of_a_series(text: str, rrule: str) -> None:
    when = read(text)
    assert when is not None
    assert when.rrule == f"FREQ=WEEKLY;BYDAY=FR;UNTIL=20261101;EXDATE={rrule}"


def test_series_ends_before_a_holiday_and_begins_behind_one() -> None:
    until, after = read("hver fredag kl. 9 til sommerferien"), read("hver fredag kl. 9 efter sommerferien")
    assert until is not None
    assert until.rrule == "FREQ=WEEKLY;BYDAY=FR;UNTIL=20260626"
    assert after is not None
    assert after.start == datetime(2026, 8, 14, 9)


@pytest.mark.parametrize(
    "text", ["i vinterferien", "hver fredag kl. 9 undtagen vinterferien", "in the summer holidays"]
)
def test_unknown_school_holiday_is_an_error(text: str) -> None:
    when = read(text)
    assert when is not None
    assert when.error is not None
    assert when.error.key == "when-no-school-holiday"


@pytest.mark.parametrize("text", ["i skoleferien", "i efterårsferien"])
def test_community_without_school_holidays_is_told_so(text: str) -> None:
    when = read(text, ())
    assert when is not None
    assert when.error is not None
    assert when.error.key == "when-no-school-holiday"
    assert read(text, None) is None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("mandag i efterårsferien", date(2026, 10, 12)),
        ("mandagen i efterårsferien kl. 9", datetime(2026, 10, 12, 9)),
    ],
)
def test_weekday_in_a_school_holiday_is_a_day(text: str, start: date) -> None:
    when = read(text)
    assert when is not None
    assert (when.start, when.alternatives) == (start, ())


@pytest.mark.parametrize(
    ("text", "name"),
    [("torsdag i sommerferien kl. 9", "sommerferie"), ("thursday in the summer holiday at 9", "summer holiday")],
)
def test_weekday_that_a_school_holiday_has_several_times_has_several_meanings(text: str, name: str) -> None:
    when = read(text, ((name, (date(2026, 6, 27), date(2026, 8, 10))),))
    assert when is not None
    days = [when, *when.alternatives]
    assert [each.start for each in days] == [datetime(2026, 7, day, 9) for day in (2, 9, 16, 23, 30)] + [
        datetime(2026, 8, 6, 9)
    ]
