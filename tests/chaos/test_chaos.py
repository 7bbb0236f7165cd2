"""The short form of `make chaos`: one kill at every kind of moment, with two rooms; and two bots on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

from run import ChaosPlan, run

from bot.demo.homeserver import Homeserver


async def test_kills_at_every_kind_of_moment_lose_nothing_and_send_nothing_twice(
    homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]
) -> None:
    outcome = await run(ChaosPlan(seed=1, kills=5, rooms=2, commands=30), homeserver, tmp_path, localpart)
    assert outcome.report.wrong == []
    assert (outcome.report.lost, outcome.report.doubled) == (0, 0)
    assert sum(outcome.kills.values()) == 5
    assert outcome.report.answers == outcome.report.commands >= 30


async def test_kills_freezes_and_cuts_of_one_of_two_bots_on_postgresql_lose_nothing_and_send_nothing_twice(
    homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str], postgres_url: str
) -> None:
    database = postgres_url.replace("+asyncpg", "")
    outcome = await run(ChaosPlan(1, kills=6, rooms=1, commands=15, database=database), homeserver, tmp_path, localpart)
    assert outcome.report.wrong == []
    assert (outcome.report.lost, outcome.report.doubled) == (0, 0)
    assert sum(outcome.kills.values()) == 6
    assert {"kill", "freeze", "cut"} <= outcome.kills.keys()
    assert outcome.report.answers == outcome.report.commands >= 15
