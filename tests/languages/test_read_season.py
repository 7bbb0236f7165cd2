"""A season is read in both languages, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages.read_season import find_season
from bot.languages.write_time import write_day_of_year

DAYS = st.dates().map(lambda day: (day.month, day.day))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("april til oktober", (4, 1), (10, 31)),
        ("1. april - 31. oktober", (4, 1), (10, 31)),
        ("fra den 15. april til og med september", (4, 15), (9, 30)),
        ("1/4-31/10", (4, 1), (10, 31)),
        ("1.4. - 31.10.", (4, 1), (10, 31)),
        ("okt-apr", (10, 1), (4, 30)),
        ("Maj–Sept.", (5, 1), (9, 30)),
        ("november til februar", (11, 1), (2, 29)),
        ("mellem 1. marts og 1. december", (3, 1), (12, 1)),
        ("marts til udgangen af november", (3, 1), (11, 30)),
        ("April to October", (4, 1), (10, 31)),
        ("from 1st of May through September 30th", (5, 1), (9, 30)),
        ("May 1 - Sep 30", (5, 1), (9, 30)),
        ("between March and the end of October", (3, 1), (10, 31)),
    ],
)
def test_season_is_read(text: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    found = find_season(f"  {text}")
    assert found is not None
    assert found[:2] == (first, last)
    assert f"  {text}"[slice(*found[2])].rstrip(".") == text.rstrip("."), "all of it was understood"


@pytest.mark.parametrize(
    "text",
    [
        *("", "fra maj", "i uge 30", "31. april til 1. oktober", "1. maj til 1. maj", "30/2-1/5", "1/13-1/14"),
        *("april og oktober", "majs til oktober", "hele året", "sommeren", "14-2-2", "kl. 9-11", "oktober"),
    ],
)
def test_what_is_none_is_not_read(text: str) -> None:
    assert find_season(text) is None


@given(DAYS, DAYS, st.sampled_from(["da", "en"]))
def test_what_the_bot_writes_is_read_back(first: tuple[int, int], last: tuple[int, int], language: str) -> None:
    said = (f" {'til' if language == 'da' else 'to'} ").join(
        write_day_of_year(*day, language=language) for day in (first, last)
    )
    found = find_season(said)
    assert (found[:2] if found else None) == ((first, last) if first != last else None)
