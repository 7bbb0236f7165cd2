"""After a ❌ under reported work the next words say what is missing: on the card, in the history, to the contractor."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

from bot.testing import Heard, Stage

TOLD = "⚠️ Skovby IF siger, at der mangler noget ved slåning af bane 2: “{}”"
MISSING = "hjørnet ved klubhuset er ikke slået"


async def _disputed(stage: Stage, card: str) -> None:
    heard = await stage.tap(CLUB, "❌", card)
    assert heard[-1].plain.endswith("Skovby IF, hvad mangler der? Skriv det her.")


async def _assert_is_told(stage: Stage, heard: list[Heard], missing: str) -> None:
    edit, told = (one for one in heard if one.kind != "react")
    assert f"Skovby IF siger, at der mangler noget: “{missing}”" in edit.plain.splitlines()
    assert told.plain == TOLD.format(missing)
    firm = stage.community.person(FIRM)
    assert firm is not None
    assert told.notify == firm.addresses
    history = await stage.say(CLUB, "!historik 1")
    assert history[0].plain.splitlines()[-1].endswith(f"Skovby IF sagde, at der mangler noget – “{missing}”")


@pytest.mark.parametrize("missing", [MISSING, "og så mangler I hjørnet, tak", "Ja, hele den ene langside"])
async def test_next_words_in_the_thread_are_the_reason(missing: str, tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        await _disputed(stage, card)
        await _assert_is_told(stage, await stage.say(CLUB, missing, under=card), missing)
        assert await stage.say(CLUB, "og hegnet", under=card) == []  # the words asked for have been said


@pytest.mark.parametrize(
    ("who", "text"),
    [(CLUB, "Hvornår kan I komme igen?"), (CLUB, "ja"), (CLUB, "tak"), (CLUB, "hej"), (FIRM, "det kan ikke passe")],
)
async def test_other_words_in_the_thread_are_no_reason(who: str, text: str, tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        await _disputed(stage, card)
        assert [one.plain for one in await stage.say(who, text, under=card) if "mangler noget" in one.plain] == []
        await _assert_is_told(stage, await stage.say(CLUB, MISSING, under=card), MISSING)


@pytest.mark.parametrize("texts", [[f"!mangler 1 {MISSING}"], ["!mangler 1", MISSING], ["!mangler", MISSING]])
@pytest.mark.parametrize("is_tapped", [True, False])
async def test_command_says_what_is_missing(texts: list[str], is_tapped: bool, tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        if is_tapped:
            await _disputed(stage, card)
        for text in texts:
            heard = await stage.say(CLUB, text)
        await _assert_is_told(stage, heard, MISSING)


async def test_what_more_is_missing_is_added(tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, _):
        await stage.say(CLUB, "!mangler 1 hjørnet")
        await _assert_is_told(stage, await stage.say(CLUB, "!mangler 1 langsiden"), "hjørnet; langsiden")


async def test_new_report_and_new_dispute_do_not_show_the_old_reason(tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        await stage.say(CLUB, "!mangler 1 hjørnet")
        await stage.say(FIRM, "!færdig 1")
        heard = await stage.tap(CLUB, "❌", card)
        assert "hjørnet" not in heard[0].plain
        await _assert_is_told(stage, await stage.say(CLUB, MISSING, under=card), MISSING)
        assert [each[2] for each in await read_state(stage)] == ["disputed"]


async def test_english_words_are_the_reason(tmp_path: Path) -> None:
    async with stage_after("done", tmp_path, "riverside") as (stage, card):
        await stage.tap("riverside-fc", "❌", card)
        heard = await stage.say("riverside-fc", "the corner by the club house is not mown", under=card)
        assert "“the corner by the club house is not mown”" in heard[0].plain
