"""Opens a stage with the sample community, and reads what the bot did there."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from sample_community import make_community

from bot.api import Feature
from bot.features.bookings import feature as bookings
from bot.testing import Heard, Stage


@asynccontextmanager
async def open_stage(
    folder: Path, *features: Feature, names: Iterable[str] = (), **overrides: object
) -> AsyncIterator[Stage]:
    """Open a stage on an SQLite database in a folder; `overrides` are fields of the community."""
    url = f"sqlite+aiosqlite:///{folder}/stage.db"
    async with Stage.open(url, make_community(**overrides), features, names=frozenset(names)) as stage:  # type: ignore[arg-type]
        yield stage


def first_lines(heard: list[Heard]) -> list[str]:
    """Return the first line of each message and edit, without the reactions."""
    return [event.plain.split("\n")[0] for event in heard if event.kind != "react"]


def reactions(heard: list[Heard]) -> list[str]:
    """Return the emoji that the bot put under its messages."""
    return [event.plain for event in heard if event.kind == "react"]


def expected_line(key: str, **values: object) -> str:
    """Return the first line of a text in the Danish catalogue: tests assert which text is used, not its wording."""
    return bookings.catalogue.say("da", key, {"unknown": "", "problem": "", **values}).plain.split("\n")[0]
