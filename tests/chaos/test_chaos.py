"""The short form of `make chaos`: a kill at every kind of moment, while two rooms are at work."""

from collections.abc import Callable
from pathlib import Path

from run import Wanted, run

from bot.demo.homeserver import Homeserver


async def test_killed_at_every_kind_of_moment_nothing_is_lost_and_nothing_said_twice(
    homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]
) -> None:
    outcome = await run(Wanted(seed=1, kills=5, rooms=2, commands=30), homeserver, tmp_path, localpart)
    assert outcome.verdict.wrong == []
    assert (outcome.verdict.lost, outcome.verdict.doubled) == (0, 0)
    assert sum(outcome.kills.values()) == 5
    assert outcome.verdict.answers == outcome.verdict.commands >= 30
