"""Durations, hours, seasons and time zones are read, and wrong ones are explained."""

import re
from datetime import time, timedelta

import pytest

from bot.config.file.plain import Unquoted
from bot.config.models.scalars import (
    parse_duration,
    parse_hours,
    parse_season,
    parse_zone,
    require_one_line,
    require_visible,
)
from bot.config.usage_rules import Season


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("90m", 90),
        ("2h", 120),
        ("1h30m", 90),
        ("1h 30min", 90),
        ("1d", 1440),
        ("1d2h3m", 1563),
        (" 2H ", 120),
        ("31d", 44640),
    ],
)
def test_duration_as_people_write_it(written, minutes):
    assert parse_duration(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "written", ["", "h", "2 timer", "1h30", "m30", "-2h", "0m", "32d", "1.5h", "2h2h", "٢h", "9" * 5000 + "h"]
)
def test_duration_when_it_is_none_is_refused(written):
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(written)


def test_duration_without_unit_is_told_both():
    with pytest.raises(ValueError, match="'90' has no unit, write 90m for minutes or 90h for hours"):
        parse_duration(Unquoted("90", "a number"))


@pytest.mark.parametrize("written", ["07:00-21:00", "7-21", "07.00 - 21.00", "7:00–21"])
def test_hours_as_people_write_them(written):
    assert parse_hours(written) == (time(7), time(21))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("07:00", "is not a span of hours"),
        ("morgen-aften", "is not a span of hours"),
        ("07:00-24:00", "an hour that does not exist"),
        ("07:60-09:00", "an hour that does not exist"),
        ("21-7", "ends before it begins"),
        ("7-7", "ends before it begins"),
    ],
)
def test_hours_when_they_are_none_are_refused(written, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_hours(written)


def test_zone_by_its_name():
    assert parse_zone("Europe/London").key == "Europe/London"


@pytest.mark.parametrize("written", ["Europe/Copenhagn", "europe/copenhagen ", "Europe/Kopenhagen"])
def test_zone_near_another_names_it(written):
    with pytest.raises(ValueError, match="did you mean 'Europe/Copenhagen'"):
        parse_zone(written + "x")


@pytest.mark.parametrize("written", ["../../etc/passwd", "/etc/localtime", "Europe", "", "a\0b", "x" * 9999])
def test_zone_that_is_no_zone_is_refused(written):
    with pytest.raises(ValueError, match="unknown time zone"):
        parse_zone(written)


@pytest.mark.parametrize("value", [[], {}, None])
def test_scalar_that_is_a_list_or_nothing_is_refused(value):
    for parse in (parse_duration, parse_hours, parse_zone):
        with pytest.raises(ValueError, match=r"nothing is written here|must be one short text"):
            parse(value)


def test_text_with_emoji_is_visible():
    assert require_visible("Grøn Pleje 👩‍🌾\nHej") == "Grøn Pleje 👩‍🌾\nHej"


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x1b", "\xad", "\ufeff", "\u2028"])
def test_text_with_hidden_characters_is_refused(hidden):
    with pytest.raises(ValueError, match="cannot be seen"):
        require_visible(f"Skov{hidden}by")


def test_name_over_two_lines_is_refused():
    with pytest.raises(ValueError, match="one line"):
        require_one_line("Skovby\nIF")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1. april - 31. oktober", (4, 1), (10, 31)),
        ("1/4-31/10", (4, 1), (10, 31)),
        ("1 October to 30 April", (10, 1), (4, 30)),
        ("april til oktober", (4, 1), (10, 31)),
        ("1. maj - 1. maj", (5, 1), (5, 1)),
    ],
)
def test_season_is_read_in_every_language(text, first, last):
    assert parse_season(text) == Season(first, last)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1. april", "'1. april' is not a season, which is written 1. april - 31. oktober, or 1/4 - 31/10"),
        ("30/2 - 1/5", "'30/2' in '30/2 - 1/5' is a day that does not exist"),
        ("1/4 - 31/13", "'31/13' in '1/4 - 31/13' is a day that does not exist"),
    ],
)
def test_wrong_season_is_explained(text, problem):
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        parse_season(text)
