"""A small village for tests, and the program's rooms around it, as often as a test wants them on one database."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.api.feature import Feature
from bot.config.community import Community, Person, Task, Thing
from bot.pipeline.context import Context
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.health import Health
from bot.pipeline.inbound.receive import receive
from bot.pipeline.load_features import load_features
from bot.pipeline.room_directory import RoomDirectory
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.store.messages import inbox, outbox
from bot.store.messages.inbox import InboxRow, Incoming
from bot.store.tables import outbox as outbox_table

PLACE = "matrix:roomid/village:example.org"
OTHER_PLACE = "matrix:roomid/neighbour:example.org"

#: A Tuesday, ten in the morning in Denmark.
MORNING = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)

CLUB, RIVAL, FIRM, FOREMAN, STRANGER = (
    f"matrix:u/{name}:example.org" for name in ("klub", "rival", "firma", "formand", "fremmed")
)

_numbers = count(1)


def make_community(key: str = "landsby", **more: Any) -> Community:
    """Two clubs, a firm that two people act for, two pitches and two kinds of work."""
    people = (
        Person("klub", "Klubben", (CLUB,), frozenset({"club"})),
        Person("rival", "Rivalen", (RIVAL,), frozenset({"club"})),
        Person("firma", "Firmaet", (FIRM, FOREMAN), frozenset({"contractor"})),
    )
    things = (Thing("bane-1", "bane 1", ("b1",)), Thing("bane-2", "bane 2", ("b2", "træningsbanen")))
    tasks = (
        Task("slåning", "slåning", ("slå", "klipning"), timedelta(hours=2), "contractor"),
        Task("opkridtning", "opkridtning", ("kridte",), timedelta(hours=1), "contractor"),
    )
    basics = {"name": "Landsbyen", "room": "#landsby:example.org", "features": ("bookings",)}
    return Community(key, **{**basics, "people": people, "things": things, "tasks": tasks, **more})


def make_context(store: Store, *features: Feature, names: frozenset[str] = frozenset()) -> Context:
    """What the flow needs, for one program on a database; two places are served."""
    mine = {feature.name: feature for feature in features}
    here, there = make_community(features=("bookings", *mine)), make_community("nabo")
    return Context(
        store,
        lambda: MORNING,
        Health(),
        FeatureSet(load_features(["bookings"]) | mine),
        bot_names=names,
        rooms=RoomDirectory({PLACE: here, OTHER_PLACE: there}),
    )


@asynccontextmanager
async def open_contexts(url: str, how_many: int) -> AsyncIterator[list[Context]]:
    """As many programs as wanted, each with connections of its own to one database."""
    stores = [Store(url) for _ in range(how_many)]
    try:
        await migrate(stores[0])
        yield [make_context(store) for store in stores]
    finally:
        for store in stores:
            await store.close()


def message(by: str, text: str, *, place: str = PLACE, **payload: Any) -> Incoming:
    """Somebody writes."""
    return _incoming("message", by, place, {"text": text, "to_us": False, "mentions": [], **payload})


def tap(by: str, emoji: str, on: str, *, place: str = PLACE) -> Incoming:
    """Somebody taps an emoji under an event."""
    return _incoming("tap", by, place, {"target": on, "key": emoji})


def edit(by: str, of: Incoming, text: str) -> Incoming:
    """Somebody corrects what was written."""
    return _incoming("edit", by, of.place, {"text": text, "to_us": False, "mentions": [], "target": of.external_id})


def redaction(of: Incoming) -> Incoming:
    """Somebody takes back what was written."""
    return _incoming("redaction", of.sender, of.place, {"target": of.external_id})


def _incoming(kind: str, by: str, place: str, payload: dict[str, Any]) -> Incoming:
    return Incoming("test", f"$in-{next(_numbers)}", place, by, kind, MORNING, payload)


async def receive_rows(context: Context, *incoming: Incoming, place: str = PLACE) -> list[InboxRow]:
    """Write it down; the rows that now wait in a place."""
    await receive(context, incoming)
    async with context.store.read() as connection:
        return await inbox.find_unhandled(connection, place, 1000)


async def read_answers(context: Context, rows: Iterable[InboxRow]) -> list[list[str]]:
    """What each of these rows was answered with, in words."""
    async with context.store.read() as connection:
        answers = []
        for row in rows:
            found = select(outbox_table.c.content).where(
                outbox_table.c.inbox_id == row.id, outbox_table.c.kind != "react"
            )
            contents = (await connection.execute(found.order_by(outbox_table.c.seq))).scalars()
            answers.append([content["plain"] for content in contents])
        return answers


async def mark_all_sent(context: Context) -> None:
    """All that waits to be sent has arrived, each row as the event "$out-<its number>"."""
    async with context.store.write() as connection:
        rows = (await connection.execute(select(outbox_table.c.id).where(outbox_table.c.sent_at.is_(None)))).scalars()
        await outbox.mark_sent(connection, [(row, f"$out-{row}", MORNING) for row in rows.all()])


@dataclass(frozen=True)
class BookingDay:
    """A day to book, as people write it."""

    number: int

    def __str__(self) -> str:
        day = MORNING.date() + timedelta(days=self.number)
        return f"{day.day}/{day.month} {day.year}"
