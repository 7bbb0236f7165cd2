"""Whatever happens to one line of a calendar, its other matches are read, and nothing is lost without a word."""

from collections.abc import Iterator

import pytest
from broken_calendar import read

from bot.ical.calendar_entry import Feed

WHOLE = """BEGIN:VCALENDAR
PRODID:-//Klubsystem//Kampe//DA
VERSION:2.0
METHOD:PUBLISH
X-WR-TIMEZONE:Europe/Copenhagen
BEGIN:VTIMEZONE
TZID:Klubhuset
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:first
DTSTART;TZID=Klubhuset:20260613T140000
DTEND;TZID=Klubhuset:20260613T154500
SUMMARY;LANGUAGE=da:Skovby – Ry
LOCATION:Bane 1
SEQUENCE:2
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:second
DTSTART:20260614T100000Z
DURATION:PT1H45M
SUMMARY:Skovby – Galten
STATUS:CONFIRMED
DESCRIPTION:Mødetid\\, kl. 11
END:VEVENT
BEGIN:VTODO
DUE:20260601T000000Z
END:VTODO
BEGIN:VEVENT
UID:third
DTSTART;TZID=Europe/Copenhagen:20260616T180000
DTEND;TZID=Europe/Copenhagen:20260616T193000
RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3
SUMMARY:U11
END:VEVENT
END:VCALENDAR""".splitlines()
STARTS = {
    "2026-06-13T12:00:00+00:00",
    "2026-06-14T10:00:00+00:00",
    "2026-06-16T16:00:00+00:00",
    "2026-06-23T16:00:00+00:00",
    "2026-06-30T16:00:00+00:00",
}
DAYS = {start[:10] for start in STARTS}


def damages(line: str) -> Iterator[list[str]]:
    """Yield damaged forms of a line, each as the lines that replace it."""
    name, _, value = line.partition(":")
    half = len(line) // 2
    yield []
    yield [line, line]
    yield [line[:half]]
    yield [line[:half], line[half:]]
    yield [f"{name}:"]
    yield [f"{name}:%&/"]
    yield [name]
    yield [f"{name};{value}"]
    yield [f"{line}\t "]
    yield [f"{line}ÿ"]
    yield ["<b>fejl</b>", line]
    yield [line, "fejl: prøv igen"]
    yield ["", line, ""]
    yield [line.replace(";", ';X="a:b;c";', 1)]
    yield [f"{name.lower()}:{value}"]


def starts_in(feed: Feed) -> set[str]:
    return {entry.start.isoformat() for entry in feed.entries}


def with_damage(number: int, damage: list[str]) -> bytes:
    return "\r\n".join([*WHOLE[:number], *damage, *WHOLE[number + 1 :], ""]).encode()


def test_whole_calendar_is_read() -> None:
    feed = read("\r\n".join(WHOLE).encode())
    assert (starts_in(feed), feed.unreadable_uids) == (STARTS, ())
    assert [entry.guesses for entry in feed.entries if entry.guesses] == []


@pytest.mark.parametrize("number", range(len(WHOLE) - 1), ids=WHOLE[:-1])
def test_damage_to_one_line_costs_no_other_match_and_nothing_without_a_word(number: int) -> None:
    is_start, is_rule = WHOLE[number].startswith("DTSTART"), WHOLE[number].startswith("RRULE")
    for damage in damages(WHOLE[number]):
        feed = read(with_damage(number, damage))
        found = starts_in(feed)
        if is_start and found != STARTS:  # the day is kept, or the match is reported as unreadable
            assert {start[:10] for start in found} == DAYS or feed.unreadable_uids, damage
            assert any(entry.guesses for entry in feed.entries) or feed.unreadable_uids, damage
            assert len(STARTS & found) >= 2, damage
        elif is_rule and "COUNT" in WHOLE[number]:  # without the rule, its first time is known
            assert STARTS - found <= {"2026-06-23T16:00:00+00:00", "2026-06-30T16:00:00+00:00"}, damage
        else:
            assert found == STARTS, damage
