"""One program works on a database at a time: who is second on SQLite is refused, on PostgreSQL it stands by."""

import asyncio
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from bot.errors import EX_IOERR, EX_TEMPFAIL, Fatal, Unavailable
from bot.store.database.explain_error import RESTORE_ADVICE
from bot.store.database.postgres_lock import PostgresLock
from bot.store.database.transaction import Store


class InstanceLock(Protocol):
    """The right to work on a database, which one program has."""

    async def acquire(self, on_wait: Callable[[], None]) -> None:
        """Have it, or wait for it; `waiting` is called while another has it. Raises `Trouble`, or `Fatal`."""

    async def hold(self) -> None:
        """Hold on to it. Raises `Unseated` when it is lost; else it goes on until cancelled."""

    def check_database_exists(self) -> None:
        """Look whether a database is missing that was there before, before it is opened. Raises `Fatal`."""

    def mark_database_created(self) -> None:
        """The database is there and up to date: what it holds may not be missing at the next start."""

    async def release(self) -> None:
        """Let another have it."""


def create_instance_lock(store: Store) -> InstanceLock:
    """The seat at this database."""
    return PostgresLock(store) if store.file is None else SqliteLock(store, store.file.path)


@asynccontextmanager
async def hold_in_background(lock: InstanceLock) -> AsyncIterator[None]:
    """For a command: gives signs of life, and where the seat is lost nevertheless, the next transaction says so."""
    keeping = asyncio.ensure_future(lock.hold())
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError, Unavailable):
            await keeping


class SqliteLock:
    """A file beside an SQLite database, under a lock of flock(2), which the kernel takes back however we end.

    It stays where it is, because a file that is removed while somebody opens it is a lock that two can have; and what
    stands in it says that there was a database, so that one that is gone is not quietly begun anew.
    """

    def __init__(self, store: Store, database: Path) -> None:
        self._store, self._database = store, database
        self.path = database.with_name(f"{database.name}.lock")
        self._held: int | None = None

    async def acquire(self, on_wait: Callable[[], None]) -> None:
        """Have it at once. Raises `Fatal` when another has it, `Trouble` when the file cannot be opened."""
        if self._held is not None:
            return
        try:
            while self._held is None:
                self._held = self._lock()
        except OSError as error:
            raise self._store.report_failure(self._lament(error)) from error
        self._store.check_instance_lock = self._check

    def check_database_exists(self) -> None:
        """A database that was there and is not must not be begun anew. Raises `Fatal`."""
        if self._read() and not (self._database.exists() and self._database.stat().st_size):
            raise Fatal(
                f"The database {self._database} is gone: it was there before, says {self.path}. To have it back, "
                f"{RESTORE_ADVICE} To begin with an empty one instead, delete {self.path}.",
                EX_IOERR,
            )

    async def hold(self) -> None:
        """Nobody can take it from us."""
        await asyncio.Event().wait()

    def mark_database_created(self) -> None:
        """Write down who is here, for the one who comes second."""
        assert self._held is not None, "whoever settles has the seat"
        said = f"process {os.getpid()} on {socket.gethostname()}\n".encode()
        try:
            os.pwrite(self._held, said, 0)
            os.ftruncate(self._held, len(said))
        except OSError as error:
            raise self._store.report_failure(self._lament(error)) from error

    async def release(self) -> None:
        """Let the lock go; the file stays."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _lock(self) -> int | None:
        """The open file under lock; None when it was removed meanwhile. Raises `Fatal` when another has it."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_at_its_place(file):
                return file
        except BlockingIOError:
            raise Fatal(
                f"Another Bylaug works on the database {self._database}: {self._read() or 'it has just started'}. "
                "Two would answer everything twice; stop that one first.",
                EX_TEMPFAIL,
            ) from None
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        return None

    def _is_at_its_place(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), os.stat(self.path))  # noqa: PTH116
        except FileNotFoundError:
            return False

    def _check(self) -> None:
        if self._held is not None and not self._is_at_its_place(self._held):
            raise Fatal(
                f"{self.path} was removed while the bot works, so another may have started on the database "
                f"{self._database}. Leave that file alone; starting again makes a new one.",
                EX_TEMPFAIL,
            )

    def _read(self) -> str:
        try:
            return self.path.read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    def _lament(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"The database {self._database} cannot be used: its lock {self.path} cannot be written ({error.strerror}). "
            "The bot needs the right to write in that folder, and room on a disk of this machine (no network drive). "
            "It goes on by itself when it has them."
        )
