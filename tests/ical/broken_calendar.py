"""Writes calendars with faults for tests, and turns the events that are read in them into text to compare."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.ical.calendar_entry import CalendarEntry, Feed
from bot.ical.parse_feed import parse_feed

HERE = ZoneInfo("Europe/Copenhagen")
FIRST, LAST = datetime(2026, 6, 8, tzinfo=HERE), datetime(2027, 2, 1, tzinfo=HERE)

#: A match without any fault, to stand beside a fault.
GOOD = "UID:good\nSUMMARY:Skovby – Ry\nDTSTART:20260614T100000Z\nDTEND:20260614T114500Z"
GOOD_READ = "Skovby – Ry 14/6 12:00-13:45"


def calendar(*events: str, head: str = "", tail: str = "", line_end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """Return a calendar; `head` stands before its events and `tail` behind them."""
    written = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{written}{tail}END:VCALENDAR\n"
    return text.replace("\n", line_end).encode(encoding)


def read(content: bytes) -> Feed:
    return parse_feed(content, HERE, FIRST, LAST)


def entries_in(content: bytes) -> list[str]:
    """Return title, location and local time of each entry: “Skovby – Ry 14/6 12:00-13:45”."""
    return [show(entry) for entry in read(content).entries]


def entries(*events: str, head: str = "") -> list[str]:
    return entries_in(calendar(*events, head=head))


def show(entry: CalendarEntry) -> str:
    texts = " ".join(text for text in (entry.title, entry.location and f"@ {entry.location}") if text)
    if not isinstance(entry.start, datetime) or not isinstance(entry.end, datetime):
        return f"{texts} {entry.start:%-d/%-m}..{entry.end:%-d/%-m}".strip()
    start, end = entry.start.astimezone(HERE), entry.end.astimezone(HERE)
    if start == end:
        return f"{texts} {start:%-d/%-m %H:%M}".strip()
    last_day = f"{end:%-d/%-m} " if end.date() != start.date() else ""
    return f"{texts} {start:%-d/%-m %H:%M}-{last_day}{end:%H:%M}".strip()


def guesses_in(*events: str, head: str = "") -> list[str]:
    """Return what had to be guessed at in all entries together."""
    return [guess for entry in read(calendar(*events, head=head)).entries for guess in entry.guesses]
