"""Several events under one UID are versions of one match, a series with its changes, or several matches."""

import pytest
from broken_calendar import calendar, entries, guesses_in, read

from bot.ical import guess

SERIES = (
    "UID:a\nSUMMARY:U13\nDTSTART;TZID=Europe/Copenhagen:20260609T180000\n"
    "DTEND;TZID=Europe/Copenhagen:20260609T190000\nRRULE:FREQ=WEEKLY;COUNT=2"
)
FIRST_TIME = "U13 9/6 18:00-19:00"


def match(day: int, *more: str, uid: str = "0", title: str = "Kamp") -> str:
    return "\n".join((f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:202606{day}T100000Z", *more))


@pytest.mark.parametrize("uid", ["0", "", "kamp@klub"])
@pytest.mark.parametrize("titles", [("Kamp", "Kamp", "Kamp"), ("Ry", "Galten", "Hadsten")])
def test_several_matches_under_one_uid_are_all_kept(uid: str, titles: tuple[str, ...]) -> None:
    days = dict(zip((13, 20, 27), titles, strict=True))
    events = [match(day, "SEQUENCE:0", uid=uid, title=title) for day, title in days.items()]
    assert entries(*events) == [f"{title} {day}/6 12:00" for day, title in days.items()]


def test_matches_without_a_uid_are_all_kept() -> None:
    events = [match(day).replace("UID:0\n", "") for day in (13, 20)]
    assert entries(*events) == ["Kamp 13/6 12:00", "Kamp 20/6 12:00"]


@pytest.mark.parametrize("uid", ["0", ""])
def test_matches_on_two_pitches_at_the_same_time_are_both_kept(uid: str) -> None:
    events = [match(13, f"LOCATION:Bane {number}", uid=uid) for number in (1, 2)]
    assert sorted(entries(*events)) == ["Kamp @ Bane 1 13/6 12:00", "Kamp @ Bane 2 13/6 12:00"]


def test_newest_version_of_a_match_counts_alone() -> None:
    versions = [match(13), match(20, "SEQUENCE:2", title="Kamp, ny tid"), match(19, "SEQUENCE:1")]
    assert entries(*versions) == ["Kamp, ny tid 20/6 12:00"]
    assert entries(*reversed(versions)) == ["Kamp, ny tid 20/6 12:00"]


@pytest.mark.parametrize(
    "cancelled", ["SEQUENCE:1\nSTATUS:CANCELLED", "STATUS:CANCELLED", "SEQUENCE:1\nSTATUS:CANCELED"]
)
def test_newer_version_may_cancel_a_match(cancelled: str) -> None:
    assert entries(match(13), match(13, cancelled)) == []
    assert entries(match(13, cancelled), match(13)) == []


def test_later_version_may_revive_a_match() -> None:
    assert entries(match(13, "STATUS:CANCELLED", "SEQUENCE:1"), match(13, "SEQUENCE:2")) == ["Kamp 13/6 12:00"]


def test_same_match_twice_is_one() -> None:
    assert entries(match(13), match(13)) == ["Kamp 13/6 12:00"]
    assert entries(match(13, uid="a"), match(13, uid="b")) == ["Kamp 13/6 12:00"]
    assert entries(match(13, uid=""), match(13, uid="")) == ["Kamp 13/6 12:00"]


def changed(recurrence_id: str, *more: str, day: int = 17) -> str:
    local = f"TZID=Europe/Copenhagen:202606{day}T"
    return "\n".join(("UID:a", "SUMMARY:U13", recurrence_id, f"DTSTART;{local}180000", f"DTEND;{local}190000", *more))


@pytest.mark.parametrize(
    "recurrence_id",
    [
        "RECURRENCE-ID;TZID=Europe/Copenhagen:20260616T180000",
        "RECURRENCE-ID:20260616T160000Z",
        "RECURRENCE-ID;VALUE=DATE:20260616",
        "RECURRENCE-ID:20260616",
        "RECURRENCE-ID;TZID=Europe/Copenhagen:20260616T000000",
    ],
)
def test_changed_time_of_a_series_replaces_the_one_it_names(recurrence_id: str) -> None:
    assert entries(SERIES, changed(recurrence_id)) == [FIRST_TIME, "U13 17/6 18:00-19:00"]
    assert entries(SERIES, changed(recurrence_id, "STATUS:CANCELLED")) == [FIRST_TIME]
    assert entries(SERIES, f"UID:a\n{recurrence_id}\nSTATUS:CANCELED") == [FIRST_TIME]
    keys = [entry.key for entry in read(calendar(SERIES, changed(recurrence_id))).entries]
    assert keys == ["a/2026-06-09T16:00:00+00:00", "a/2026-06-16T16:00:00+00:00"]


def test_newest_change_of_one_time_counts() -> None:
    named = "RECURRENCE-ID:20260616T160000Z"
    changes = [changed(named, "SEQUENCE:2", day=18), changed(named, "SEQUENCE:1")]
    assert entries(SERIES, *changes) == [FIRST_TIME, "U13 18/6 18:00-19:00"]


def test_unreadable_recurrence_id_makes_one_more_match_and_is_noted() -> None:
    assert entries(SERIES, changed("RECURRENCE-ID:i går")) == [
        FIRST_TIME,
        "U13 16/6 18:00-19:00",
        "U13 17/6 18:00-19:00",
    ]
    assert guesses_in(SERIES, changed("RECURRENCE-ID:i går")) == [guess.REPLACED_UNREADABLE]


def test_change_for_this_and_future_moves_all_later_times() -> None:
    named = "RECURRENCE-ID;RANGE=THISANDFUTURE:20260616T160000Z"
    assert entries(SERIES.replace("COUNT=2", "COUNT=3"), changed(named)) == [
        FIRST_TIME,
        "U13 17/6 18:00-19:00",
        "U13 24/6 18:00-19:00",
    ]


def test_series_may_have_a_recurrence_id_itself() -> None:
    series = f"{SERIES}\nRECURRENCE-ID;TZID=Europe/Copenhagen:20260609T180000"
    assert entries(series) == [FIRST_TIME, "U13 16/6 18:00-19:00"]
    assert entries(series, changed("RECURRENCE-ID:20260616T160000Z")) == [FIRST_TIME, "U13 17/6 18:00-19:00"]


def test_rule_in_a_changed_time_repeats_nothing() -> None:
    repeated = changed("RECURRENCE-ID:20260616T160000Z", "RRULE:FREQ=WEEKLY;COUNT=2")
    assert entries(SERIES, repeated) == [FIRST_TIME, "U13 17/6 18:00-19:00"]
    assert entries(repeated) == ["U13 17/6 18:00-19:00"]


def test_cancelled_series_takes_its_changes_with_it() -> None:
    assert entries(f"{SERIES}\nSTATUS:CANCELLED", changed("RECURRENCE-ID:20260616T160000Z")) == []


def test_change_of_a_series_that_is_not_there_is_kept() -> None:
    assert entries(changed("RECURRENCE-ID:20260616T160000Z")) == ["U13 17/6 18:00-19:00"]


@pytest.mark.parametrize(
    "left_out",
    [
        "EXDATE;TZID=Europe/Copenhagen:20260616T180000",
        "EXDATE:20260616T160000Z",
        "EXDATE;VALUE=DATE:20260616",
        "EXDATE:20260616",
        "EXDATE:20260616T000000",
        "EXDATE:20270101T160000Z,20260616T160000Z",
        "EXDATE:x\nEXDATE:20260616T160000Z",
    ],
)
def test_time_that_is_left_out_does_not_take_place(left_out: str) -> None:
    assert entries(f"{SERIES}\n{left_out}") == [FIRST_TIME]


def test_time_that_was_changed_and_then_left_out_does_not_take_place() -> None:
    left_out = f"{SERIES}\nEXDATE:20260616T160000Z"
    assert entries(left_out, changed("RECURRENCE-ID:20260616T160000Z")) == [FIRST_TIME]


@pytest.mark.parametrize("month", ["06", "12"])
def test_additional_time_on_a_day_that_is_left_out_stays(month: str) -> None:
    """recurring-ical-events compares RDATE in UTC with EXDATE in local time, and drops this one."""
    zone, day = "TZID=Europe/Copenhagen", f"2026{month}"
    hours = {"06": "10", "12": "09"}[month]
    series = (
        f"UID:a\nSUMMARY:U13\nDTSTART;{zone}:{day}12T080000\nRRULE:FREQ=DAILY;COUNT=3\n"
        f"EXDATE;{zone}:{day}13T080000\nRDATE;{zone}:{day}13T{hours}0000"
    )
    number = int(month)
    assert entries(series) == [f"U13 12/{number} 08:00", f"U13 13/{number} {hours}:00", f"U13 14/{number} 08:00"]


def test_day_as_an_end_is_included() -> None:
    until = SERIES.replace("COUNT=2", "UNTIL=20260616")
    assert entries(until) == [FIRST_TIME, "U13 16/6 18:00-19:00"]
    day = "UID:a\nSUMMARY:U13\nDTSTART;VALUE=DATE:20260613\nRRULE:FREQ=WEEKLY;UNTIL=20260620T000000Z"
    assert entries(day) == ["U13 13/6..14/6", "U13 20/6..21/6"]
