"""What comes again is written as people say it, and read back as the same times."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.languages.write_series import write_series
from bot.parsing.rrule import occurrences
from bot.parsing.when import parse_time_phrase

NOW = datetime(2026, 6, 9, 10)
NINE, ELEVEN = datetime(2026, 6, 12, 9), datetime(2026, 6, 12, 11)


@pytest.mark.parametrize(
    ("start", "end", "rrule", "last", "danish", "english"),
    [
        (
            datetime(2027, 4, 2, 9),
            datetime(2027, 4, 2, 11),
            "FREQ=WEEKLY;BYDAY=FR;UNTIL=20271031",
            date(2027, 10, 29),
            "hver fredag kl. 9-11 fra fredag den 2. april 2027 til fredag den 29. oktober 2027",
            "every Friday at 09:00-11:00 from Friday 2 April 2027 to Friday 29 October 2027",
        ),
        (
            NINE,
            ELEVEN,
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;EXDATE=20260710,20260724,20260807",
            None,
            "hver anden fredag kl. 9-11 fra fredag den 12. juni undtagen fredag den 10. juli, fredag den 24. juli og "
            "fredag den 7. august",
            "every other Friday at 09:00-11:00 from Friday 12 June except Friday 10 July, Friday 24 July and Friday "
            "7 August",
        ),
        (
            date(2026, 6, 15),
            None,
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            None,
            "alle hverdage fra mandag den 15. juni",
            "every weekday from Monday 15 June",
        ),
        (
            date(2026, 6, 15),
            None,
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE",
            None,
            "hver tredje uge om mandagen og onsdagen fra mandag den 15. juni",
            "every 3 weeks on Monday and Wednesday from Monday 15 June",
        ),
        (
            date(2026, 7, 6),
            None,
            "FREQ=MONTHLY;BYDAY=1MO,3MO",
            None,
            "den første og tredje mandag i måneden fra mandag den 6. juli",
            "the first and third Monday of the month from Monday 6 July",
        ),
        (
            date(2026, 7, 1),
            None,
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            None,
            "den 1. og 15. i hver måned fra onsdag den 1. juli",
            "the 1st and 15th of every month from Wednesday 1 July",
        ),
    ],
)
def test_series_is_written_as_people_say_it(
    start: date, end: date | None, rrule: str, last: date | None, danish: str, english: str
) -> None:
    assert write_series(start, end, rrule, language="da", now=NOW, last=last) == danish
    assert write_series(start, end, rrule, language="en", now=NOW, last=last) == english


@pytest.mark.parametrize(
    ("rrule", "danish", "english"),
    [
        (
            "FREQ=WEEKLY;BYDAY=FR;EXDATE=20260619",
            "fra 12. juni til 3. juli undtagen 19. juni",
            "12 June to 3 July except",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,FR",
            "fra fredag den 12. juni til fredag den 3. juli",
            "from Friday 12 June to Friday 3",
        ),
    ],
)
def test_dates_of_a_series_on_one_weekday_need_not_name_it(rrule: str, danish: str, english: str) -> None:
    for language, part in (("da", danish), ("en", english)):
        last = date(2026, 7, 3)
        assert part in write_series(NINE, ELEVEN, rrule, language=language, now=NOW, last=last, repeat_weekday=False)


def test_occurrences_end_with_the_last_day_and_leave_out_what_is_left_out() -> None:
    rule = "FREQ=WEEKLY;BYDAY=FR;UNTIL=20260703;EXDATE=20260619"
    assert occurrences(NINE, rule, date(2027, 1, 1)) == [NINE + timedelta(weeks=n) for n in (0, 2, 3)]
    assert occurrences(NINE, rule, date(2026, 7, 3)) == [NINE, NINE + timedelta(weeks=2)]


WEEKDAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=5, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> str:
    interval = draw(st.integers(1, 6))
    every = f";INTERVAL={interval}" if interval > 1 else ""
    weekdays = sorted(draw(WEEKDAYS), key=["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index)
    counts = draw(st.lists(st.sampled_from([1, 2, 3, 4, -1]), min_size=1, max_size=2, unique=True))
    days = sorted(draw(st.lists(st.integers(1, 28), min_size=1, max_size=2, unique=True)))
    weeks = ",".join(str(week) for week in range(2 - draw(st.integers(0, 1)), 54, 2))
    kinds = [
        f"FREQ=DAILY{every}",
        f"FREQ=WEEKLY{every};BYDAY={','.join(weekdays)}",
        f"FREQ=MONTHLY;BYDAY={','.join(f'{count}{weekdays[0]}' for count in sorted(counts, key=lambda n: n % 9))}",
        f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, days))}",
        f"FREQ=MONTHLY{every};BYMONTHDAY={days[0]}",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        f"FREQ=YEARLY;BYWEEKNO={weeks};BYDAY={','.join(weekdays)}",
    ]
    return draw(st.sampled_from(kinds))


@settings(max_examples=300, deadline=None)
@given(
    rule=rules(),
    first=st.integers(1, 700),
    clock=st.none() | st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 45]), st.integers(1, 6)),
    ends=st.integers(1, 40),
    gone=st.sets(st.integers(1, 30), max_size=4),
    language=st.sampled_from(["da", "en"]),
    short=st.booleans(),
    repeats=st.booleans(),
)
def test_what_is_written_is_read_back_as_the_same_times(
    rule: str,
    first: int,
    clock: tuple[int, int, int] | None,
    ends: int,
    gone: set[int],
    language: str,
    short: bool,
    repeats: bool,
) -> None:
    day = NOW.date() + timedelta(days=first)
    hour, minute, hours = clock or (0, 0, 0)
    begin = datetime(day.year, day.month, day.day, hour, minute)
    times = occurrences(begin, rule, day + timedelta(days=1500))[: ends + 1]
    assume(len(times) > 1)
    last = times[-1].date()
    left_out = [f"{times[at]:%Y%m%d}" for at in sorted(gone) if at < len(times) - 1]
    rrule = f"{rule};UNTIL={last:%Y%m%d}" + (f";EXDATE={','.join(left_out)}" if left_out else "")
    meant = [at for at in times if f"{at:%Y%m%d}" not in left_out]
    start, end = (times[0], times[0] + timedelta(hours=hours)) if clock else (times[0].date(), None)
    written = write_series(
        start, end, rrule, language=language, now=NOW, last=last, short=short, repeat_weekday=repeats
    )
    again = parse_time_phrase(written, now=NOW, language=language)
    assert again.start is not None, written
    assert again.rrule is not None, written
    assert (again.start, again.end, again.alternatives) == (start, end, ()), written
    assert occurrences(again.start, again.rrule, day + timedelta(days=1500)) == meant, written
