"""What was said to whom: nothing is said to anybody twice, whatever becomes of the times at which it was to be said."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import Boolean, Column, Index, MetaData, Table, Text, delete, insert, select

from bot.api import Moment, Request
from bot.features.reminders.notice import Notice

metadata = MetaData()

said = Table(
    "reminders_said",
    metadata,
    Column("community", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # "agreement 7", "day", "week"
    Column("what", Text, primary_key=True),  # which of its notices: "clock 1 2026-06-12T12:00", "2026-06-12"
    Column("who", Text, primary_key=True),  # an address; nobody for what is said to the room
    Column("at", Moment, nullable=False),
    Column("told", Boolean, nullable=False),  # or passed over: too late when it was agreed, muted, gone
    Column("over", Moment, nullable=False),  # when it is about what has been
)
Index("reminders_said_over", said.c.community, said.c.over)

#: How long it is remembered what was said about something that is over.
KEPT = timedelta(days=30)

#: Nobody is told of more at once.
_MOST = 200


async def unsaid(request: Request, notices: Iterable[Notice]) -> list[Notice]:
    """Those that were neither said nor passed over, in their order."""
    wanted = list(notices)
    if not wanted:
        return []
    rows = select(said.c.subject, said.c.what, said.c.who)
    subjects = sorted({one.subject for one in wanted})
    rows = rows.where(said.c.community == request.community.key, said.c.subject.in_(subjects))
    known = {(row.subject, row.what, row.who) for row in await request.db.execute(rows)}
    return [one for one in wanted if (one.subject, one.what, one.address) not in known]


async def note(request: Request, notices: Collection[Notice], *, told: bool) -> None:
    """These were said, or are not to be said any more."""
    rows = {
        (one.subject, one.what, one.address): {
            "community": request.community.key,
            "subject": one.subject,
            "what": one.what,
            "who": one.address,
            "at": request.now,
            "told": told,
            "over": one.over,
        }
        for one in notices
    }
    if rows:
        await request.db.execute(insert(said), list(rows.values()))


async def last_told(request: Request, address: str) -> set[str]:
    """The subjects that somebody was told of when they were last told of anything."""
    mine = (said.c.community == request.community.key) & (said.c.who == address) & said.c.told
    rows = select(said.c.at, said.c.subject).where(mine).order_by(said.c.at.desc()).limit(_MOST)
    found = (await request.db.execute(rows)).all()
    return {row.subject for row in found if row.at == found[0].at}


async def tidy(request: Request) -> None:
    """Forget what is long over."""
    old = (said.c.community == request.community.key) & (said.c.over < request.now - KEPT)
    await request.db.execute(delete(said).where(old))
