"""What a command costs depends on what is near in time, not on how many agreements a community has."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from skovby_stage import CLUB, make_agreement, stage_on
from sqlalchemy import insert, select

from bot.store.tables import agreements, reservations
from bot.testing import Stage

OPEN, FINISHED = 10_000, 100_000
#: Agreements that are written in one transaction.
PORTION = 5000
#: Agreements of pitch 1 are so far apart. None is within two weeks of the moment of the commands.
APART, DISTANCE = timedelta(hours=3), timedelta(weeks=2)
#: A command may cost so many times as much as with a single agreement, and so many seconds of CPU time more.
MAX_FACTOR, MAX_MORE = 2.0, 0.03
COMMANDS = ("!book bane 1 slåning fredag kl. 14", "!lukninger", "!aftaler", "!ledig bane 1 fredag")
#: The least of several measurements counts: other programs on the machine make them longer.
ATTEMPTS = 4


def make_copies(stage: Stage, agreement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield rows of agreements like this one at other times: open ones later, finished ones earlier."""
    duration = agreement["ends_at"] - agreement["starts_at"]
    for index in range(OPEN + FINISHED):
        is_open = index < OPEN
        distance = DISTANCE + APART * (index if is_open else index - OPEN)
        start: datetime = stage.now.astimezone(agreement["starts_at"].tzinfo) + (distance if is_open else -distance)
        terms = {"start": start.isoformat(), "end": (start + duration).isoformat()}
        yield agreement | {
            "id": agreement["id"] + 1 + index,
            "number": agreement["number"] + 1 + index,
            "state": "agreed" if is_open else "confirmed",
            "standing": agreement["standing"] | terms,
            "starts_at": start,
            "ends_at": start + duration,
        }


async def add_copies(stage: Stage) -> None:
    async with stage.context.store.read() as connection:
        first = dict((await connection.execute(select(agreements))).mappings().one())
        thing = (await connection.execute(select(reservations.c.thing_id))).scalar_one()
    copies = make_copies(stage, first)
    while portion := list(islice(copies, PORTION)):
        async with stage.context.store.write() as connection:
            await connection.execute(insert(agreements), portion)
            times = [{"agreement_id": one["id"], "start": one["starts_at"], "end": one["ends_at"]} for one in portion]
            await connection.execute(insert(reservations).values(thing_id=thing), times)


async def measure(stage: Stage) -> dict[str, float]:
    """Return the seconds of CPU time of each command, each of which is answered."""
    seconds = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(ATTEMPTS):
        for command in COMMANDS:
            stage.now += timedelta(minutes=1)  # nobody may write faster than people do
            began = time.process_time()
            assert await stage.say(CLUB, command), command
            seconds[command] = min(seconds[command], time.process_time() - began)
    return seconds


async def test_a_command_costs_the_same_with_many_agreements(tmp_path: Path) -> None:
    async with stage_on(f"sqlite+aiosqlite:///{tmp_path / 'bylaug.db'}") as stage:
        await make_agreement(stage, "fredag kl. 14")
        few = await measure(stage)
        await add_copies(stage)
        many = await measure(stage)
    slow = {name: (few[name], many[name]) for name in COMMANDS if many[name] > few[name] * MAX_FACTOR + MAX_MORE}
    assert not slow
