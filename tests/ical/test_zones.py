"""The time zone of a calendar is found, however its program calls it."""

import pytest
from broken_calendar import calendar, entries, entries_in, guesses_in

from bot.ical import guess


def zoned(name: str, start: str = "20260613T140000") -> str:
    return f"UID:a\nSUMMARY:U13\nDTSTART;TZID={name}:{start}"


def definition(name: str, winter: str = "+0100", summer: str = "+0200", more: str = "", year: str = "1601") -> str:
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\n{more}"
        f"BEGIN:STANDARD\nDTSTART:{year}0101T030000\nTZOFFSETFROM:{summer}\nTZOFFSETTO:{winter}\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
        f"BEGIN:DAYLIGHT\nDTSTART:{year}0101T020000\nTZOFFSETFROM:{winter}\nTZOFFSETTO:{summer}\n"
        "RRULE:BYMONTH=3;BYDAY=-1SU;FREQ=YEARLY\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Copenhagen",
        "europe/berlin",
        '"Romance Standard Time"',
        "W. Europe Standard Time",
        "Central European Daylight Time",
        "Romance Daylight Time",
        "/mozilla.org/20050126_1/Europe/Copenhagen",
        "/freeassociation.sourceforge.net/Europe/Copenhagen",
        "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
        '"(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien"',
        "Europe/Copenhagen;",
        "'Europe/Copenhagen'",
        "CEST",
        "CEST/CET",
    ],
)
def test_name_of_a_zone_is_found(name: str) -> None:
    assert entries(zoned(name)) == ["U13 13/6 14:00"]
    assert guesses_in(zoned(name)) == []


@pytest.mark.parametrize(
    "name", ["UTC+1", "GMT+0100", "UTC+2", "+02:00", "GMT +0100 (Standard) - GMT +0200 (Daylight)"]
)
def test_offset_of_the_community_s_own_zone_is_that_zone_and_noted(name: str) -> None:
    assert entries(zoned(name), zoned(name, "20261213T140000")) == ["U13 13/6 14:00", "U13 13/12 14:00"]
    assert guesses_in(zoned(name)) == [guess.ZONE_BY_OFFSET]


def test_another_offset_is_taken_as_it_is() -> None:
    assert entries(zoned("UTC+4", "20260613T160000")) == ["U13 13/6 14:00"]


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "GMT", "tzone://Microsoft/Utc", "Z", "/example.org/Etc/UTC"])
def test_every_name_of_utc_is_found(name: str) -> None:
    assert entries(zoned(name)) == ["U13 13/6 16:00"]
    part = "BEGIN:STANDARD\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\n"
    own_definition = f"BEGIN:VTIMEZONE\nTZID:{name}\n{part}END:VTIMEZONE\n"
    assert entries_in(calendar(zoned(name), head=own_definition)) == ["U13 13/6 16:00"]


@pytest.mark.parametrize(
    "zone",
    [
        definition("Klubhuset"),
        definition("Klubhuset", "+01:00", "+02:00"),
        definition("Klubhuset", "+01", "+02"),
        definition("Klubhuset", "0100", "+020000"),
        definition("Klubhuset", more="LAST-MODIFIED:i går\nX-FOO\n"),
        definition("Klubhuset", year="1970"),
        definition("Klubhuset", year="2026-"),
        "BEGIN:VTIMEZONE\nTZID:Klubhuset\nX-LIC-LOCATION:Europe/Copenhagen\nEND:VTIMEZONE\n",
    ],
)
def test_zone_that_a_calendar_defines_itself_is_used(zone: str) -> None:
    in_summer, in_winter = zoned("Klubhuset"), zoned("Klubhuset", "20261213T140000")
    assert entries(in_summer, in_winter, head=zone) == ["U13 13/6 14:00", "U13 13/12 14:00"]
    assert guesses_in(in_summer, head=zone) == []


def test_zone_with_other_offsets_moves_the_time() -> None:
    assert entries(zoned("X", "20260613T150000"), head=definition("X", "+0200", "+0300")) == ["U13 13/6 14:00"]


def test_zone_with_dates_instead_of_rules_is_read() -> None:
    parts = (
        "BEGIN:DAYLIGHT\nDTSTART:20260329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
        "RDATE:20270328T020000\nEND:DAYLIGHT\nBEGIN:STANDARD\nDTSTART:20251026T030000\nTZOFFSETFROM:+0200\n"
        "TZOFFSETTO:+0100\nRDATE:20261025T030000,20271031T030000\nEND:STANDARD\n"
    )
    head = f"BEGIN:VTIMEZONE\nTZID:X\n{parts}END:VTIMEZONE\n"
    events = (zoned("X"), zoned("X", "20261213T140000"))
    assert entries(*events, head=head) == ["U13 13/6 14:00", "U13 13/12 14:00"]


@pytest.mark.parametrize(
    "head",
    [
        "",
        "BEGIN:VTIMEZONE\nTZID:Klubhuset\nEND:VTIMEZONE\n",
        definition("Klubhuset", "i går", "i dag"),
        definition("Klubhuset").replace("FREQ=YEARLY", "FREQ=SECONDLY").replace("+0", "+99"),
    ],
)
def test_unknown_zone_is_the_community_s_own_and_noted(head: str) -> None:
    assert entries(zoned("Klubhuset"), head=head) == ["U13 13/6 14:00"]
    assert guesses_in(zoned("Klubhuset"), head=head) == [guess.ZONE_UNKNOWN]


@pytest.mark.parametrize(
    "head",
    [
        definition("X").replace("TZOFFSETTO:+0200\n", ""),
        definition("X").replace("END:STANDARD\nBEGIN:DAYLIGHT\n", ""),
        definition("X").replace("BEGIN:DAYLIGHT\n", ""),
        definition("X").replace("RRULE:BYMONTH=3;BYDAY=-1SU;FREQ=YEARLY\n", ""),
        definition("X").replace("FREQ=YEARLY", "FREQ=ÅRLIGT"),
    ],
)
def test_zone_that_is_defined_in_part_is_one_with_the_same_offsets_and_noted(head: str) -> None:
    assert entries(zoned("X"), zoned("X", "20261213T140000"), head=head) == ["U13 13/6 14:00", "U13 13/12 14:00"]
    assert guesses_in(zoned("X"), head=head) == [guess.ZONE_BY_OFFSET]
    in_finland = head.replace("+0200", "+0300").replace("+0100", "+0200")
    assert entries(zoned("X", "20260613T150000"), head=in_finland) == ["U13 13/6 14:00"]


def test_part_of_a_zone_may_begin_without_the_end_of_the_one_before() -> None:
    head = definition("X").replace("END:STANDARD\n", "")
    assert entries(zoned("X"), zoned("X", "20261213T140000"), head=head) == ["U13 13/6 14:00", "U13 13/12 14:00"]


def test_zone_without_daylight_saving_is_no_doubt() -> None:
    part = "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n"
    head = f"BEGIN:VTIMEZONE\nTZID:X\n{part}END:VTIMEZONE\n"
    assert entries(zoned("X"), head=head) == ["U13 13/6 15:00"]
    assert guesses_in(zoned("X"), head=head) == []


def test_utc_counts_more_than_the_zone_beside_it() -> None:
    assert entries(zoned("Europe/Copenhagen", "20260613T120000Z")) == ["U13 13/6 14:00"]
    assert guesses_in(zoned("Europe/Copenhagen", "20260613T120000Z")) == [guess.ZONE_AND_UTC]


WEEKLY_IN_UTC = "UID:a\nSUMMARY:U13\nDTSTART:20261020T160000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"


@pytest.mark.parametrize("name", ["Europe/Copenhagen", "Romance Standard Time", "europe/copenhagen"])
def test_series_in_utc_keeps_the_local_time_of_the_zone_that_its_calendar_names(name: str) -> None:
    named = f"X-WR-TIMEZONE:{name}\n"
    at_six = ["U13 20/10 18:00", "U13 27/10 18:00"]
    assert entries_in(calendar(WEEKLY_IN_UTC, head=named)) == at_six
    assert entries_in(calendar(WEEKLY_IN_UTC, tail=named)) == at_six
    assert entries(WEEKLY_IN_UTC) == ["U13 20/10 18:00", "U13 27/10 17:00"]


def test_series_with_the_offset_of_here_keeps_its_local_time() -> None:
    series = "UID:a\nSUMMARY:U13\nDTSTART:2026-10-20T18:00:00+02:00\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert entries(series) == ["U13 20/10 18:00", "U13 27/10 18:00"]
    assert entries(series.replace("18:00:00+02:00", "20:00:00+04:00")) == ["U13 20/10 18:00", "U13 27/10 17:00"]


@pytest.mark.parametrize("part", ["BYHOUR=16", "BYDAY=TU;BYHOUR=16"])
def test_series_that_names_its_hours_in_utc_stays_in_utc(part: str) -> None:
    series = WEEKLY_IN_UTC.replace("BYDAY=TU", part)
    assert entries_in(calendar(series, head="X-WR-TIMEZONE:Europe/Copenhagen\n")) == [
        "U13 20/10 18:00",
        "U13 27/10 17:00",
    ]


def test_series_that_names_its_days_in_utc_stays_in_utc() -> None:
    late = WEEKLY_IN_UTC.replace("T160000Z", "T223000Z")
    assert entries_in(calendar(late, head="X-WR-TIMEZONE:Europe/Copenhagen\n")) == [
        "U13 21/10 00:30",
        "U13 27/10 23:30",
    ]


@pytest.mark.parametrize(("name", "shown"), [("Europe/Helsinki", "13:00"), ("UTC", "16:00"), ("Klubhuset", "14:00")])
def test_time_without_a_zone_is_in_the_one_that_the_calendar_names(name: str, shown: str) -> None:
    floating = "UID:a\nSUMMARY:U13\nDTSTART:20260613T140000"
    assert entries_in(calendar(floating, head=f"X-WR-TIMEZONE:{name}\n")) == [f"U13 13/6 {shown}"]
