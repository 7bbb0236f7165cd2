"""The file an SQLite database lives in, watched: deleted or replaced under us, it must not be written on."""

import os
from pathlib import Path

from bot.errors import EX_IOERR, Fatal, Unavailable
from bot.store.database.explain_error import RESTORE_ADVICE, damaged_file_error


class DatabaseFile:
    """One file, which is to stay the one it was when it was first opened.

    A Unix file that was deleted can be written for as long as it is open, and all of that is gone when it is closed; a
    connection opened after that would quietly begin a new, empty one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._identity: tuple[int, int] | None = None

    @property
    def uri(self) -> str:
        """What SQLite is told to open (sqlite.org, "URI Filenames"): made once, and never made again."""
        return f"{self.path.as_uri()}?mode={'rwc' if self._identity is None else 'rw'}"

    def record_opened(self) -> None:
        """It was opened and is a database: from now on it is this one and no other."""
        if self._identity is None:
            found = os.stat(self.path)  # noqa: PTH116  # Path.stat is three times as slow, and this is on the path of all
            self._identity = found.st_dev, found.st_ino

    def record_closed(self) -> None:
        """Nobody has it open: the next time, it may be another."""
        self._identity = None

    def check_unchanged(self) -> None:
        """Raises `Trouble` while it is gone, since it may come back, and `Fatal` when another has its place."""
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
