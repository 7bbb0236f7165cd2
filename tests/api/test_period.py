"""A period has a beginning and an end. Where only its beginning is named, the end is asked for."""

from datetime import date, datetime
from pathlib import Path

import pytest

from bot.api.arguments import PERIOD
from bot.api.request.reading_context import ReadingContext
from bot.parsing.unread_words import Sentence
from bot.testing.community import read_community

SKOVBY = Path(__file__).parents[2] / "rooms" / "skovby.yaml"
NOW = datetime(2026, 6, 9, 10)


def read_period(text: str) -> tuple[object, object]:
    community = read_community(SKOVBY)
    sentence = Sentence(text, community.languages)
    when = PERIOD.read(sentence, ReadingContext(community, community.language, NOW))
    return (None, None) if when is None else (when.start, when.end)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("fra mandag", date(2026, 6, 15)),
        ("fra mandag d. 9/11", date(2026, 11, 9)),
        ("fra og med den 9. november", date(2026, 11, 9)),
        ("fra uge 42", date(2026, 10, 12)),
        ("fra weekenden", date(2026, 6, 13)),
        ("from monday 9 november", date(2026, 11, 9)),
    ],
)
def test_beginning_alone_has_no_end(text: str, start: date) -> None:
    assert read_period(text) == (start, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("uge 42", date(2026, 10, 12), date(2026, 10, 19)),
        ("i 14 dage", date(2026, 6, 9), date(2026, 6, 23)),
        ("fra mandag i 14 dage", date(2026, 6, 15), date(2026, 6, 29)),
        ("fra fredag til søndag", date(2026, 6, 12), date(2026, 6, 15)),
        ("til søndag", date(2026, 6, 9), date(2026, 6, 15)),
        ("midt november til april", date(2026, 11, 15), date(2027, 5, 1)),
    ],
)
def test_both_ends_are_read(text: str, start: date, end: date) -> None:
    assert read_period(text) == (start, end)


@pytest.mark.parametrize("text", ["omkring 1. november", "fra midt i november til april", "efter 12/6"])
def test_vague_beginning_is_asked_about(text: str) -> None:
    assert read_period(text) == (None, None)
