"""Messages that were written long ago are not acted on, and the sender is told once; relative times mean then."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from open_stage import first_lines, open_stage
from sample_community import CLUB, FIRM, MORNING, RIVAL
from sqlalchemy import select

from bot.pipeline.handling.stale import MAX_LISTED_ROWS, MAX_TRIED_ROWS
from bot.store import tables
from bot.store.messages import inbox
from bot.store.messages.inbox import Incoming
from bot.testing import Heard, Stage

DAY = timedelta(days=1)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as made:
        yield made


def written(stage: Stage, who: str, text: str, ago: timedelta, **payload: str) -> Incoming:
    said = {"text": text, "to_us": False, "mentions": [], **payload}
    return replace(stage.incoming(who, "message", said), sent_at=stage.now - ago)


def tapped(stage: Stage, who: str, on: str, ago: timedelta) -> Incoming:
    return replace(stage.incoming(who, "tap", {"target": on, "key": "✅"}), sent_at=stage.now - ago)


async def outcomes(stage: Stage) -> list[str]:
    async with stage.context.store.read() as connection:
        return list((await connection.execute(select(tables.inbox.c.outcome).order_by(tables.inbox.c.id))).scalars())


LATE = "Jeg ser det først nu og har ikke gjort noget ved det. Skriv det igen, hvis det stadig gælder."


async def test_a_command_of_yesterday_is_answered_and_not_acted_on(stage: Stage) -> None:
    text = "!book bane 1 slåning fredag kl. 14"
    (heard,) = await stage.bring(written(stage, CLUB, text, DAY))
    assert heard.plain.split("\n") == [f"Mandag den 8. juni kl. 10 skrev du “{text}”.", LATE]
    assert heard.notify == (CLUB,)
    assert await outcomes(stage) == ["stale"]
    assert first_lines(await stage.say(FIRM, "!accepter")) == ["Der er ikke noget, der venter på dit svar."]


async def test_forty_commands_of_yesterday_are_answered_in_one_sentence_for_each_person(stage: Stage) -> None:
    mine = [written(stage, CLUB, f"!ping {number}", DAY) for number in range(40)]
    others = [written(stage, RIVAL, "!aftaler", DAY), written(stage, RIVAL, "!hvadbehager", DAY)]
    mine.insert(7, others[0])
    heard = await stage.bring(*mine, others[1])
    assert [one.notify for one in heard] == [(CLUB,), (RIVAL,)]
    lines = heard[0].plain.split("\n")
    assert (lines[0], lines[19:]) == (
        "man. 8. juni kl. 10: “!ping 0”",
        ["man. 8. juni kl. 10: “!ping 19”", "… og 20 til.", LATE],
    )
    assert [line.partition(": ")[2] for line in heard[1].plain.split("\n")[:2]] == ["“!aftaler”", "“!hvadbehager”"]
    assert set(await outcomes(stage)) == {"stale"}


async def test_many_old_answers_are_worked_in_batches(stage: Stage) -> None:
    card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0].event
    stage.now += DAY
    count = MAX_TRIED_ROWS + 5
    heard = await stage.bring(
        *(written(stage, FIRM, f"kl. {7 + at % 12} passer bedre", DAY, thread=card) for at in range(count))
    )
    assert [len(one.plain.split("\n")) for one in heard] == [MAX_LISTED_ROWS + 2, count - MAX_TRIED_ROWS]
    assert (await outcomes(stage))[1:] == ["stale"] * count


async def test_two_hundred_old_commands_take_little_time(stage: Stage) -> None:
    text = "!book bane 1 slåning " + "hver fredag kl. 9 fra april til oktober undtagen uge 29 " * 8
    started = time.process_time()
    heard = await stage.bring(*(written(stage, CLUB, text, DAY) for _ in range(200)))
    assert len(heard) == 1
    assert time.process_time() - started < 10
    assert set(await outcomes(stage)) == {"stale"}


async def test_what_is_old_is_told_of_and_what_is_new_is_acted_on_in_the_same_breath(stage: Stage) -> None:
    heard = await stage.bring(
        written(stage, CLUB, "!ping gammel", DAY), written(stage, CLUB, "!ping ny", timedelta(hours=11))
    )
    assert [one.plain.split("\n")[-1] for one in heard] == [LATE, "🏓 pong ny"]


async def test_a_tap_and_an_answer_of_yesterday_change_nothing(stage: Stage) -> None:
    card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0].event
    stage.now += DAY
    told = await stage.bring(tapped(stage, FIRM, card, DAY), written(stage, FIRM, "ja", DAY, thread=card))
    assert [one.plain.split("\n") for one in told] == [["tir. 9. juni kl. 10: “✅”", "tir. 9. juni kl. 10: “ja”", LATE]]
    assert first_lines(await stage.tap(FIRM, "✅", card))[0] == "✅ Aftale 1: slåning af bane 1"


async def test_talk_of_yesterday_is_left_alone(stage: Stage) -> None:
    card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0].event
    stage.now += DAY
    assert await stage.bring(written(stage, FIRM, "husk nøglen", DAY, thread=card)) == []
    assert (await outcomes(stage))[-1] == "ignored"


async def test_how_old_is_too_old_can_be_configured(stage: Stage) -> None:
    stage.context.stale_after = 2 * DAY
    assert first_lines(await stage.bring(written(stage, CLUB, "!ping", DAY))) == ["🏓 pong"]


async def test_tomorrow_is_the_day_after_it_was_written(stage: Stage) -> None:
    stage.now = MORNING.replace(hour=23)  # one in the morning in Denmark
    card: Heard = (await stage.bring(written(stage, CLUB, "!book bane 1 slåning i morgen kl. 14", 3 * DAY / 24)))[0]
    assert card.plain.split("\n")[1] == "🕑 onsdag den 10. juni kl. 14-16, uge 24"


async def test_whether_a_time_is_past_is_judged_now(stage: Stage) -> None:
    stage.now = MORNING.replace(hour=14)
    (no,) = await stage.bring(written(stage, CLUB, "!book bane 1 slåning i dag kl. 14", timedelta(hours=5)))
    assert no.plain == "Det er for sent nu til tirsdag den 9. juni kl. 14-16."


async def test_told_once_also_when_it_comes_in_again(stage: Stage) -> None:
    old = written(stage, CLUB, "!ping", DAY)
    assert len(await stage.bring(old)) == 1
    assert await stage.bring(old) == []
    async with stage.context.store.read() as connection:
        assert await inbox.count_unhandled(connection) == 0
