"""Somebody who is named to do the work and is not known is asked about, never replaced by the only one who does it."""

from pathlib import Path

import pytest
from corpus import CLUB, lines_of, read_state, stage_after

_BOOK = "!book bane 1 slåning fredag kl. 14"


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        (f"{_BOOK} @jensen", "@jensen"),
        (f"{_BOOK} @groen-pleje:andet.example", "@groen-pleje:andet.example"),
        (f"{_BOOK} hos Jensen", "Jensen"),
        (f"{_BOOK} hos jensen", "jensen"),
        (f"{_BOOK} af Jensen", "Jensen"),
        ("!book bane 1 slåning hos Peter Jensen fredag kl. 14", "Peter Jensen"),
        ("Bylaug, kan jeg få slået bane 1 fredag kl. 14 af Jensen?", "Jensen"),
        ("Bylaug, kan Hans slå bane 1 på fredag kl. 14?", "Hans"),
    ],
)
async def test_unknown_person_is_asked_about(text: str, unknown: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, text)
        assert lines_of(asked)[:2] == [f"Jeg kender ikke “{unknown}” her. Hvem skal gøre det?", "1️⃣ Grøn Pleje"]
        assert await read_state(stage) == ()
        await stage.tap(CLUB, "1️⃣", asked[0].event)
        assert len(await read_state(stage)) <= 1


async def test_unknown_person_is_asked_about_before_what_is_missing(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, "!book @jensen")
        assert lines_of(asked) == ["Jeg kender ikke “@jensen” her. Hvem skal gøre det?"]
        assert lines_of(await stage.say(CLUB, "Grøn Pleje"))[0] == "Hvad gælder det?"


@pytest.mark.parametrize(
    "text",
    [
        f"{_BOOK} hos Grøn Pleje",
        f"{_BOOK} @groen-pleje:bylaug.example",
        "Bylaug, kan I slå bane 1 på fredag kl. 14?",
        "Bylaug, kan Grøn Pleje slå bane 1 på fredag kl. 14?",
        "Bylaug, vi vil gerne have slåning af Bane 1 fredag kl. 14",
    ],
)
async def test_known_person_or_no_person_is_not_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        assert "Jeg kender ikke" not in (await stage.say(CLUB, text))[0].plain


@pytest.mark.parametrize("text", ["by Jones", "with Jones", "@jones"])
async def test_english_unknown_person_is_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path, "riverside") as (stage, _):
        asked = await stage.say("riverside-fc", f"!book pitch 1 mowing friday at 14 {text}")
        assert lines_of(asked)[0] == f"I do not know “{text.split()[-1]}” here. Who should do it?"
        assert await read_state(stage) == ()
