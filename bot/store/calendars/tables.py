"""The tables of the calendars that are read, and of what is in them."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from bot.store.tables import Moment, metadata

#: The calendars that are read. `source` is a file or URL of a community's YAML.
calendars = Table(
    "calendars",
    metadata,
    Column("community", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("version", Text, nullable=False, default=""),  # what the source calls its content (ETag), see bot.calendars
    Column("changed", Text, nullable=False, default=""),  # when it says that it last changed (Last-Modified)
    Column("digest", Text, nullable=False, default=""),  # of the content, and of the zone it was read in
    Column("read_at", Moment),  # when it last was known to be as we have it
    Column("until", Moment),  # up to where the matches were read; empty: whatever comes next, nothing is news
    Column("due_at", Moment),  # when it is to be asked again
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("failing_since", Moment),
)

#: The matches in them, as far as anybody may still ask about them.
matches = Table(
    "matches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("community", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),  # stays the same when the match is moved
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    Column("all_day", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("location", Text, nullable=False),
    UniqueConstraint("community", "source", "key"),
    Index("matches_when", "community", "end"),
    sqlite_autoincrement=True,
)
