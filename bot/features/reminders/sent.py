"""The table of notices that were sent or skipped, so that no notice is sent twice, also when its time is changed."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import Boolean, Column, Index, MetaData, Table, Text, delete, insert, select

from bot.api import Moment, Request
from bot.features.reminders.notice import Notice

metadata = MetaData()

sent_notices = Table(
    "reminders_said",
    metadata,
    Column("community", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # Notice.subject: "agreement 7", "day", "week"
    Column("what", Text, primary_key=True),  # Notice.key: "clock 1 2026-06-12T12:00", "2026-06-12"
    Column("who", Text, primary_key=True),  # Notice.address; empty for the room
    Column("at", Moment, nullable=False),
    Column("told", Boolean, nullable=False),  # false when skipped: agreed too late, muted, or the person has left
    Column("over", Moment, nullable=False),  # Notice.ends_at
)
Index("reminders_said_over", sent_notices.c.community, sent_notices.c.over)

#: How long a row is kept after the end of its notice.
KEPT_AFTER_END = timedelta(days=30)

#: How many of a person's newest sent notices are read to find the last message.
MAX_LAST_SENT = 200


async def find_unsent(request: Request, notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices that were neither sent nor skipped, in their order."""
    all_notices = list(notices)
    if not all_notices:
        return []
    query = select(sent_notices.c.subject, sent_notices.c.what, sent_notices.c.who)
    subjects = sorted({notice.subject for notice in all_notices})
    query = query.where(sent_notices.c.community == request.community.key, sent_notices.c.subject.in_(subjects))
    recorded = {(row.subject, row.what, row.who) for row in await request.db.execute(query)}
    return [notice for notice in all_notices if (notice.subject, notice.key, notice.address) not in recorded]


async def record_notices(request: Request, notices: Collection[Notice], *, sent: bool) -> None:
    """Record notices as sent or as skipped. Neither are sent later."""
    rows = {
        (notice.subject, notice.key, notice.address): {
            "community": request.community.key,
            "subject": notice.subject,
            "what": notice.key,
            "who": notice.address,
            "at": request.now,
            "told": sent,
            "over": notice.ends_at,
        }
        for notice in notices
    }
    if rows:
        await request.db.execute(insert(sent_notices), list(rows.values()))


async def find_last_sent(request: Request, address: str) -> set[str]:
    """Return the subjects of the last message with notices for a person."""
    to_person = (sent_notices.c.community == request.community.key) & (sent_notices.c.who == address)
    query = select(sent_notices.c.at, sent_notices.c.subject).where(to_person, sent_notices.c.told)
    rows = (await request.db.execute(query.order_by(sent_notices.c.at.desc()).limit(MAX_LAST_SENT))).all()
    return {row.subject for row in rows if row.at == rows[0].at}


async def delete_ended(request: Request) -> None:
    """Delete the rows of notices that ended long ago."""
    is_old = (sent_notices.c.community == request.community.key) & (sent_notices.c.over < request.now - KEPT_AFTER_END)
    await request.db.execute(delete(sent_notices).where(is_old))
