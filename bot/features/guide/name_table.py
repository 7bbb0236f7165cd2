"""The table of names that people have taught the bot: adds them, finds them and ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, func, insert, select, update

from bot.api import Moment, Request
from bot.api.arguments import Alias

metadata = MetaData()

#: The row of a name that was forgotten stays, with who forgot it and when.
names = Table(
    "guide_names",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("community", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("taught_by", Text, nullable=False),
    Column("taught_at", Moment, nullable=False),
    Column("forgotten_by", Text),
    Column("forgotten_at", Moment),
)
_is_known = names.c.forgotten_at.is_(None)
Index("guide_names_known", names.c.community, sqlite_where=_is_known, postgresql_where=_is_known)


@dataclass(frozen=True)
class TaughtName:
    """A name in force, with the handle of who taught it, and when."""

    id: int
    alias: Alias
    taught_by: str
    taught_at: datetime


async def list_names(request: Request) -> list[TaughtName]:
    """Return the names of the community that are in force, in the order in which they were taught."""
    query = select(names).where(names.c.community == request.community.key, _is_known).order_by(names.c.id)
    return [
        TaughtName(row.id, Alias(row.name, row.kind, row.key), row.taught_by, row.taught_at)
        for row in await request.db.execute(query)
    ]


async def read_aliases(request: Request) -> Sequence[Alias]:
    """Return the names of the community that are in force, for `Feature.aliases`."""
    return [name.alias for name in await list_names(request)]


async def count_names(request: Request) -> int:
    """Return how many names of the community are in force."""
    query = select(func.count()).select_from(names).where(names.c.community == request.community.key, _is_known)
    return int(await request.db.scalar(query) or 0)


async def add_name(request: Request, alias: Alias) -> None:
    """Put a name into force."""
    row = {"community": request.community.key, "name": alias.name, "kind": alias.kind, "key": alias.key}
    await request.db.execute(insert(names).values(**row, taught_by=request.person.handle, taught_at=request.now))


async def end_name(request: Request, name: TaughtName) -> None:
    """Put a name out of force."""
    ended = {"forgotten_by": request.person.handle, "forgotten_at": request.now}
    await request.db.execute(update(names).where(names.c.id == name.id).values(**ended))
