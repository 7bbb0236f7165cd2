"""The state of each external calendar: what it was when it was last read, and when to read it again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.calendars.tables import calendars, matches
from bot.store.facts import dialect_insert


@dataclass(frozen=True)
class CalendarState:
    """The state of a calendar after it was last read, or after reading it failed.

    - `version` and `changed` are its ETag and Last-Modified, for a conditional request (RFC 9110, section 8.8).
    - `digest` is that of the content and the time zone it was read in.
    - `read_at` is when the calendar was last known to be as stored.
    - `until` is the time up to which its matches were read. None: no change of it is announced at the next reading,
      because it was never read or the database was restored.
    - `due_at` is when to read it again.
    - `failures` counts the failed readings since the last successful one; `failing_since` is the time of the first.
    - `doubts` says to the administrator what in it had to be guessed at or could not be read; empty when nothing had.
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
    doubts: str = ""


async def get_calendar_state(connection: AsyncConnection, community: str, source: str) -> CalendarState:
    """Return the state of a calendar; an empty state for one that was never read."""
    rows = select(calendars).where(calendars.c.community == community, calendars.c.source == source)
    row = (await connection.execute(rows)).one_or_none()
    return CalendarState(**row._mapping) if row else CalendarState(community, source)


async def save_calendar_state(connection: AsyncConnection, state: CalendarState) -> None:
    """Store the state of a calendar, in place of the one before."""
    row = dialect_insert(connection.dialect.name, calendars).values(asdict(state))
    replaced = {column.name: row.excluded[column.name] for column in calendars.c if not column.primary_key}
    await connection.execute(row.on_conflict_do_update(index_elements=["community", "source"], set_=replaced))


async def find_calendar_states(connection: AsyncConnection) -> dict[tuple[str, str], CalendarState]:
    """Return the state of every stored calendar by (community, source)."""
    rows = await connection.execute(select(calendars))
    return {(row.community, row.source): CalendarState(**row._mapping) for row in rows}


async def delete_calendar(connection: AsyncConnection, community: str, source: str) -> None:
    """Delete a calendar that its community no longer names, with its matches."""
    for table in (matches, calendars):
        await connection.execute(delete(table).where(table.c.community == community, table.c.source == source))


async def suppress_next_changes(connection: AsyncConnection) -> None:
    """Let no calendar announce changes at its next reading.

    For a restored database: what has changed since the backup may have been announced already.
    """
    await connection.execute(update(calendars).values(until=None, due_at=None, version="", changed="", digest=""))
