"""Says of a database in trouble what is wrong, where, and what its caretaker can do about it."""

import getpass
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import exc
from sqlalchemy.engine import URL

from bot.errors import EX_IOERR, Fatal, Unavailable
from bot.store.database.transient import find_causes, is_unavailable_error, sqlite_code, sqlstate

RESTORE_ADVICE = 'restore the newest copy that "bylaug backup" made, with "bylaug restore".'

#: SQLite: the file is damaged, or no database (SQLITE_CORRUPT, SQLITE_NOTADB).
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

#: PostgreSQL, "Error Codes" (manual, appendix A), by the longest beginning that fits.
_STATES = {
    "28": 'does not let us in. Look at the user, the password (PGPASSFILE) and pg_hba.conf; "database" in config.yaml',
    "3D": 'has no such database. Make it with "createdb", or correct "database" in config.yaml',
    "42501": "does not let us do that. Let the database belong to the user of the bot",
    "53100": "has no room left on its disk. Make room there",
    "53200": "has no memory left",
    "53300": "has no connection left. Close what holds them, or raise max_connections",
    "57P01": "is being shut down, or ended our connection",
    "57P02": "has crashed and recovers",
    "57P03": "is starting or stopping",
    "25006": "only lets us read: it is a copy that follows another server. Promote it, or name the other server",
    "25P03": "ended a transaction that stood still for too long",
}

#: These will not pass by themselves, so at the start they end the program instead of being waited for.
_HOPELESS = {"28", "3D"}

_POSTGRES_DAMAGED = {"XX001", "XX002"}


def explain_error(error: BaseException, url: URL, *, opening: bool, proven: bool) -> Unavailable | Fatal | None:
    """What to raise instead of an error of the database; None when it is not the database that is in trouble.

    `opening` is before there was a connection, where everything that goes wrong is the database's; `proven` is whether
    it worked before, since what never worked may be wrongly set up.
    """
    if isinstance(error, Unavailable | Fatal):
        return None
    if url.get_backend_name() == "sqlite":
        return _diagnose_sqlite(error, Path(url.database or ""), opening=opening, proven=proven)
    return _diagnose_postgres(error, url, opening=opening, proven=proven)


def damaged_file_error(file: Path, why: str) -> Fatal:
    """The end of the program: nothing is written to a file that is damaged."""
    return Fatal(
        f"The database {file} is damaged ({why}), and nothing more is written to it. "
        f"Put the file aside and {RESTORE_ADVICE}",
        EX_IOERR,
    )


def _diagnose_sqlite(error: BaseException, file: Path, *, opening: bool, proven: bool) -> Unavailable | Fatal | None:
    code = sqlite_code(error)
    if code in _DAMAGED:
        return damaged_file_error(file, _last_words(error))
    if not (is_unavailable_error(error) or (opening and isinstance(error, OSError))):
        return None
    if not proven and not file.parent.is_dir():
        return Fatal(
            f'The database {file} cannot be used: there is no folder {file.parent}. Make it, or correct "database" '
            "in config.yaml.",
            EX_IOERR,
        )
    return Unavailable(
        f"The database {file} cannot be used: {_what_ails(file, code)} ({_last_words(error)}). {_GOES_ON}"
    )


_GOES_ON = "Nothing is lost; the bot goes on by itself when it can."


def _what_ails(file: Path, code: int | None) -> str:
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program has locked it. Close what has it open (a copy under way, an sqlite3 somewhere)"
        case sqlite3.SQLITE_FULL:
            return f"its disk is full. Make room on it, {_free(file)}"
        case _ if not file.parent.is_dir():
            return f"there is no folder {file.parent}. Is its disk mounted?"
        case _ if unwritable := _unwritable(file):
            return f"{_user()} may not write {unwritable}. Give it the right to, or mount the disk for writing"
        case sqlite3.SQLITE_READONLY:
            return "it may only be read. Let the bot write it, or mount its disk for writing"
        case _:
            return f"its disk does not do as it is told. Look whether it is full or broken, {_free(file)}"


def _unwritable(file: Path) -> Path | None:
    """What cannot be written: one of the database's files, or the folder that new ones are made in."""
    files = [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm")]
    for path in (*filter(Path.exists, files), file.parent):
        if not os.access(path, os.W_OK):
            return path
    return None


def _user() -> str:
    try:
        return f'the user "{getpass.getuser()}"'
    except (KeyError, OSError):  # nobody with this number is known
        return f"the user number {os.getuid()}"


def _free(file: Path) -> str:
    try:
        return f"{shutil.disk_usage(file.parent).free / 1_000_000:.1f} MB are free"
    except OSError:
        return "which does not answer"


def _diagnose_postgres(error: BaseException, url: URL, *, opening: bool, proven: bool) -> Unavailable | Fatal | None:
    state = sqlstate(error)
    where = f"The database {url.render_as_string(hide_password=True)}"
    if state in _POSTGRES_DAMAGED:
        return Fatal(
            f"{where} is damaged ({_last_words(error)}), and nothing more is written to it. Restore it from a backup.",
            EX_IOERR,
        )
    if not (is_unavailable_error(error) or opening):
        return None
    what = next((_STATES[state[:n]] for n in (5, 2) if state and state[:n] in _STATES), None)
    if what is not None and state is not None and state[:2] in _HOPELESS and not proven:
        return Fatal(f"{where} cannot be used: the server {what} ({_last_words(error)}).", EX_IOERR)
    return Unavailable(f"{where} cannot be used: {_what_ails_server(error, what)} ({_last_words(error)}). {_GOES_ON}")


def _what_ails_server(error: BaseException, known: str | None) -> str:
    if known is not None:
        return f"the server {known}"
    if isinstance(error, exc.TimeoutError):
        return "all our connections are in use for too long. Look at what slows the server down"
    return "the server is not reached, or lost us. Start it, or look at the network between us"


def _last_words(error: BaseException) -> str:
    """What the driver said, on one line."""
    *_, root = find_causes(error)
    name = getattr(root, "sqlite_errorname", "")
    return " ".join(f"{name} {root}".split())[:200] or type(root).__name__
