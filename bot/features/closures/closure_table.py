"""The table of closures that were made by command: adds them, finds them, and ends them or a part of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, insert, select, update

from bot.api import Moment, Request, Span, Thing
from bot.api.agreements import KeyColumn

metadata = MetaData()

#: The row of an ended closure stays, with who ended it and when. The time that remains closed gets a new row.
closures = Table(
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
_is_in_force = closures.c.opened_at.is_(None)
Index("grounds_closings_closed", closures.c.community, closures.c.thing, sqlite_where=_is_in_force)

#: The keys in the table. A thing that is closed by command is kept when the file loses it.
KEY_COLUMNS = (
    KeyColumn(closures.c.thing, "thing", "closure", lambda now: _is_in_force & (closures.c.end > now), keeps=True),
    KeyColumn(closures.c.closed_by, "person"),
    KeyColumn(closures.c.opened_by, "person"),
)


@dataclass(frozen=True)
class ClosureRow:
    """A closure in force. `thing` is the key of a thing, `closed_by` a handle; `reason` may be empty."""

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


async def add_closure(request: Request, thing: Thing, span: Span, reason: str) -> None:
    """Close a thing for a time. The closure is made by `request.person`."""
    await _insert(request, thing.key, span, reason, request.person.handle, request.now)


async def find_closures(request: Request, thing: Thing, window: Span) -> list[ClosureRow]:
    """Return the closures of a thing that overlap a window, by start."""
    query = select(closures).where(closures.c.community == request.community.key, closures.c.thing == thing.key)
    query = query.where(_is_in_force, closures.c.start < window.end, closures.c.end > window.start)
    rows = await request.db.execute(query.order_by(closures.c.start, closures.c.id))
    columns = ("id", "thing", "start", "end", "reason", "closed_by", "closed_at")
    return [ClosureRow(**{name: getattr(row, name) for name in columns}) for row in rows]


async def end_closures(request: Request, thing: Thing, span: Span) -> Span | None:
    """End the closures of a thing for the part of a span that is not past.

    Return the time from the first moment that was closed to the last; None when none was.
    """
    start = max(span.start, request.now)
    ended = await find_closures(request, thing, Span(start, span.end)) if start < span.end else []
    for closure in ended:
        opened = {"opened_by": request.person.handle, "opened_at": request.now}
        await request.db.execute(update(closures).where(closures.c.id == closure.id).values(**opened))
        for remaining in (Span(closure.start, start), Span(span.end, closure.end)):
            if remaining.start < remaining.end:
                by, at = closure.closed_by, closure.closed_at
                await _insert(request, closure.thing, remaining, closure.reason, by, at)
    if not ended:
        return None
    last = max(closure.end for closure in ended)
    return Span(max(start, ended[0].start), min(span.end, last))


async def _insert(request: Request, thing: str, span: Span, reason: str, by: str, at: datetime) -> None:
    values = {"community": request.community.key, "thing": thing, "reason": reason, "closed_by": by, "closed_at": at}
    await request.db.execute(insert(closures).values(**values, start=span.start, end=span.end))
