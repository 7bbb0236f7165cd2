"""Blind lists: phrases and meanings that were written before the parser was asked. It must go on agreeing with them."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.testing.explain_parsing import explain_lines

FOLDER = Path(__file__).parent / "phrases"
LISTS = ("blind_1", "blind_2", "blind_3", "blind_4")


def read_rows(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read_judged_rows(name: str, language: str) -> list[dict[str, Any]]:
    """Return the rows whose meaning the rules decide. An open row shows what people say, and is not counted."""
    return [row for row in read_rows(name) if row["lang"] == language and not row.get("open")]


def understood(expected: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each row, and how the command `bylaug parse` reads its text at the time of the row."""
    by_time = defaultdict(list)
    for row in expected:
        by_time[row["lang"], row["now"]].append(row)
    for (language, now), group in by_time.items():
        texts = [row["text"] for row in group]
        yield from zip(group, explain_lines(texts, language=language, now=datetime.fromisoformat(now)), strict=True)


def in_short(row: dict[str, Any]) -> tuple[object, ...]:
    others = [other if isinstance(other, str) else other["start"] for other in row["alternatives"]]
    return row["text"], row["start"], row["end"], row["rrule"], row["deadline"], others, bool(row["error"])


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", LISTS)
def test_blind_phrases_stay_right(name: str, language: str) -> None:
    expected = read_judged_rows(name, language)
    got = list(understood(expected))
    right = sum(in_short(row) == in_short(said) for row, said in got)
    assert [in_short(said) for _, said in got] == [in_short(row) for row, _ in got], f"{right} of {len(got)} are right"


def test_blind_lists_are_of_different_phrases() -> None:
    said = [(row["lang"], row["now"], row["text"]) for name in LISTS for row in read_rows(name)]
    assert len(said) - len(set(said)) == 0
