"""What is closed by command: kept, looked up, and opened, in whole or in part."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, insert, select, update

from bot.api import Moment, Request, Span, Thing

metadata = MetaData()

#: A closing that was opened is kept, with who opened it; what stays closed of it is a row of its own.
closings = Table(
    "grounds_closings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("community", Text, nullable=False),
    Column("thing", Text, nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Column("opened_by", Text),
    Column("opened_at", Moment),
    CheckConstraint('start < "end"', name="grounds_closings_end_after_they_begin"),
)
_closed = closings.c.opened_at.is_(None)
Index("grounds_closings_closed", closings.c.community, closings.c.thing, sqlite_where=_closed)


@dataclass(frozen=True)
class Closing:
    """A time in which a thing is closed. `thing` and `closed_by` are keys of the YAML, `reason` may be empty."""

    id: int
    thing: str
    start: datetime
    end: datetime
    reason: str
    closed_by: str
    closed_at: datetime

    @property
    def span(self) -> Span:
        """The time in which the thing is closed."""
        return Span(self.start, self.end)


async def keep(request: Request, thing: Thing, window: Span, reason: str) -> None:
    """The person closes a thing."""
    await _write(request, thing.key, window, reason, request.person.handle, request.now)


async def closings_in(request: Request, thing: Thing, window: Span) -> list[Closing]:
    """What is closed of a thing between two moments, soonest first."""
    rows = select(closings).where(closings.c.community == request.community.key, closings.c.thing == thing.key, _closed)
    rows = rows.where(closings.c.start < window.end, closings.c.end > window.start)
    found = await request.db.execute(rows.order_by(closings.c.start, closings.c.id))
    names = ("id", "thing", "start", "end", "reason", "closed_by", "closed_at")
    return [Closing(**{name: getattr(row, name) for name in names}) for row in found]


async def open_again(request: Request, thing: Thing, window: Span) -> bool:
    """The person opens a thing between two moments, from now on; whether anything was closed then."""
    start = max(window.start, request.now)
    found = await closings_in(request, thing, Span(start, window.end)) if start < window.end else []
    for closing in found:
        opened = {"opened_by": request.person.handle, "opened_at": request.now}
        await request.db.execute(update(closings).where(closings.c.id == closing.id).values(**opened))
        for rest in (Span(closing.start, start), Span(window.end, closing.end)):
            if rest.start < rest.end:
                by, at = closing.closed_by, closing.closed_at
                await _write(request, closing.thing, rest, closing.reason, by, at)
    return bool(found)


async def _write(request: Request, thing: str, window: Span, reason: str, by: str, at: datetime) -> None:
    values = {"community": request.community.key, "thing": thing, "reason": reason, "closed_by": by, "closed_at": at}
    await request.db.execute(insert(closings).values(**values, start=window.start, end=window.end))
