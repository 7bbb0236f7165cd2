"""Words mean an agreement only when the clock time and the part of the day in them are those of the agreement."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after


@pytest.mark.parametrize("text", ["ja 14-17", "ja, kl 14 til 18", "Ok fredag 14 - 15", "ja 14-15.30"])
async def test_yes_with_another_end_is_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(FIRM, text, under=card)
        assert await read_state(stage) == before
        assert heard[0].plain.startswith("Skal jeg foreslå Skovby IF fredag den 12. juni kl. 14-")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("!aflys fredag kl. 10", "agreed"),
        ("!aflys bane 2 fredag formiddag", "agreed"),
        ("!aflys fredag kl. 17-19", "agreed"),
        ("!aflys fredag kl. 14", "cancelled"),
        ("!aflys bane 2 fredag eftermiddag", "cancelled"),
        ("!aflys fredag", "cancelled"),
    ],
)
async def test_agreement_is_chosen_by_the_clock_time_too(text: str, state: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        await stage.say(CLUB, text)
        assert [each[2] for each in await read_state(stage)] == [state]


@pytest.mark.parametrize("text", ["Bylaug jeg har ikke aflyst fredag", "Bylaug vi har IKKE aflyst, det er en fejl"])
async def test_calling_off_that_did_not_happen_is_not_offered(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        heard = await stage.say(FIRM, text)
        assert heard[0].plain.startswith("Der står “ikke”") or heard[0].plain.startswith("Der står “IKKE”")
        assert [one.plain for one in heard if one.kind == "react"] == []
