"""The instance lock: one program works on a database. On SQLite a second one is refused, on PostgreSQL it waits."""

import asyncio
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from bot.errors import EX_IOERR, EX_TEMPFAIL, Fatal, Unavailable
from bot.store.database.explain_error import RESTORE_ADVICE
from bot.store.database.postgres_lock import PostgresLock
from bot.store.database.transaction import Store

#: The suffix of the lock file beside an SQLite database.
LOCK_SUFFIX = ".lock"


class InstanceLock(Protocol):
    """The right to work on a database, which one program has at a time."""

    async def acquire(self, on_wait: Callable[[], None]) -> None:
        """Acquire the lock, or wait for it and call `on_wait` meanwhile. Raise Unavailable or Fatal."""

    async def hold(self) -> None:
        """Keep the lock alive until cancelled. Raise LockLost when it is lost."""

    def check_database_exists(self) -> None:
        """Raise Fatal if a database that was there before is missing; call it before the database is opened."""

    def mark_database_created(self) -> None:
        """Record that the database exists and is migrated, so that a later start can tell that it is missing."""

    async def release(self) -> None:
        """Release the lock, so that another program may take it."""


def create_instance_lock(store: Store) -> InstanceLock:
    """Return the lock of a database, not yet acquired."""
    return PostgresLock(store) if store.file is None else SqliteLock(store, store.file.path)


@asynccontextmanager
async def hold_in_background(lock: InstanceLock) -> AsyncIterator[None]:
    """Hold an acquired lock during the block. When it is lost, cancel the block and raise LockLost."""
    failure: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            holding = group.create_task(lock.hold())
            try:
                yield
            except Exception as error:  # kept out of the group, which would wrap it
                failure = error
            finally:
                holding.cancel()
    except BaseExceptionGroup as errors:
        if lost := errors.subgroup(Unavailable):
            raise lost.exceptions[0] from None
        raise
    if failure is not None:
        raise failure


class SqliteLock:
    """A file beside an SQLite database, locked with flock(2). The kernel releases the lock however the program ends.

    The file is never removed: if it were, while another program opens it, both could lock a file of that name. Its
    content, who holds the lock, also records that the database was created: a missing database is then noticed,
    instead of being silently replaced by an empty one.
    """

    def __init__(self, store: Store, database: Path) -> None:
        self._store, self._database = store, database
        self.path = database.with_name(f"{database.name}{LOCK_SUFFIX}")
        self._descriptor: int | None = None

    async def acquire(self, on_wait: Callable[[], None]) -> None:
        """Acquire the lock at once. Raise Fatal when another program has it, Unavailable if the file does not open."""
        if self._descriptor is not None:
            return
        try:
            while self._descriptor is None:
                self._descriptor = self._open_and_lock()
        except OSError as error:
            raise self._store.report_failure(self._describe(error)) from error
        self._store.check_instance_lock = self._check

    def check_database_exists(self) -> None:
        """Raise Fatal if the lock file records a database, and the database is missing or empty."""
        if self._read() and not (self._database.exists() and self._database.stat().st_size):
            raise Fatal(
                f"The database {self._database} is gone: it was there before, says {self.path}. To have it back, "
                f"{RESTORE_ADVICE} To begin with an empty one instead, delete {self.path}.",
                EX_IOERR,
            )

    async def hold(self) -> None:
        """Wait until cancelled: the kernel keeps the lock."""
        await asyncio.Event().wait()

    def mark_database_created(self) -> None:
        """Write the process and the host into the lock file; a second program shows them to its administrator."""
        assert self._descriptor is not None, "the lock is acquired"
        owner = f"process {os.getpid()} on {socket.gethostname()}\n".encode()
        try:
            os.pwrite(self._descriptor, owner, 0)
            os.ftruncate(self._descriptor, len(owner))
        except OSError as error:
            raise self._store.report_failure(self._describe(error)) from error

    async def release(self) -> None:
        """Release the lock; the file stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open_and_lock(self) -> int | None:
        """Return the descriptor of the locked file; None if the file was removed in the meantime.

        Raise Fatal when another program has the lock.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_lock_file(descriptor):
                return descriptor
        except BlockingIOError:
            raise Fatal(
                f"Another Bylaug works on the database {self._database}: {self._read() or 'it has just started'}. "
                "Two would answer everything twice; stop that one first.",
                EX_TEMPFAIL,
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def _is_lock_file(self, descriptor: int) -> bool:
        """Return whether an open file is the one that now has the lock file's name."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))  # noqa: PTH116
        except FileNotFoundError:
            return False

    def _check(self) -> None:
        if self._descriptor is not None and not self._is_lock_file(self._descriptor):
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

    def _describe(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"The database {self._database} cannot be used: its lock {self.path} cannot be written ({error.strerror}). "
            "The bot needs the right to write in that folder, and room on a disk of this machine (no network drive). "
            "It goes on by itself when it has them."
        )
