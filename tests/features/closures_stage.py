"""A stage for tests of closures, and what they read from it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from skovby_stage import read_agreement, texts_of
from sqlalchemy import select

from bot.api import Feature
from bot.features.closures.closure_table import closures
from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUB, RIVAL, FIRM, MAINTAINER = "skovby-if", "hylke-if", "groen-pleje", "banevagten"


def on_sqlite(folder: Path) -> str:
    """Return a URL of SQLite, for tests that do not depend on the database."""
    return f"sqlite+aiosqlite:///{folder}/test.db"


@asynccontextmanager
async def stage_on(url: str, *features: Feature, now: str = "2026-06-09T10:00") -> AsyncIterator[Stage]:
    community = read_community(ROOMS / "skovby.yaml")
    async with Stage.open(url, community, features) as stage:
        stage.now = datetime.fromisoformat(now).replace(tzinfo=community.time_zone)
        yield stage


async def states_of(stage: Stage, *numbers: int) -> list[str]:
    return [str((await read_agreement(stage, number)).state) for number in numbers]


async def closed_times(stage: Stage) -> list[tuple[datetime, datetime]]:
    async with stage.context.store.read() as connection:
        rows = await connection.execute(
            select(closures).where(closures.c.opened_at.is_(None)).order_by(closures.c.start, closures.c.end)
        )
        zone = stage.community.time_zone
        return [
            (row.start.astimezone(zone).replace(tzinfo=None), row.end.astimezone(zone).replace(tzinfo=None))
            for row in rows
        ]


async def make_agreement(stage: Stage, what: str, by: str = CLUB) -> str:
    """Make an agreement; return its card."""
    card = (await stage.say(by, f"!book bane 1 {what} @groen-pleje"))[0].event
    await stage.tap(FIRM, "✅", card)
    return card


async def close_and_answer(stage: Stage, command: str, tap: str) -> list[str]:
    """Write a command that closes, answer its question with a tap, and return the texts after that."""
    asked = await stage.say(MAINTAINER, command)
    return texts_of(await stage.tap(MAINTAINER, tap, next(one for one in asked if one.kind == "say").event))
