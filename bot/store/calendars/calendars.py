"""What is known of each calendar: how it was when it was last read, and when it is to be asked again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.calendars.tables import calendars, matches
from bot.store.facts import dialect_insert


@dataclass(frozen=True)
class CalendarState:
    """A calendar as it was left.

    `version` and `changed` are what the source calls its content, to ask whether there is another (RFC 9110, section
    8.8); `read_at` is when it last was known to be as we have it, `until` the moment up to which its matches were read
    (None: never, or so long ago that nothing in it is news), `failures` how often in a row it could not be read.
    """

    community: str
    source: str
    version: str = ""
    changed: str = ""
    digest: str = ""
    read_at: datetime | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None


async def get_calendar_state(connection: AsyncConnection, community: str, source: str) -> CalendarState:
    """What is known of a calendar; of one never read, nothing."""
    row = select(calendars).where(calendars.c.community == community, calendars.c.source == source)
    found = (await connection.execute(row)).one_or_none()
    return CalendarState(**found._mapping) if found else CalendarState(community, source)


async def save_calendar_state(connection: AsyncConnection, state: CalendarState) -> None:
    """Keep it, in the place of what was known."""
    row = dialect_insert(connection.dialect.name, calendars).values(asdict(state))
    later = {column.name: row.excluded[column.name] for column in calendars.c if not column.primary_key}
    await connection.execute(row.on_conflict_do_update(index_elements=["community", "source"], set_=later))


async def find_calendar_states(connection: AsyncConnection) -> dict[tuple[str, str], CalendarState]:
    """Every calendar that was ever asked for, by community and source."""
    rows = await connection.execute(select(calendars))
    return {(row.community, row.source): CalendarState(**row._mapping) for row in rows}


async def delete_calendar(connection: AsyncConnection, community: str, source: str) -> None:
    """Drop what is known of a calendar that the community no longer names, with its matches."""
    for table in (matches, calendars):
        await connection.execute(delete(table).where(table.c.community == community, table.c.source == source))


async def suppress_next_changes(connection: AsyncConnection) -> None:
    """Whatever is in the calendars when they are read next, nobody is told: it may have been said already."""
    await connection.execute(update(calendars).values(until=None, due_at=None, version="", changed="", digest=""))
