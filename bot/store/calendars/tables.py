"""The tables of external calendars and of the matches in them."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from bot.store.moment import Moment
from bot.store.tables import metadata

#: External calendars (bot.store.calendars.calendars). `source` is a file or URL that a community's file names.
calendars = Table(
    "calendars",
    metadata,
    Column("community", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("version", Text, nullable=False, default=""),  # ETag (see bot.calendars)
    Column("changed", Text, nullable=False, default=""),  # Last-Modified
    Column("digest", Text, nullable=False, default=""),  # of the content, and of the time zone it was read in
    Column("read_at", Moment),  # when the calendar was last known to be as stored
    Column("until", Moment),  # the end of the time it was read for; null: announce no changes next time
    Column("due_at", Moment),  # when to read it again
    Column("failures", Integer, nullable=False, default=0),  # since the last successful reading
    Column("failing_since", Moment),
    Column("doubts", Text, nullable=False, default="", server_default=""),  # what had to be guessed at, for people
)

#: The matches in external calendars, from two weeks back on.
matches = Table(
    "matches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("community", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),  # stays the same when the match is moved (UID)
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    Column("all_day", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("location", Text, nullable=False),
    UniqueConstraint("community", "source", "key"),
    Index("matches_when", "community", "end"),
    sqlite_autoincrement=True,
)
