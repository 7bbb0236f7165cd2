"""A stage with the small village on it, for the tests of the flow."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from sample_community import make_community

from bot.api import Feature
from bot.features.bookings import feature as bookings
from bot.testing import Heard, Stage


@asynccontextmanager
async def stage_in(folder: Path, *features: Feature, names: Iterable[str] = (), **more: object) -> AsyncIterator[Stage]:
    """A stage on a fresh SQLite database in a folder."""
    url = f"sqlite+aiosqlite:///{folder}/stage.db"
    async with Stage.open(url, make_community(**more), features, names=frozenset(names)) as stage:  # type: ignore[arg-type]
        yield stage


def words(heard: list[Heard]) -> list[str]:
    """What the bot said or let a card show, without the taps under it; the first line of each."""
    return [one.plain.split("\n")[0] for one in heard if one.kind != "react"]


def taps(heard: list[Heard]) -> list[str]:
    """The emoji it put under what it said."""
    return [one.plain for one in heard if one.kind == "react"]


def sentence(key: str, **values: object) -> str:
    """The first line of a sentence as the catalogue has it in Danish: tests hold what is said, not how."""
    return bookings.catalogue.say("da", key, {"unknown": "", "problem": "", **values}).plain.split("\n")[0]
