"""A bad line loses only itself: the other matches stay, and so does a match whose start can be read."""

import pytest
from broken_calendar import GOOD, GOOD_READ, calendar, entries, entries_in, guesses_in, read

from bot.ical import guess
from bot.ical.parse_feed import UnreadableCalendar

TIMED = "UID:a\nSUMMARY:U13\nDTSTART;TZID=Europe/Copenhagen:20260613T140000"
DAY = "UID:a\nSUMMARY:Stævne\nDTSTART;VALUE=DATE:20260613"
SERIES = "UID:a\nSUMMARY:U13\nDTSTART;TZID=Europe/Copenhagen:20260609T200000\nDURATION:PT1H"
TWO_TIMES = ["U13 9/6 20:00-21:00", "U13 16/6 20:00-21:00"]


@pytest.mark.parametrize(
    "fault",
    [
        "REFRESH-INTERVAL:VALUE=DURATION:PT1H",
        "LAST-MODIFIED:2026-06-01",
        "X-WR-CALDESC:Kampe\nfor alle hold: se klubbens side",
        "X-WR-CALNAME:Skovby\nIF",
        "SOURCE;VALUE=URI",
        "X-WR-TIMEZONE:Klubhuset",
        "\x00\x01",
        "BEGIN:VTODO\nDUE:xyz\nEND:VTODO",
        "BEGIN:VTODO\nDUE:xyz",
        "BEGIN:VFREEBUSY\nFREEBUSY:20260613\nEND:VFREEBUSY",
        "BEGIN:VTIMEZONE\nTZID:Skovby\nBEGIN:STANDARD\nDTSTART:i går\nTZOFFSETTO:+01:00\nEND:STANDARD\nEND:VTIMEZONE",
        "BEGIN:VTIMEZONE\nTZID:Skovby\nEND:VTIMEZONE",
        "BEGIN:VTIMEZONE\nLAST-MODIFIED:x\nEND:VTIMEZONE",
        "END:VEVENT",
    ],
)
def test_fault_outside_of_events_costs_no_match(fault: str) -> None:
    assert entries_in(calendar(GOOD, head=f"{fault}\n")) == [GOOD_READ]
    assert entries_in(calendar(GOOD, tail=f"{fault}\n")) == [GOOD_READ]
    assert guesses_in(GOOD, head=f"{fault}\n") == []


@pytest.mark.parametrize(
    "fault",
    [
        "BEGIN:VALARM\nTRIGGER:\nEND:VALARM",
        "BEGIN:VALARM\nTRIGGER:-PT1Dx\nDURATION:\nREPEAT:x\nEND:VALARM",
        "BEGIN:VALARM\nTRIGGER:-PT1D",
        "BEGIN:VALARM\nDTSTART:20260613T000000Z\nSUMMARY:Husk\nEND:VALARM",
        "SEQUENCE:",
        "SEQUENCE:abc",
        "RECURRENCE-ID:",
        "EXDATE:",
        "RRULE:",
        "GEO:x",
        "DTSTAMP:nu",
        'ORGANIZER;CN="Klub: Skovby;x":mailto:x',
        'ORGANIZER;CN="Klub:mailto:x',
        "DESCRIPTION:Husk\nmøde: kl. 11\nsted følger",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY:???",
        "SUMMARY:U14",
        "X-FOO",
    ],
)
def test_fault_in_what_does_not_matter_costs_nothing(fault: str) -> None:
    assert entries_in(calendar(f"{GOOD}\n{fault}")) == [GOOD_READ]
    assert guesses_in(f"{GOOD}\n{fault}") == []


def test_first_of_two_titles_and_locations_counts() -> None:
    event = f"UID:a\nSUMMARY:\nSUMMARY:Skovby - Ry\nSUMMARY:U13\nLOCATION:Bane 1\nLOCATION:Bane 2\n{TIMED[18:]}"
    assert entries(event) == ["Skovby - Ry @ Bane 1 13/6 14:00"]


@pytest.mark.parametrize(
    ("event", "shown", "guess"),
    [
        (f"{TIMED}\nDTEND:20262802T120000Z", "U13 13/6 14:00", guess.END_UNREADABLE),
        (f"{TIMED}\nDTEND:", "U13 13/6 14:00", guess.END_UNREADABLE),
        (f"{TIMED}\nDURATION:PT1D", "U13 13/6 14:00", guess.END_UNREADABLE),
        (f"{TIMED}\nDURATION:", "U13 13/6 14:00", guess.END_UNREADABLE),
        (f"{TIMED}\nDURATION:-PT2H", "U13 13/6 14:00", guess.END_UNREADABLE),
        (f"{TIMED}\nDURATION:P999999999D", "U13 13/6 14:00", guess.END_UNREADABLE),
        (f"{TIMED}\nDTEND:99991231T000000Z", "U13 13/6 14:00", guess.END_TOO_LATE),
        (f"{TIMED}\nDTEND:x\nDURATION:PT90M", "U13 13/6 14:00-15:30", None),
        (f"{TIMED}\nDTEND;TZID=Europe/Copenhagen:20260613T154500\nDURATION:PT1H", "U13 13/6 14:00-15:45", None),
        (f"{TIMED}\nDTEND;TZID=Europe/Copenhagen:20260613T240000", "U13 13/6 14:00-14/6 00:00", None),
        (f"{TIMED}\nDTEND:20260613T100000Z", "U13 13/6 14:00", guess.END_BEFORE_START),
        (f"{TIMED}\nDTEND;TZID=Europe/Copenhagen:20260612T154500", "U13 13/6 14:00-15:45", guess.END_AFTER_MIDNIGHT),
        (
            f"{TIMED.replace('T14', 'T20')}\nDTEND;TZID=Europe/Copenhagen:20260613T003000",
            "U13 13/6 20:00-14/6 00:30",
            guess.END_AFTER_MIDNIGHT,
        ),
        (f"{TIMED}\nDTEND;TZID=Europe/Copenhagen:20270613T154500", "U13 13/6 14:00-15:45", guess.END_TOO_LATE),
        (f"{TIMED}\nDTEND;TZID=Europe/Copenhagen:20260813T154500", "U13 13/6 14:00-15:45", guess.END_TOO_LATE),
        (f"{TIMED}\nDTEND;TZID=Europe/Copenhagen:20260813T100000", "U13 13/6 14:00", guess.END_TOO_LATE),
        (f"{DAY}\nDTEND;VALUE=DATE:20270614", "Stævne 13/6..14/6", guess.END_IN_OTHER_YEAR),
        (f"{DAY}\nDTEND;VALUE=DATE:20270401", "Stævne 13/6..1/4", None),
        (f"{TIMED}\nDTEND;VALUE=DATE:20260614", "U13 13/6 14:00", guess.DAY_AND_TIME),
        (f"{TIMED}\nDTEND;VALUE=DATE:20260616", "U13 13/6 14:00-16/6 00:00", guess.DAY_AND_TIME),
        (f"{DAY}\nDTEND;VALUE=DATE:20260613", "Stævne 13/6..14/6", guess.END_OF_DAY),
        (f"{DAY}\nDTEND;VALUE=DATE:20260612", "Stævne 13/6..14/6", guess.END_OF_DAY),
        (f"{DAY}\nDTEND:", "Stævne 13/6..14/6", guess.END_UNREADABLE),
        (f"{DAY}\nDTEND:20260614T160000Z", "Stævne 13/6..15/6", guess.DAY_AND_TIME),
        (f"{DAY}\nDTEND;VALUE=DATE:20260616", "Stævne 13/6..16/6", None),
        (f"{DAY}\nDURATION:P2D", "Stævne 13/6..15/6", None),
        (f"{DAY}\nDURATION:PT36H", "Stævne 13/6..15/6", None),
    ],
)
def test_bad_end_costs_only_the_end(event: str, shown: str, guess: str | None) -> None:
    assert entries(event, GOOD) == [shown, GOOD_READ]
    assert guesses_in(event, GOOD) == ([guess] if guess else [])


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20260613T120000Z  ",
        "DTSTART: 20260613T120000Z",
        'DTSTART:"20260613T120000Z"',
        "DTSTART;TZID=Europe/Copenhagen:20260613T1400",
        "DTSTART;TZID=Europe/Copenhagen:20260613T14",
        "DTSTART:20260613T115960Z",
        "DTSTART:2026-06-13T12:00:00Z",
        "DTSTART:2026-06-13T14:00:00+02:00",
        "DTSTART:2026-06-13 14:00",
        "DTSTART:20260613T120000.000Z",
        "DTSTART;VALUE=DATE-TIME:20260613T120000Z",
        "dtstart;tzid=Europe/Copenhagen:20260613t140000",
        "DTSTART:\nDTSTART:20260613T120000Z",
    ],
)
def test_careless_notation_of_a_start_is_read(start: str) -> None:
    assert entries(f"UID:a\nSUMMARY:U13\n{start}") == ["U13 13/6 14:00"]
    assert guesses_in(f"UID:a\nSUMMARY:U13\n{start}") == []


@pytest.mark.parametrize("midnight", ["VALUE=DATE:20260613T000000", "VALUE=DATE:20260613T000000Z", "VALUE=X:20260613"])
def test_midnight_that_is_called_a_day_is_one(midnight: str) -> None:
    assert entries(f"UID:a\nSUMMARY:Stævne\nDTSTART;{midnight}") == ["Stævne 13/6..14/6"]


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:20260613T000000",
        "DTSTART:20260613T000000\nDTEND:20260613T000000",
        "DTSTART:20260613T000000Z\nDURATION:PT0S",
        "DTSTART:20260612T220000Z\nDTEND:20260612T220000Z",
    ],
)
def test_midnight_without_a_length_is_the_whole_day(times: str) -> None:
    assert entries(f"UID:a\nSUMMARY:Stævne\n{times}") == ["Stævne 13/6..14/6"]
    assert guesses_in(f"UID:a\nSUMMARY:Stævne\n{times}") == [guess.MIDNIGHT]


def test_midnight_with_a_length_is_a_moment() -> None:
    event = "UID:a\nSUMMARY:Lukket\nDTSTART:20260613T000000\nDTEND:20261013T235900"
    assert entries(event) == ["Lukket 13/6 00:00-13/10 23:59"]
    assert guesses_in(event) == []


@pytest.mark.parametrize("start", ["13-06-2026 14:00", "13.06.2026 kl. 14.00", "13/6/2026 14:00", "13-6-2026T14:00:00"])
def test_day_may_stand_first(start: str) -> None:
    assert entries(f"UID:a\nSUMMARY:U13\nDTSTART:{start}") == ["U13 13/6 14:00"]
    assert guesses_in(f"UID:a\nSUMMARY:U13\nDTSTART:{start}") == [guess.DAY_FIRST]


@pytest.mark.parametrize("start", ["DTSTART:20260613T256000", "DTSTART:20260613Tkl14", "DTSTART:20260613T14:xx"])
def test_bad_time_of_day_costs_only_the_time_of_day(start: str) -> None:
    event = f"UID:a\nSUMMARY:U13\n{start}\nDTEND:20260613T154500"
    assert entries(event) == ["U13 13/6..14/6"]
    assert guesses_in(event) == [guess.START_ONLY_DAY]


def test_first_of_two_starts_is_taken_and_noted() -> None:
    assert entries(f"{TIMED}\nDTSTART:20260614T120000Z") == ["U13 13/6 14:00"]
    assert guesses_in(f"{TIMED}\nDTSTART:20260614T120000Z") == [guess.TWO_STARTS]


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("DTEND:20260613T134500Z", "U13 13/6..14/6"),
        ("DTEND:20260613T220000Z", "U13 13/6..14/6"),
        ("DTEND;VALUE=DATE:20260614", "U13 13/6..14/6"),
    ],
)
@pytest.mark.parametrize("start", ["DTSTART:i morgen\n", "DTSTART:\n", "DTSTART\n", ""])
def test_bad_start_leaves_the_day_of_a_good_end(start: str, end: str, shown: str) -> None:
    assert entries(f"UID:a\nSUMMARY:U13\n{start}{end}") == [shown]
    assert guess.START_FROM_END in guesses_in(f"UID:a\nSUMMARY:U13\n{start}{end}")


@pytest.mark.parametrize("rest", ["Zx", " CEST (dansk tid)", ";", "ÿ", "Z/PT2H"])
def test_what_stands_behind_a_time_costs_nothing_else(rest: str) -> None:
    event = f"UID:a\nSUMMARY:U13\nDTSTART;TZID=UTC:20260613T120000{rest}\nDTEND:20260613T134500Z{rest}"
    assert entries(event) == ["U13 13/6 14:00-15:45"]
    assert guesses_in(event) == [guess.TIME_IN_PART]


@pytest.mark.parametrize("event", ["UID:b\nDTSTART:i morgen", "UID:b\nSUMMARY:U13", "UID:b\nDTSTART:20262802T120000Z"])
def test_match_without_a_start_is_reported_and_costs_no_other(event: str) -> None:
    feed = read(calendar(event, GOOD))
    assert ([entry.key for entry in feed.entries], feed.unreadable_uids) == (["good"], ("b",))


@pytest.mark.parametrize(
    "lines",
    [
        "RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:",
        "RRULE:FREQ=WEEKLY; COUNT=2; BYDAY=TU",
        "RRULE:FREQ=WEEKLY;COUNT=2;X-NAME=1;",
        "RRULE:freq=weekly;count=2",
        "RRULE:RRULE:FREQ=WEEKLY;COUNT=2",
        "RRULE:FREQ=WEEKLY;COUNT=2;RSCALE=GREGORIAN;SKIP=OMIT",
        "RRULE:FREQ=WEEKLY;UNTIL=2026-06-16",
        "RRULE:FREQ=WEEKLY;UNTIL=20260616T200000",
        "RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20261231",
        "RDATE;VALUE=PERIOD:20260616T180000Z/PT1H",
        "RDATE;VALUE=PERIOD:20260616T180000Z/20260616T190000Z",
        "RDATE;VALUE=DATE:20260616",
    ],
)
def test_careless_notation_of_a_series_is_read(lines: str) -> None:
    assert entries(f"{SERIES}\n{lines}") == TWO_TIMES
    assert guesses_in(f"{SERIES}\n{lines}") == []


@pytest.mark.parametrize(
    ("lines", "guess"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=TI", guess.RULE_IN_PART),
        ("RRULE:FREQ=WEEKLY;COUNT=2;INTERVAL=0", guess.RULE_IN_PART),
        ("RRULE:FREQ=WEEKLY;COUNT=2;BYSETPOS=1", guess.RULE_IN_PART),
        ("RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:i dag", guess.EXCEPTION_UNREADABLE),
        ("RRULE:FREQ=WEEKLY;COUNT=2\nEXRULE:FREQ=WEEKLY;INTERVAL=2", guess.EXCEPTION_UNREADABLE),
        ("RDATE;VALUE=PERIOD:20260616T180000Z/PT1H,xx/PT1H", guess.FURTHER_TIME_UNREADABLE),
        ("RDATE;VALUE=PERIOD:20260616T180000Z/xx", guess.END_UNREADABLE),
    ],
)
def test_bad_part_of_a_series_costs_only_that_part(lines: str, guess: str) -> None:
    assert entries(f"{SERIES}\n{lines}") == TWO_TIMES
    assert guesses_in(f"{SERIES}\n{lines}") == [guess] * 2


def test_bad_rule_leaves_the_first_time_and_is_reported() -> None:
    feed = read(calendar(f"{SERIES}\nRRULE:FREQ=SOMETIMES"))
    assert [entry.guesses for entry in feed.entries] == [(guess.RULE_UNREADABLE,)]
    assert feed.unreadable_uids == ("a",)


def test_what_is_known_of_a_match_without_begin_or_end_is_kept() -> None:
    bad_lines = {
        b"BEGIN:VEVENT": (b"", b"BEGIN:VEVEN", b"BEGIN:", b"BEGIN"),
        b"END:VEVENT": (b"", b"END:VEVEN", b"END"),
    }
    for line, bad_line in ((line, bad_line) for line, found in bad_lines.items() for bad_line in found):
        content = calendar(f"{TIMED}\nBEGIN:VALARM\nTRIGGER:x\nEND:VALARM", GOOD).replace(line, bad_line, 1)
        assert entries_in(content) == ["U13 13/6 14:00", GOOD_READ]
        assert [entry.guesses for entry in read(content).entries] == [(guess.NOT_CLOSED,), ()]
    last = calendar(GOOD, TIMED).replace(b"END:VEVENT\r\nEND:VCALENDAR", b"END:VCALENDAR")
    assert entries_in(last) == ["U13 13/6 14:00", GOOD_READ]


@pytest.mark.parametrize("end", ["", "END:VALAR\n", "END\n"])
def test_what_stands_behind_a_reminder_without_an_end_belongs_to_the_match(end: str) -> None:
    reminder = f"BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nACTION:DISPLAY\n{end}"
    event = f"UID:a\n{reminder}SUMMARY:U13\nDTSTART:20260613T120000Z\nDTEND:20260613T134500Z"
    assert entries(event, GOOD) == ["U13 13/6 14:00-15:45", GOOD_READ]


@pytest.mark.parametrize("begin", ["", "BEGIN:VCALENDER\r\n", "\ufeffBEGIN\r\n", "<b>\r\n"])
def test_calendar_with_a_bad_beginning_is_read(begin: str) -> None:
    content = calendar(GOOD).removeprefix(b"BEGIN:VCALENDAR\r\n")
    assert entries_in(begin.encode() + content) == [GOOD_READ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("SUMMARY:Skovby –\nRy på bane 2", "Skovby – Ry på bane 2 13/6 14:00"),
        ("SUMMARY:U13\nLOCATION:Skovby\nBane 2", "U13 @ Skovby Bane 2 13/6 14:00"),
        ("SUMMARY:U13\nX-FOO", "U13 13/6 14:00"),
        ("SUMMARY:U13\n<br />\n<b>Warning</b>", "U13 13/6 14:00"),
    ],
)
def test_line_break_in_a_title_or_location_is_no_end(line: str, shown: str) -> None:
    assert entries(f"UID:a\n{line}\nDTSTART:20260613T120000Z") == [shown]


def test_line_break_in_a_time_is_no_end() -> None:
    assert entries("UID:a\nSUMMARY:U13\nDTSTART:202606\n13T120000Z") == ["U13 13/6 14:00"]


@pytest.mark.parametrize("rest", ["# eksporteret af klubsystemet", "\x1a", "\n\n", "\x00\x00"])
def test_rest_behind_the_calendar_is_ignored(rest: str) -> None:
    assert entries_in(calendar(GOOD) + rest.encode()) == [GOOD_READ]


def test_several_calendars_in_one_file_are_read() -> None:
    assert entries_in(calendar(GOOD) + calendar(TIMED)) == ["U13 13/6 14:00", GOOD_READ]


def test_file_that_breaks_off_is_refused_also_in_the_second_calendar() -> None:
    with pytest.raises(UnreadableCalendar, match="it breaks off"):
        read(calendar(GOOD) + calendar(TIMED)[:-20])
