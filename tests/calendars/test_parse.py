"""A calendar is parsed in a child process, which is killed when it exceeds a limit."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.calendars import parse as parsing
from bot.calendars.parse import ParserLimits, parse_in_child_process
from bot.calendars.source import CalendarUnavailable
from bot.ical.calendar_entry import Feed
from bot.ical.parse_feed import parse_feed

HERE = ZoneInfo("Europe/Copenhagen")
FIRST = datetime(2026, 6, 8, tzinfo=HERE)
LAST = FIRST + timedelta(days=400)


def calendar(*events: str) -> bytes:
    written = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{written}END:VCALENDAR\n".replace("\n", "\r\n").encode()


async def read(content: bytes, limits: ParserLimits = parsing.DEFAULT_LIMITS) -> Feed:
    return await parse_in_child_process(content, HERE, FIRST, LAST, limits)


async def reason_for_failure(content: bytes, limits: ParserLimits = parsing.DEFAULT_LIMITS) -> str:
    with pytest.raises(CalendarUnavailable) as caught:
        await read(content, limits)
    return str(caught.value)


DANISH = calendar(
    # as a club system on Windows writes it, folded in the middle of a letter
    "UID:kamp-1@forbund\nSUMMARY:Skovby IF \n – Ry FC\nLOCATION:Skovby Stadion\\, Bane 1\n"
    "DTSTART;TZID=Romance Standard Time:20260613T140000\nDTEND;TZID=Romance Standard Time:20260613T154500",
    "UID:kamp-2@forbund\nSUMMARY:Ærø\nDTSTART:20260614T140000\nDTEND:20260614T154500",
    "UID:kamp-3@forbund\nSUMMARY:Aflyst\nSTATUS:CANCELLED\nDTSTART:20260615T140000Z",
    "UID:st\nSUMMARY:Stævne\nDTSTART;VALUE=DATE:20260620\nDTEND;VALUE=DATE:20260622",
    "UID:tr\nSUMMARY:U11\nDTSTART;TZID=Europe/Copenhagen:20261017T100000\nRRULE:FREQ=WEEKLY;COUNT=2\nDURATION:PT1H",
)


async def test_child_process_parses_as_parse_feed_does() -> None:
    feed = await read(DANISH)
    assert feed == parse_feed(DANISH, HERE, FIRST, LAST)
    assert [(entry.title, entry.location, f"{entry.start}") for entry in feed.entries] == [
        ("Skovby IF – Ry FC", "Skovby Stadion, Bane 1", "2026-06-13 12:00:00+00:00"),
        ("Ærø", "", "2026-06-14 12:00:00+00:00"),
        ("Stævne", "", "2026-06-20"),
        ("U11", "", "2026-10-17 08:00:00+00:00"),
        ("U11", "", "2026-10-24 08:00:00+00:00"),
    ]


async def test_file_that_is_no_calendar_is_refused_with_a_reason() -> None:
    assert await reason_for_failure(b"<html>Log in</html>") == "it is no iCalendar file: BEGIN:VCALENDAR is missing"


async def test_line_of_ten_megabytes_is_refused() -> None:
    assert await reason_for_failure(calendar("SUMMARY:" + "x" * 4_000_000)) == "it has a line of more than 100000 bytes"


async def test_child_over_its_cpu_limit_is_killed() -> None:
    hard = calendar(*(f"UID:{n}\nDTSTART:19000101T120000Z\nRRULE:FREQ=DAILY" for n in range(2000)))
    assert await reason_for_failure(hard, ParserLimits(cpu_seconds=1)) == "it takes more to read than a calendar may"


async def test_child_over_its_memory_limit_is_killed() -> None:
    assert (
        await reason_for_failure(DANISH, ParserLimits(memory_bytes=20_000_000))
        == "it takes more to read than a calendar may"
    )


async def test_child_over_its_wall_clock_limit_is_killed() -> None:
    assert await reason_for_failure(DANISH, ParserLimits(wall_clock_seconds=0.01)) == "it takes too long to read"


async def test_child_has_no_secret_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLAUG_PASSWORD", "hemmeligt")
    assert "BYLAUG_PASSWORD" not in parsing._minimal_environment()
    assert set(parsing._minimal_environment()) <= {"LD_LIBRARY_PATH", "SYSTEMROOT"}


async def test_no_child_process_is_left_behind() -> None:
    assert children() == 0
    with pytest.raises(CalendarUnavailable):
        await read(DANISH, ParserLimits(wall_clock_seconds=0.01))
    assert children() == 0


def children() -> int:
    """Return the number of child processes that are parsing."""
    found = 0
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            said = told.read_bytes().split(b"\0")
            parses = any(word.endswith(b"calendars/parser_process.py") for word in said)
            found += parses and str(os.getpid()).encode() in said
    return found


async def test_window_may_be_given_in_any_zone() -> None:
    first, last = (moment.astimezone(UTC) for moment in (FIRST, LAST))
    assert await parse_in_child_process(DANISH, HERE, first, last) == await read(DANISH)
