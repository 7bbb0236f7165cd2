"""A sender who is too fast is told once, and then ignored until they slow down; earlier commands are carried out."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from open_stage import expected_line, first_lines, open_stage
from sample_community import (
    CLUB,
    FIRM,
    MORNING,
    PLACE,
    STRANGER,
    make_community,
    make_context,
    message,
    read_answers,
    receive_rows,
)
from sqlalchemy import func, select

from bot.config.community import Limits
from bot.pipeline.context import Context
from bot.pipeline.inbound.rate_limit import LIMIT_PERIOD, spend
from bot.pipeline.inbound.receive import receive
from bot.store.database.transaction import Store
from bot.store.messages import inbox as rows
from bot.store.messages.rate_limits import RateState
from bot.store.tables import inbox
from bot.testing import Stage
from bot.testing.new_database import create_tables

LIMITS = Limits(person=5, room=12)
TOO_FAST = expected_line("too-fast")


def pings(stage: Stage, who: str, count: int) -> list[Any]:
    return [
        stage.incoming(who, "message", {"text": f"!ping {n}", "to_us": False, "mentions": []}) for n in range(count)
    ]


def pongs(*numbers: int) -> list[str]:
    return [f"🏓 pong {number}" for number in numbers]


async def test_what_was_said_before_the_limit_is_done_and_the_rest_is_said_once(tmp_path: Path) -> None:
    async with open_stage(tmp_path, limits=LIMITS) as stage:
        heard = await stage.bring(*pings(stage, CLUB, 40))
        assert first_lines(heard) == [*pongs(0, 1, 2, 3, 4), TOO_FAST]
        assert heard[-1].notify == (CLUB,)
        assert await stage.bring(*pings(stage, CLUB, 500)) == []
        assert first_lines(await stage.say(FIRM, "!ping 1")) == pongs(1)


async def test_one_who_slowed_down_is_heard_again_and_one_who_did_not_is_not(tmp_path: Path) -> None:
    async with open_stage(tmp_path, limits=LIMITS) as stage:
        await stage.bring(*pings(stage, CLUB, 10))
        for _ in range(30):  # one each ten seconds, and a limit that gives one back each twelve
            await stage.wait(timedelta(seconds=10))
            assert await stage.say(CLUB, "!ping") == []
        await stage.wait(timedelta(seconds=12))
        assert first_lines(await stage.say(CLUB, "!ping 1")) == pongs(1)
        await stage.wait(timedelta(minutes=1))
        assert first_lines(await stage.bring(*pings(stage, CLUB, 9))) == [*pongs(0, 1, 2, 3, 4), TOO_FAST]


async def test_a_tap_that_is_made_and_taken_back_500_times_floods_nobody(tmp_path: Path) -> None:
    async with open_stage(tmp_path, limits=LIMITS) as stage:
        (card, *_) = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        toggle = {"target": card.event, "key": "✅"}
        for _ in range(10):
            await stage.bring(*(stage.incoming(STRANGER, "tap", toggle) for _ in range(50)))
        said_to_stranger = [one for one in stage.heard if STRANGER in one.notify]
        assert len(said_to_stranger) == 6
        assert said_to_stranger[-1].plain == TOO_FAST
        assert await count_rows(stage.context) == 7


async def count_rows(context: Context) -> int:
    async with context.store.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(inbox))).scalar_one())


async def test_a_crowd_of_strangers_silences_nobody_the_village_knows(tmp_path: Path) -> None:
    async with open_stage(tmp_path, limits=LIMITS) as stage:
        crowd = [one for n in range(30) for one in pings(stage, f"matrix:u/dukke{n}:example.org", 1)]
        heard = first_lines(await stage.bring(*crowd))
        assert heard == [*pongs(*[0] * 12), expected_line("place-too-fast")]
        assert first_lines(await stage.say(CLUB, "!ping 1")) == pongs(1)
        assert await stage.say(STRANGER, "!ping 1") == []


async def test_no_limits_are_no_limits(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert len(await stage.bring(*pings(stage, CLUB, 100))) == 100


@asynccontextmanager
async def open_context(folder: Path) -> AsyncIterator[Context]:
    """Open the context of a program that has just started, on the database in a folder."""
    store = Store(f"sqlite+aiosqlite:///{folder}/test.db")
    await create_tables(store)
    context = make_context(store)
    context.rooms.communities[PLACE] = make_community(limits=LIMITS)
    yield context
    await store.close()


async def test_a_restart_forgives_nothing(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        assert len(await receive_rows(context, *(message(CLUB, "!ping") for _ in range(9)))) == 6
    async with open_context(tmp_path) as context:
        assert len(await receive_rows(context, message(CLUB, "!ping"), message(FIRM, "!ping"))) == 7


async def test_what_waited_while_we_were_away_counts_when_it_was_sent(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await receive(context, [], ("position", "s1"))
    async with open_context(tmp_path) as context:
        context.clock = lambda: MORNING + timedelta(hours=3)
        missed = [replace(message(CLUB, "!ping"), sent_at=MORNING + timedelta(minutes=n)) for n in range(40)]
        await receive(context, missed, ("position", "s2"))
        assert await count_rows(context) == 40


@pytest.mark.parametrize("restarts", [False, True])
async def test_clock_that_is_put_back_drops_nobodys_words(tmp_path: Path, restarts: bool) -> None:
    earlier = MORNING - timedelta(hours=1)
    async with AsyncExitStack() as stack:
        context = await stack.enter_async_context(open_context(tmp_path))
        await receive(context, [message(CLUB, "!ping") for _ in range(5)], ("position", "s1"))
        if restarts:
            context = await stack.enter_async_context(open_context(tmp_path))
        context.clock = lambda: earlier
        said = [replace(message(CLUB, "!ping"), sent_at=earlier) for _ in range(9)]
        await receive(context, said[:5], ("position", "s2"))
        assert await count_rows(context) == 10
        await receive(context, said[5:], ("position", "s3"))  # the limit holds by the new time, too
        assert await count_rows(context) == 11


async def test_what_waited_while_the_clock_was_put_back_counts_when_it_was_sent(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await receive(context, [], ("position", "s1"))
    async with open_context(tmp_path) as context:
        context.clock = lambda: MORNING - timedelta(hours=1)
        missed = [replace(message(CLUB, "!ping"), sent_at=MORNING - timedelta(hours=3, minutes=-n)) for n in range(40)]
        await receive(context, missed, ("position", "s2"))
        assert await count_rows(context) == 40
    async with open_context(tmp_path) as context:  # and from then on the new time counts
        context.clock = lambda: MORNING - timedelta(minutes=50)
        late = [replace(message(CLUB, "!ping"), sent_at=MORNING - timedelta(minutes=60 - n / 4)) for n in range(40)]
        await receive(context, late, ("position", "s3"))
        assert await count_rows(context) == 80


async def test_a_server_whose_clock_lies_can_claim_no_time_in_which_we_listened(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await receive(context, [], ("position", "s1"))
        lies = [replace(message(CLUB, "!ping"), sent_at=MORNING - timedelta(days=n)) for n in range(40)]
        await receive(context, lies, ("position", "s2"))
        assert await count_rows(context) == LIMITS.person + 1  # type: ignore[operator]


async def test_arriving_twice_adds_nothing(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        said_once = [message(CLUB, "!ping") for _ in range(9)]
        for _ in range(3):
            waiting = await receive_rows(context, *said_once)
        assert len(waiting) == 6
        assert await read_answers(context, waiting) == [[]] * 6


async def test_what_is_dropped_leaves_no_words_behind(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        waiting = await receive_rows(context, *(message(CLUB, f"!ping hemmelighed{n}") for n in range(9)))
        assert [row.payload.get("text") for row in waiting] == [*(f"!ping hemmelighed{n}" for n in range(5)), None]
        assert isinstance(waiting[-1], rows.InboxRow)


@given(st.lists(st.integers(0, 20_000), max_size=200), st.integers(1, 50))
def test_never_more_than_twice_the_limit_in_any_minute(pauses: list[int], limit: int) -> None:
    pace: RateState | None = None
    at, heard = MORNING, []
    for pause in pauses:
        at += timedelta(milliseconds=pause)
        within, pace = spend(pace, at, limit)
        if within:
            heard.append(at)
    assert all(sum(begin <= one < begin + LIMIT_PERIOD for one in heard) < 2 * limit + 1 for begin in heard)


@pytest.mark.parametrize("limit", [1, 20, 200])
def test_whoever_keeps_to_the_limit_is_always_heard(limit: int) -> None:
    pace: RateState | None = None
    for n in range(limit * 5):
        within, pace = spend(pace, MORNING + n * LIMIT_PERIOD / limit, limit)
        assert within


async def test_somebody_cannot_hold_the_whole_summer_with_proposals(tmp_path: Path) -> None:
    async with open_stage(tmp_path, limits=Limits(proposals=2)) as stage:
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 14")
        too_many = expected_line("agreement-too-many-open", limit=2)
        assert first_lines(await stage.say(CLUB, "!book bane 2 slåning lørdag kl. 14")) == [too_many]
        await stage.say(FIRM, "!accepter 1")
        assert first_lines(await stage.say(CLUB, "!book bane 2 slåning lørdag kl. 14"))[0].startswith("📋 Aftale 3")
