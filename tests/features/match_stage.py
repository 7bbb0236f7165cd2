"""A stage with matches in its calendar, for tests of clashes and plans."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.config.community import Community
from bot.ical.calendar_entry import CalendarEntry
from bot.testing import Heard, Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUB, OTHER, FIRM = "skovby-if", "hylke-if", "groen-pleje"
SATURDAY = "2026-06-13T14:00"


def match_entry(start: str, hours: float = 2, title: str = "Skovby IF – Ry FC", where: str = "Bane 1") -> CalendarEntry:
    zone = read_community(ROOMS / "skovby.yaml").time_zone
    begins = datetime.fromisoformat(start).replace(tzinfo=zone)
    return CalendarEntry(begins, begins + timedelta(hours=hours), title, title, where)


@asynccontextmanager
async def stage_on(
    url: str, matches: Iterable[CalendarEntry] = (), community: Community | None = None, now: str = "2026-06-09T10:00"
) -> AsyncIterator[Stage]:
    community = community or read_community(ROOMS / "skovby.yaml")
    async with Stage.open(url, community) as stage:
        stage.now = datetime.fromisoformat(now).replace(tzinfo=community.time_zone)
        assert await stage.set_calendar_entries(list(matches)) == []
        yield stage


def with_task(key: str, **keys: object) -> Community:
    community = read_community(ROOMS / "skovby.yaml")
    tasks = tuple(replace(task, **keys) if task.key == key else task for task in community.tasks)  # type: ignore[arg-type]
    return replace(community, tasks=tasks)


def texts_of(heard: list[Heard]) -> list[str]:
    return [one.plain for one in heard if one.kind == "say"]


def question_lines(heard: list[Heard]) -> list[str]:
    """Return the lines of the first message, without the last one, which says how to answer."""
    return texts_of(heard)[0].splitlines()[:-1]
