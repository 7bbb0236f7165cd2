"""A stage of the community Skovby, for tests about pitch 1."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.config.community import Community
from bot.config.usage_rules import UsageRules
from bot.store.agreements.agreements import Agreement, find_by_number
from bot.testing import Heard, Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUB, FIRM, OTHER = "skovby-if", "groen-pleje", "hylke-if"


@asynccontextmanager
async def stage_on(url: str, now: str = "2026-06-09T10:00", **usage: object) -> AsyncIterator[Stage]:
    """A stage at a local time, without reminders; `usage` are fields of the UsageRules of pitch 1."""
    community = read_community(ROOMS / "skovby.yaml")
    community = replace(community, features=tuple(one for one in community.features if one != "reminders"))
    async with Stage.open(url, _with_usage(community, usage) if usage else community) as stage:
        stage.now = datetime.fromisoformat(now).replace(tzinfo=community.time_zone)
        yield stage


def _with_usage(community: Community, usage: dict[str, object]) -> Community:
    first, *others = community.things
    known = replace(first, usage=UsageRules(**usage))  # type: ignore[arg-type]
    return replace(community, things=(known, *others))


def texts_of(heard: list[Heard]) -> list[str]:
    """Return the texts of messages and edits, without reactions."""
    return [one.plain for one in heard if one.kind != "react"]


async def read_agreement(stage: Stage, number: int) -> Agreement:
    """Return the agreement with a number, as it is now."""
    async with stage.context.store.read() as connection:
        found = await find_by_number(connection, stage.community.key, number)
    assert found is not None
    return found


async def make_agreement(stage: Stage, what: str) -> str:
    """Let the club propose mowing of pitch 1 and the firm accept; return the card."""
    card = (await stage.say(CLUB, f"!book bane 1 slåning {what} @groen-pleje"))[0].event
    await stage.tap(FIRM, "✅", card)
    return card
