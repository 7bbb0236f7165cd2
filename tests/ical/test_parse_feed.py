"""Calendars are parsed as club systems, office programs and attackers write them."""

from datetime import UTC, date, datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from bot.ical.calendar_entry import MAX_ENTRIES, MAX_LINE_BYTES, CalendarEntry, Feed
from bot.ical.parse_feed import UnreadableCalendar, parse_feed

HERE = ZoneInfo("Europe/Copenhagen")
FIRST, LAST = datetime(2026, 6, 8, tzinfo=HERE), datetime(2026, 7, 6, tzinfo=HERE)


def calendar(*events: str) -> bytes:
    written = "".join(f"BEGIN:VEVENT\nDTSTAMP:20260601T000000Z\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//DA\n{written}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(*events: str) -> Feed:
    return parse_feed(calendar(*events), HERE, FIRST, LAST)


def starts(feed: Feed) -> list[str]:
    return [entry.start.isoformat() for entry in feed.entries]


MATCH = "UID:kamp-1\nSUMMARY:Skovby – Ry\nLOCATION:Bane 1\nDTSTART:20260613T120000Z\nDTEND:20260613T134500Z"


def test_match_has_its_location() -> None:
    start, end = datetime(2026, 6, 13, 12, tzinfo=UTC), datetime(2026, 6, 13, 13, 45, tzinfo=UTC)
    assert read(MATCH) == Feed((CalendarEntry(start, end, "kamp-1", "Skovby – Ry", "Bane 1"),))


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART;TZID=Europe/Copenhagen:20260613T140000",
        "DTSTART;TZID=Romance Standard Time:20260613T140000",  # as Windows calls it
        "DTSTART:20260613T140000",  # "floating": wherever you are, and that is here
        "DTSTART;TZID=Skovby/Klubhus:20260613T140000",  # nowhere: better read as here than lost
        "DTSTART:20260613T120000Z",
    ],
)
def test_every_notation_of_a_time_is_read(start: str) -> None:
    assert starts(read(f"UID:a\n{start}")) == ["2026-06-13T12:00:00+00:00"]


def test_whole_day_has_dates() -> None:
    feed = read("UID:a\nDTSTART;VALUE=DATE:20260613\nDTEND;VALUE=DATE:20260615")
    assert [(entry.start, entry.end) for entry in feed.entries] == [(date(2026, 6, 13), date(2026, 6, 15))]


def test_series_keeps_its_local_time_and_its_moved_and_removed_occurrences() -> None:
    training = (
        "UID:t\nDTSTART;TZID=Europe/Copenhagen:20260106T170000\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Copenhagen:"
    )
    moved = (
        "UID:t\nRECURRENCE-ID;TZID=Europe/Copenhagen:20260623T170000\nDTSTART;TZID=Europe/Copenhagen:20260624T180000"
    )
    feed = read(training + "20260616T170000", moved)
    assert starts(feed) == ["2026-06-09T15:00:00+00:00", "2026-06-24T16:00:00+00:00", "2026-06-30T15:00:00+00:00"]
    assert feed.entries[1].key == "t/2026-06-23T15:00:00+00:00"


def test_cancelled_event_is_left_out() -> None:
    assert read(f"{MATCH}\nSTATUS:CANCELLED").entries == ()


def test_endless_series_is_read_in_the_window_only() -> None:
    assert len(read("UID:a\nDTSTART:19000101T120000Z\nRRULE:FREQ=DAILY").entries) == 28


@pytest.mark.parametrize(
    "broken",
    [
        "UID:b\nDTSTART:20200101T120000Z\nRRULE:FREQ=SECONDLY",
        "UID:b\nDTSTART:20200101T120000Z\nRRULE:FREQ=DAILY;INTERVAL=0",
        "UID:b\nDTSTART:20200101T120000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        "UID:b\nDTSTART:20260613T120000Z\nDURATION:P999999999D",
        "UID:b\nDTSTART:20260613T120000Z\nDTEND;VALUE=DATE:20260614",
        "UID:b\nDTSTART:20260613T120000Z\nRRULE:FREQ=SOMETIMES",
    ],
)
def test_unreadable_series_leaves_the_others(broken: str) -> None:
    feed = read(broken, MATCH)
    assert [entry.key for entry in feed.entries if entry.key.startswith("kamp")] == ["kamp-1"]
    assert not [entry for entry in feed.entries if entry.key == "b" and not isinstance(entry.end, datetime)]


def test_long_title_is_cut() -> None:
    assert len(read(f"UID:a\nDTSTART:20260613T120000Z\nSUMMARY:{'x' * 5000}").entries[0].title) == 200


SLOW = {
    "line ends": "\n" * 1_000_000,
    "carriage returns": "\r" * 1_000_000,
    "folds": ("SUMMARY:" + "\n x" * 20_000 + "\n") * 15,
    "soft line breaks": "SUMMARY;ENCODING=QUOTED-PRINTABLE:x=\n" + "=\n" * 500_000,
    "lines without a name": "BEGIN:VEVENT\nSUMMARY:x\n" + "zz zz\n" * 150_000 + "END:VEVENT\n",
    "components in components": "BEGIN:A\nEND:B\n" * 70_000,
    "colons": ("DTSTART" + ":;" * 40_000 + "\n") * 12,
    "one match again and again": "BEGIN:VEVENT\nUID:a\nDTSTART:20260613T120000Z\nEND:VEVENT\n" * 14_000,
}


@pytest.mark.parametrize("lines", SLOW.values(), ids=SLOW)
def test_megabyte_of_anything_is_parsed_in_seconds(lines: str) -> None:
    content = f"BEGIN:VCALENDAR\n{lines}END:VCALENDAR\n".encode()
    begun = process_time()
    parse_feed(content, HERE, FIRST, LAST)
    assert process_time() - begun < 10


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>Log ind</html>", "BEGIN:VCALENDAR is missing"),
        (b"", "BEGIN:VCALENDAR is missing"),
        (calendar(MATCH)[:-30], "it breaks off"),
        (b"BEGIN:VCALENDAR\r\n<b>\r\nEND:VCALENDAR", "no iCalendar file that can be read"),
        (calendar(f"UID:a\nDTSTART:20260613T120000Z\nX-A:{'x' * MAX_LINE_BYTES}"), "a line of more than"),
        (calendar("UID:a\nX-A:" + "\n ".join(["x" * 70] * 2000)), "a line of more than"),
        (b"BEGIN:VCALENDAR" + b"\r\n" * 2_500_001, "larger than 5 MB"),
        (calendar(*(f"UID:{n}\nDTSTART:20260613T120000Z" for n in range(MAX_ENTRIES + 1))), "more than 5000 entries"),
    ],
)
def test_file_that_is_no_calendar_is_refused_with_a_reason(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableCalendar, match=why):
        parse_feed(content, HERE, FIRST, LAST)
