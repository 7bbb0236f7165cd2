"""Inspects the database that a restore is going to replace."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.exc import DBAPIError

from bot.store.backup.backup import BackupSummary
from bot.store.backup.preserved_tables import PreservedRows, read_preserved_rows
from bot.store.tables import history, inbox, outbox


@dataclass(frozen=True)
class ReplacedDatabase:
    """The time of the newest row of the replaced database, and the rows to preserve; empty if it cannot be read."""

    newest_work: datetime | None = None
    preserved_rows: PreservedRows = field(default_factory=dict)

    def is_newer_than(self, backup: BackupSummary) -> bool:
        """Return whether the bot has worked on the database after the backup was made."""
        return self.newest_work is not None and self.newest_work > backup.made_at


def inspect_file(database: Path) -> ReplacedDatabase:
    """Inspect an SQLite file; return an empty ReplacedDatabase if it is missing, empty or too damaged to be read."""
    if not database.exists():
        return ReplacedDatabase()
    # Read-only: not even SQLite may change a file that may have to be rescued by hand.
    engine = create_engine(f"sqlite:///file:{quote(str(database.absolute()))}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return inspect_database(connection)
    except DBAPIError:
        return ReplacedDatabase()
    finally:
        engine.dispose()


def inspect_database(connection: Connection) -> ReplacedDatabase:
    """Inspect an open database. Raise DBAPIError if it lacks the tables of the core."""
    columns = (inbox.c.received_at, inbox.c.done_at, outbox.c.created_at, outbox.c.sent_at, history.c.at)
    newest = [connection.execute(select(func.max(column))).scalar_one() for column in columns]
    newest_work = max((moment for moment in newest if moment is not None), default=None)
    return ReplacedDatabase(newest_work, read_preserved_rows(connection))
