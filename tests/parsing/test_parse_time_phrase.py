"""Phrases that are nothing but a time mean what the shared sample and the tables in phrases/ say."""

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.parsing.when import When, parse_time_phrase

NOW = datetime(2026, 6, 9, 10)
FOLDER = Path(__file__).parent / "phrases"


def iso(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if value else None


def in_notation(when: When) -> str:
    if when.error:
        return f"!{when.error.key}"
    if when.start is None and when.end is None:
        return "-"
    span = (iso(when.start) or "") + (f"/{iso(when.end)}" if when.end else "")
    assert when.deadline == (when.start is None)
    repeated = f"{span} {when.rrule}" if when.rrule else span
    return " or ".join((repeated, *map(in_notation, when.alternatives)))


def read_table(language: str) -> list[tuple[str, str, str]]:
    lines = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split(" | ") for line in lines if " | " in line and not line.startswith("#"))
    return [(language, phrase, meaning.strip()) for phrase, meaning in rows]


SAMPLE = [json.loads(line) for line in (FOLDER / "sample.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", SAMPLE, ids=[row["text"] for row in SAMPLE])
def test_sample_phrase(row: dict[str, object]) -> None:
    when = parse_time_phrase(str(row["text"]), now=NOW, language=str(row["lang"]))
    got = {"start": iso(when.start), "end": iso(when.end), "rrule": when.rrule, "deadline": when.deadline}
    assert got == {name: row[name] for name in got}


@pytest.mark.parametrize(("language", "phrase", "meaning"), read_table("da") + read_table("en"))
def test_phrase(language: str, phrase: str, meaning: str) -> None:
    assert in_notation(parse_time_phrase(phrase, now=NOW, language=language)) == meaning


def test_error_says_what_differs_in_danish() -> None:
    error = parse_time_phrase("fredag den 13. juni", now=NOW, language="da").error
    assert error is not None
    assert error.values == {"said": "fredag den 13. juni", "weekday": "lørdag", "date": "13. juni 2026"}


def test_error_says_what_differs_in_english() -> None:
    error = parse_time_phrase("friday 13 june", now=NOW, language="en").error
    assert error is not None
    assert error.values == {"said": "friday 13 june", "weekday": "Saturday", "date": "13 June 2026"}


@pytest.mark.parametrize(
    ("phrase", "zone", "meaning"),
    [
        ("fredag kl. 8:00 GMT", "Europe/Copenhagen", "2026-06-12T10:00"),
        ("kl. 16 utc", "Europe/Copenhagen", "2026-06-09T18:00"),
        ("fredag kl. 16 CET", "Europe/Copenhagen", "2026-06-12T16:00"),
        ("16 CEST", "Etc/GMT+2", "2026-06-09T12:00"),
        ("fredag 23:00-23:30 GMT", "Etc/GMT-3", "2026-06-13T02:00/2026-06-13T02:30"),
    ],
)
def test_time_of_another_zone_becomes_local(phrase: str, zone: str, meaning: str) -> None:
    assert in_notation(parse_time_phrase(phrase, now=NOW, language="da", zone=ZoneInfo(zone))) == meaning


@pytest.mark.parametrize("phrase", ["fredag om en uge", "fredag om 7 dage", "fredag 8 dage"])
def test_weekday_in_weeks_on_the_same_weekday_is_asked_about(phrase: str) -> None:
    friday = datetime(2026, 6, 12, 10)
    assert in_notation(parse_time_phrase(phrase, now=friday, language="da")) == "2026-06-19 or 2026-06-26"


@pytest.mark.parametrize(
    ("phrase", "flags"),
    [
        ("kl. 9", (False, True, False)),
        ("fredag", (True, False, True)),
        ("fredag kl. 14", (True, True, False)),
        ("fredag 14-16", (True, True, False)),
        ("fredag formiddag", (True, False, True)),
        ("fredag efter kl. 14", (True, True, True)),
        ("uge 25", (True, False, True)),
        ("om 2 timer", (True, True, False)),
        ("senest fredag kl. 12", (True, True, True)),
        ("hver fredag kl. 14", (True, True, False)),
        ("hver fredag", (True, False, True)),
        ("hej", (False, False, False)),
    ],
)
def test_flags_of_phrase(phrase: str, flags: tuple[bool, bool, bool]) -> None:
    when = parse_time_phrase(phrase, now=NOW, language="da")
    assert (when.has_day, when.has_clock, when.loose) == flags
