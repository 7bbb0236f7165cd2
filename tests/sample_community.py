"""A small community, and the application context to handle its messages: several of them can share a database."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count as count_from
from typing import Any

from sqlalchemy import select

from bot.api.feature import Feature
from bot.config.community import Community, Person, Task, Thing
from bot.pipeline.context import Context
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.health import Health
from bot.pipeline.inbound.receive import receive
from bot.pipeline.load_features import load_features, migration_folders
from bot.pipeline.room_directory import RoomDirectory
from bot.store.database.transaction import Store
from bot.store.messages import inbox, outbox
from bot.store.messages.inbox import InboxRow, Incoming
from bot.store.tables import outbox as outbox_table
from bot.testing.new_database import create_tables

PLACE = "matrix:roomid/village:example.org"
OTHER_PLACE = "matrix:roomid/neighbour:example.org"

#: A Tuesday in week 24, at ten in the morning in Denmark.
MORNING = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)

CLUB, RIVAL, FIRM, FOREMAN, STRANGER = (
    f"matrix:u/{name}:example.org" for name in ("klub", "rival", "firma", "formand", "fremmed")
)

_numbers = count_from(1)

#: The folders with the migrations of the features in `make_context`.
MIGRATIONS = migration_folders(load_features(["bookings"]).values())


def make_community(key: str = "landsby", **overrides: Any) -> Community:
    """Make a community of two clubs, a firm with two addresses, two pitches and two tasks."""
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
    settings = {"name": "Landsbyen", "room": "#landsby:example.org", "features": ("bookings",)}
    return Community(key, **{**settings, "people": people, "things": things, "tasks": tasks, **overrides})


def make_context(store: Store, *features: Feature, names: frozenset[str] = frozenset()) -> Context:
    """Make the context of one program on a database. It serves two communities: in PLACE and in OTHER_PLACE."""
    by_name = {feature.name: feature for feature in features}
    community, other = make_community(features=("bookings", *by_name)), make_community("nabo")
    return Context(
        store,
        lambda: MORNING,
        Health(),
        FeatureSet(load_features(["bookings"]) | by_name),
        bot_names=names,
        rooms=RoomDirectory({PLACE: community, OTHER_PLACE: other}),
    )


@asynccontextmanager
async def open_contexts(url: str, count: int) -> AsyncIterator[list[Context]]:
    """Open the contexts of several programs, each with its own connections to the same database."""
    stores = [Store(url) for _ in range(count)]
    try:
        await create_tables(stores[0], MIGRATIONS)
        yield [make_context(store) for store in stores]
    finally:
        for store in stores:
            await store.close()


def message(by: str, text: str, *, place: str = PLACE, **payload: Any) -> Incoming:
    """Make a message that is about to be received."""
    return _incoming("message", by, place, {"text": text, "to_us": False, "mentions": [], **payload})


def tap(by: str, emoji: str, on: str, *, place: str = PLACE) -> Incoming:
    """Make a reaction under an event."""
    return _incoming("tap", by, place, {"target": on, "key": emoji})


def edit(by: str, of: Incoming, text: str) -> Incoming:
    """Make an edit of a message."""
    return _incoming("edit", by, of.place, {"text": text, "to_us": False, "mentions": [], "target": of.external_id})


def redaction(of: Incoming) -> Incoming:
    """Make a redaction of a message by its sender."""
    return _incoming("redaction", of.sender, of.place, {"target": of.external_id})


def _incoming(kind: str, by: str, place: str, payload: dict[str, Any]) -> Incoming:
    return Incoming("test", f"$in-{next(_numbers)}", place, by, kind, MORNING, payload)


async def receive_rows(context: Context, *incoming: Incoming, place: str = PLACE) -> list[InboxRow]:
    """Receive events, and return all unhandled rows of a place."""
    await receive(context, incoming)
    async with context.store.read() as connection:
        return await inbox.find_unhandled(connection, place, 1000)


async def read_answers(context: Context, rows: Iterable[InboxRow]) -> list[list[str]]:
    """Return for each inbox row the texts that it was answered with."""
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
    """Mark all unsent rows as sent; the event id of row 3 is "$out-3"."""
    async with context.store.write() as connection:
        rows = (await connection.execute(select(outbox_table.c.id).where(outbox_table.c.sent_at.is_(None)))).scalars()
        await outbox.mark_sent(connection, [(row, f"$out-{row}", MORNING) for row in rows.all()])


@dataclass(frozen=True)
class BookingDay:
    """The day that is `number` days after MORNING; as text, in the form that people write."""

    number: int

    def __str__(self) -> str:
        day = MORNING.date() + timedelta(days=self.number)
        return f"{day.day}/{day.month} {day.year}"
