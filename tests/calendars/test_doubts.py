"""The administrator is told how many matches of a calendar had to be guessed at, which, and why."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.calendars.doubts import describe_doubts
from bot.ical import guess
from bot.ical.calendar_entry import CalendarEntry, Feed

HERE = ZoneInfo("Europe/Copenhagen")
START = datetime(2026, 6, 13, 12, tzinfo=UTC)


def match(number: int, *reasons: str, title: str = "Kamp") -> CalendarEntry:
    start = START + timedelta(days=number)
    return CalendarEntry(start, start, f"{number}", title and f"{title} {number}", "", reasons)


def test_clear_calendar_leaves_no_doubts() -> None:
    assert describe_doubts(Feed((match(1), match(2))), HERE) == ""


def test_doubts_are_counted_by_reason_with_examples_and_the_most_frequent_first() -> None:
    clear, day = match(9), CalendarEntry(date(2026, 6, 27), date(2026, 6, 28), "d", "", "", (guess.END_OF_DAY,))
    doubtful = [match(number, guess.END_UNREADABLE) for number in range(3)]
    assert describe_doubts(Feed((*doubtful, day, clear)), HERE) == (
        "4 of 5 matches had to be guessed at: 3 because the end cannot be read, so the usual length is taken"
        " (“Kamp 0” 2026-06-13 14:00, “Kamp 1” 2026-06-14 14:00, …); 1 because a whole day ends on itself or earlier,"
        " so all of that day is taken (2026-06-27)"
    )


def test_entries_that_cannot_be_read_are_counted() -> None:
    assert describe_doubts(Feed((), ("a", "b")), HERE) == (
        "2 entries cannot be read, or not in full, and what was known of them before is still used"
    )
    both = describe_doubts(Feed((match(1, guess.ZONE_UNKNOWN),), ("a",)), HERE)
    assert both.startswith("1 of 1 matches had to be guessed at: ")
    assert both.endswith("; 1 entry cannot be read, or not in full, and what was known of it before is still used")


def test_long_title_is_cut() -> None:
    assert "x" * 61 not in describe_doubts(Feed((match(1, guess.TWO_STARTS, title="x" * 200),)), HERE)
