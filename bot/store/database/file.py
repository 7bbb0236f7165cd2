"""The file of an SQLite database: notices when it is deleted or replaced while it is open."""

import os
from pathlib import Path

from bot.errors import EX_IOERR, Fatal, Unavailable
from bot.store.database.explain_error import RESTORE_ADVICE, damaged_file_error

#: The suffixes of the files that SQLite keeps beside a database in use.
SIDE_FILE_SUFFIXES = ("-wal", "-shm", "-journal")


class DatabaseFile:
    """The file of an SQLite database, which has to stay the one that was opened first.

    A Unix file that was deleted can be written to as long as it is open, and all of that is lost when it is closed. A
    connection opened after the deletion would silently create a new, empty database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._identity: tuple[int, int] | None = None  # device and inode

    @property
    def is_first_opening(self) -> bool:
        """Return whether no connection has opened the file yet."""
        return self._identity is None

    @property
    def uri(self) -> str:
        """The URI for SQLite to open (sqlite.org, "URI Filenames"). Only the first opening may create the file."""
        return f"{self.path.as_uri()}?mode={'rwc' if self.is_first_opening else 'rw'}"

    def record_opened(self) -> None:
        """Record which file was opened, after SQLite has accepted it as a database."""
        if self._identity is None:
            found = os.stat(self.path)  # noqa: PTH116  # Path.stat takes three times as long, and is called very often
            self._identity = found.st_dev, found.st_ino

    def record_closed(self) -> None:
        """Record that no connection is open: the next one may open another file."""
        self._identity = None

    def check_unchanged(self) -> None:
        """Raise Unavailable while the file is missing, since it may come back, and Fatal when it was replaced."""
        if self._identity is None:
            return
        try:
            found = os.stat(self.path)  # noqa: PTH116
        except OSError as error:
            raise Unavailable(
                f"The database {self.path} was moved or deleted while it is in use ({error.strerror}). Nothing is "
                "written until it is back in its place; then the bot goes on by itself. If it is lost, stop the bot "
                f"and {RESTORE_ADVICE}"
            ) from error
        if (found.st_dev, found.st_ino) != self._identity:
            raise Fatal(
                f"The database {self.path} was replaced by another file while it is in use. Nothing was written to the "
                "new one; the next start works with it.",
                EX_IOERR,
            )
        if found.st_size == 0:
            raise damaged_file_error(self.path, "it is empty")
