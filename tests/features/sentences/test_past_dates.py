"""A report or a question with the date of a recent day means that day, not the same date of the next year."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, lines_of, read_state, stage_after


@pytest.mark.parametrize(
    ("text", "in_thread"),
    [
        ("!færdig bane 2 den 12. juni", False),
        ("!færdig 1 den 12/6 kl. 15.30", False),
        ("Bylaug, vi blev færdige med bane 2 den 12. juni", False),
        ("Bylaug, bane 2 er slået 12. juni kl. 15", False),
        ("færdig den 12. juni", True),
        ("slået 12. juni kl. 15", True),
    ],
)
async def test_report_of_a_date_that_is_lately_over_is_not_about_next_year(
    text: str, in_thread: bool, tmp_path: Path
) -> None:
    async with stage_after("begun", tmp_path) as (stage, card):
        await stage.live_until(stage.now.replace(day=13, hour=10))
        heard = await stage.say(FIRM, text, under=card if in_thread else None)
        if not text.startswith("!"):
            assert lines_of(heard)[0] == "Skal jeg melde slåning af bane 2 færdig (aftale 1)?"
            await stage.tap(FIRM, "✅", heard[0].event)
        assert [state[2] for state in await read_state(stage)] == ["done"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!hvem slog bane 2 den 12. juni", "1: slåning af bane 2"),
        ("Bylaug, hvornår blev bane 2 slået den 2. juni?", "Der er ikke aftalt slåning på bane 2 tirsdag den 2. juni"),
    ],
)
async def test_question_about_a_date_that_is_lately_over_is_answered(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_after("begun", tmp_path) as (stage, _):
        await stage.live_until(stage.now.replace(day=13, hour=10))
        assert lines_of(await stage.say(CLUB, text))[0].startswith(answer)
