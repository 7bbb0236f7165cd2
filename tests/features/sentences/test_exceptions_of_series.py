"""Exceptions of a series are kept by the answers to a question, and "efter sommerferien" has no end."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

from bot.agreements.states import State
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import find_agreements
from bot.testing import Stage


async def read_starts(stage: Stage) -> list[str]:
    """Return the local starts of all times of the first agreement."""
    async with stage.context.store.read() as connection:
        found = await find_agreements(connection, AgreementFilter(stage.community.key, frozenset(State)))
    negotiation = found[0].negotiation
    terms = negotiation.newest_offer.terms if negotiation.newest_offer else negotiation.terms
    starts = [span.start.astimezone(stage.community.time_zone) for span in terms.spans]
    return [f"{start:%m-%d %H}" for start in starts]


@pytest.mark.parametrize("answer", ["Alle dage undtagen fredag", "hver dag undtagen fredag kl. 9"])
async def test_series_that_answers_for_a_week_stays_in_the_week(answer: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning i næste uge")
        await stage.say(CLUB, answer)
        await stage.say(CLUB, "kl. 9")
        assert await read_starts(stage) == [f"06-{day} 09" for day in (15, 16, 17, 18, 20, 21)]


@pytest.mark.parametrize("said", ["", " i næste uge"])
async def test_exception_alone_is_no_answer(said: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, f"!book bane 1 slåning{said}")
        heard = await stage.say(CLUB, "undtagen fredag")
        assert heard[0].plain.startswith("“undtagen fredag” er ikke nok")
        await stage.say(CLUB, "kl. 9")
        assert await read_state(stage) == ()


async def test_end_behind_an_exception_is_asked_about(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning hver fredag kl. 9 undtagen den 3. juli til 24. juli")
        assert await read_state(stage) == ()


@pytest.mark.parametrize("text", ["!aflys 1 efter sommerferien", "!spring 1 over efter sommerferien"])
async def test_after_the_holiday_is_every_later_time_and_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        heard = await stage.say(CLUB, "!book bane 1 slåning hver fredag kl. 9 fra 7. august til 18. september")
        await stage.tap(FIRM, "✅", heard[0].event)
        before = await read_starts(stage)
        question = await stage.say(CLUB, text)
        assert await read_starts(stage) == before
        await stage.tap(CLUB, "✅", question[0].event)
        assert await read_starts(stage) == ["08-07 09"]
