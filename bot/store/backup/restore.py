"""Puts a backup in the place of a database, and keeps what was there aside."""

import shutil
import sqlite3
from asyncio import to_thread
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, delete, func, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import EX_DATAERR, EX_IOERR, EX_NOINPUT, Fatal
from bot.store.backup.backup import APPLICATION_ID, MADE_AT, Contents, back_up, check_sound, contents_of, flush
from bot.store.backup.copy_rows import carry, opened
from bot.store.backup.preserved_tables import Timeless, put_in, take_along
from bot.store.backup.restore_marker import Past, get_past, note_past
from bot.store.calendars.calendars import take_nothing_for_news
from bot.store.crypto import begin_new_sessions
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact
from bot.store.places import known_places
from bot.store.tables import history, inbox, meta, outbox

#: The fact in which bot.matrix.sync.sync_loop keeps how far it has listened.
POSITION = "matrix position"

#: What SQLite may keep beside a database that is in use.
_BESIDE = ("-wal", "-shm", "-journal")

#: What a caretaker has to know after a restore, in the order in which it matters.
UNKNOWN = (
    "When the bot starts it reads again what was said since the backup, carries it out as of the moment it was said, "
    "and says nothing that already stands in its rooms.",
    "It cannot know: commands that were deleted since, and taps that were taken back; in which order somebody's words "
    "and a timer came when it was off for a while; in encrypted rooms, what it said as another device than it is now, "
    "and what it was told with keys that came after the backup (unless the replaced database could still be read).",
    "What it once said and can no longer account for is told in the log at the first start, community by community. "
    "Ask the people there about it.",
)


@dataclass(frozen=True)
class Restored:
    """What was restored, and where what was there before lies now (None where nothing was)."""

    contents: Contents
    aside: Path | None

    def __str__(self) -> str:
        lines = [f"Restored: {self.contents}"]
        if self.aside is not None:
            lines.append(f"What was there before is kept in {self.aside}.")
        return "\n".join([*lines, "", *UNKNOWN])


@dataclass(frozen=True)
class Present:
    """What a database is that is to be replaced: when it last worked, and what is taken along from it."""

    newest: datetime | None = None
    timeless: Timeless = field(default_factory=dict)

    def is_newer_than(self, contents: Contents) -> bool:
        """Whether it knows of more than the backup."""
        return self.newest is not None and self.newest > contents.made_at


async def restore(
    url: str, file: Path, now: datetime, features: Sequence[Path] = (), *, even_newer: bool = False
) -> Restored:
    """Let a database be what the backup says. The bot must not run on it.

    `features` are the folders with the features' own migrations. Raises `Fatal` when the file is no backup of ours, is
    damaged or newer than this program, when the database knows of later work and `even_newer` is not said, and when
    either cannot be read or written.
    """
    try:
        contents = await to_thread(_examine, file)
        if make_url(url).get_backend_name() == "sqlite":
            aside = await _into_file(Path(make_url(url).database or ""), contents, now, features, even_newer)
        else:
            aside = await _into_server(url, contents, now, features, even_newer)
    except (OSError, sqlite3.Error) as error:
        raise Fatal(f"{file} cannot be restored: {error}", EX_IOERR) from error
    except DBAPIError as error:
        raise Fatal(f"{file} cannot be restored: {error.orig}", EX_IOERR) from error
    return Restored(contents, aside)


def _examine(file: Path) -> Contents:
    if not file.is_file():
        raise Fatal(f"There is no file {file}.", EX_NOINPUT)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise Fatal(f"{file} is no backup made by bylaug.", EX_DATAERR)
            check_sound(connection)
        return contents_of(file)
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise Fatal(f"{file} is no backup made by bylaug, or it is damaged ({error}).", EX_DATAERR) from error


async def _into_file(
    database: Path, contents: Contents, now: datetime, features: Sequence[Path], even_newer: bool
) -> Path | None:
    fresh = database.with_name(f".{database.name}.restored")
    try:
        present = await to_thread(_look_into_file, database)
        _refuse_newer(present, contents, even_newer)
        await _prepare(contents, fresh, now, features, present)
        aside = await to_thread(_swap, database, fresh, now)
    finally:
        await to_thread(_remove, fresh)
    return aside


async def _into_server(
    url: str, contents: Contents, now: datetime, features: Sequence[Path], even_newer: bool
) -> Path | None:
    fresh = contents.file.with_name(f".{contents.file.name}.restored")
    store = Store(url)
    try:
        await migrate(store, features)
        async with store.read() as connection:
            present = await connection.run_sync(_look)
        _refuse_newer(present, contents, even_newer)
        await _prepare(contents, fresh, now, features, present)
        aside = await _back_up_before(store, contents.file, now, features) if present.newest else None
        async with store.write("schema") as connection:
            await connection.run_sync(_fill, fresh)
    finally:
        await store.close()
        await to_thread(_remove, fresh)
    return aside


async def _prepare(contents: Contents, fresh: Path, now: datetime, features: Sequence[Path], present: Present) -> None:
    """A copy of the backup, brought up to date, that knows that it was restored."""
    await to_thread(_remove, fresh)
    await to_thread(shutil.copyfile, contents.file, fresh)
    await to_thread(fresh.chmod, 0o600)
    store = Store(f"sqlite+aiosqlite:///{fresh}")
    try:
        await migrate(store, features)
        async with store.write() as connection:
            await note_past(connection, await _past_of(connection, contents, now))
            if present.is_newer_than(contents):
                await connection.run_sync(put_in, present.timeless)
            await begin_new_sessions(connection)
            await take_nothing_for_news(connection)
            await connection.execute(delete(meta).where(meta.c.key == MADE_AT))
    finally:
        await store.close()
    await to_thread(flush, fresh)


async def _past_of(connection: AsyncConnection, contents: Contents, now: datetime) -> Past:
    if before := await get_past(connection):  # it was made while an earlier one was still being caught up with
        return replace(before, until=now)
    position = await get_fact(connection, POSITION) or ""
    return Past(contents.made_at, now, position, tuple(await known_places(connection)))


def _refuse_newer(present: Present, contents: Contents, even_newer: bool) -> None:
    if present.is_newer_than(contents) and not even_newer:
        raise Fatal(
            f"The database has worked until {present.newest:%Y-%m-%d %H:%M:%S} UTC, and the backup is of "
            f"{contents.made_at:%Y-%m-%d %H:%M:%S} UTC. To go back to it nevertheless, say --even-newer: "
            "the present database is kept aside.",
            EX_DATAERR,
        )


def _look_into_file(database: Path) -> Present:
    """Nothing is found in a database that is not there, is empty, or too damaged to say."""
    if not database.exists():
        return Present()
    # read only: even SQLite is not to touch what may have to be rescued by hand
    engine = create_engine(f"sqlite:///file:{quote(str(database.absolute()))}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return _look(connection)
    except DBAPIError:
        return Present()
    finally:
        engine.dispose()


def _look(connection: Connection) -> Present:
    moments = (inbox.c.received_at, inbox.c.done_at, outbox.c.created_at, outbox.c.sent_at, history.c.at)
    found = [connection.execute(select(func.max(moment))).scalar_one() for moment in moments]
    newest = max((moment for moment in found if moment is not None), default=None)
    return Present(newest, take_along(connection))


def _swap(database: Path, fresh: Path, now: datetime) -> Path | None:
    """The old one goes with all that SQLite keeps beside it: a new file must never meet an old journal."""
    aside = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    was_there = database.exists()
    for ending in (*_BESIDE, ""):
        old = database.with_name(database.name + ending)
        if old.exists():
            old.rename(aside.with_name(aside.name + ending))
    fresh.rename(database)
    flush(database.parent)
    return aside if was_there else None


def _remove(fresh: Path) -> None:
    for ending in (*_BESIDE, ""):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)


async def _back_up_before(store: Store, file: Path, now: datetime, features: Sequence[Path]) -> Path:
    aside = file.with_name(f"before-restore-{now:%Y%m%dT%H%M%SZ}.db")
    await back_up(store, aside, now, features)
    return aside


def _fill(target: Connection, source: Path) -> None:
    with opened(source) as connection:
        carry(connection, target)
