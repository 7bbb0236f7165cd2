"""Explains errors of the database to the administrator: what is wrong, where, and what to do about it."""

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

#: SQLite: the file is damaged, or is no database.
_SQLITE_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

#: What "the server …" does, by SQLSTATE or the class of it (its first two characters). PostgreSQL manual, appendix A.
_SQLSTATE_ADVICE = {
    "28": 'does not let us in. Look at the user, the password (PGPASSFILE) and pg_hba.conf; "database" in config.yaml',
    "3D": 'has no such database. Make it with "createdb", or correct "database" in config.yaml',
    "42501": "does not let us do that. Let the database belong to the user of the bot",
    "53100": "has no room left on its disk. Make room there",
    "53200": "has no memory left",
    "53300": "has no connection left. Close what holds them, or raise max_connections",
    "40001": "undid a transaction because of another one at the same time",
    "40P01": "undid a transaction because it and another one waited for each other",
    "53": "has not enough of something. Look at its log",
    "55P03": "did not get a lock in time. Look at what else works on the database, and at lock_timeout",
    "57014": "broke off a statement that took too long, or that somebody cancelled. Raise statement_timeout, or look "
    "at what slows the server down",
    "58": "has trouble with its own disk or system. Look at its log",
    "57P01": "is being shut down, or ended our connection",
    "57P02": "has crashed and recovers",
    "57P03": "is starting or stopping",
    "25006": "only lets us read: it is a copy that follows another server. Promote it, or name the other server",
    "25P03": "ended a transaction that stood still for too long (idle_in_transaction_session_timeout)",
    "25P04": "ended a transaction that took too long. Raise transaction_timeout",
    "57P05": "ended a connection that was not used for too long (idle_session_timeout)",
}

#: SQLSTATE classes of a wrong configuration: before the database has worked, these end the program.
_PERMANENT_CLASSES = {"28", "3D"}

#: The class of errors of the connection itself, which the driver also gives to what it finds out without the server.
_CONNECTION_CLASS = "08"

_POSTGRES_DAMAGED = {"XX001", "XX002"}


def explain_error(error: BaseException, url: URL, *, opening: bool, has_worked: bool) -> Unavailable | Fatal | None:
    """Return the error to raise instead of another one; None when that does not come from the state of the database.

    `opening`: the error came while connecting, so it comes from the database, whatever it is. `has_worked`: the
    database has worked before, so its configuration is right.
    """
    if isinstance(error, Unavailable | Fatal):
        return None
    if url.get_backend_name() == "sqlite":
        return _explain_sqlite_error(error, Path(url.database or ""), opening=opening, has_worked=has_worked)
    return _explain_postgres_error(error, url, opening=opening, has_worked=has_worked)


def damaged_file_error(file: Path, reason: str) -> Fatal:
    """Return the error that ends the program: nothing may be written to a damaged file."""
    return Fatal(
        f"The database {file} is damaged ({reason}), and nothing more is written to it. "
        f"Put the file aside and {RESTORE_ADVICE}",
        EX_IOERR,
    )


def _explain_sqlite_error(
    error: BaseException, file: Path, *, opening: bool, has_worked: bool
) -> Unavailable | Fatal | None:
    code = sqlite_code(error)
    if code in _SQLITE_DAMAGED:
        return damaged_file_error(file, _driver_message(error))
    if not (is_unavailable_error(error) or (opening and isinstance(error, OSError))):
        return None
    if not has_worked and not file.parent.is_dir():
        return Fatal(
            f'The database {file} cannot be used: there is no folder {file.parent}. Make it, or correct "database" '
            "in config.yaml.",
            EX_IOERR,
        )
    reason = f"{_describe_sqlite_failure(file, code)} ({_driver_message(error)})"
    return Unavailable(f"The database {file} cannot be used: {reason}. {_CONTINUES}")


_CONTINUES = "Nothing is lost; the bot goes on by itself when it can."


def _describe_sqlite_failure(file: Path, code: int | None) -> str:
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program has locked it. Close what has it open (a copy under way, an sqlite3 somewhere)"
        case sqlite3.SQLITE_FULL:
            return f"its disk is full. Make room on it, {_describe_free_space(file)}"
        case _ if not file.parent.is_dir():
            return f"there is no folder {file.parent}. Is its disk mounted?"
        case _ if unwritable := _find_unwritable(file):
            return f"{_describe_user()} may not write {unwritable}. Give it the right to, or mount the disk for writing"
        case sqlite3.SQLITE_READONLY:
            return "it may only be read. Let the bot write it, or mount its disk for writing"
        case _:
            return f"its disk does not work. Check whether it is full or broken, {_describe_free_space(file)}"


def _find_unwritable(file: Path) -> Path | None:
    """Return the first file of the database, or else its folder, that this user may not write to."""
    files = [file.with_name(file.name + suffix) for suffix in ("", "-wal", "-shm")]
    for path in (*filter(Path.exists, files), file.parent):
        if not os.access(path, os.W_OK):
            return path
    return None


def _describe_user() -> str:
    try:
        return f'the user "{getpass.getuser()}"'
    except (KeyError, OSError):  # no user has this number
        return f"the user number {os.getuid()}"


def _describe_free_space(file: Path) -> str:
    try:
        return f"{shutil.disk_usage(file.parent).free / 1_000_000:.1f} MB are free"
    except OSError:
        return "which does not answer"


def _explain_postgres_error(
    error: BaseException, url: URL, *, opening: bool, has_worked: bool
) -> Unavailable | Fatal | None:
    state = sqlstate(error)
    database = f"The database {url.render_as_string(hide_password=True)}"
    if state in _POSTGRES_DAMAGED:
        return Fatal(
            f"{database} is damaged ({_driver_message(error)}), and nothing more is written to it. "
            "Restore it from a backup.",
            EX_IOERR,
        )
    if not (is_unavailable_error(error) or opening):
        return None
    advice = (_SQLSTATE_ADVICE.get(state) or _SQLSTATE_ADVICE.get(state[:2])) if state else None
    if advice is not None and state is not None and state[:2] in _PERMANENT_CLASSES and not has_worked:
        return Fatal(f"{database} cannot be used: the server {advice} ({_driver_message(error)}).", EX_IOERR)
    reason = f"{_describe_postgres_failure(error, state, advice)} ({_driver_message(error)})"
    return Unavailable(f"{database} cannot be used: {reason}. {_CONTINUES}")


def _describe_postgres_failure(error: BaseException, state: str | None, advice: str | None) -> str:
    if advice is not None:
        return f"the server {advice}"
    if state is not None and not state.startswith(_CONNECTION_CLASS):
        return f"the server answers with the error {state}. Look at its log"
    if isinstance(error, exc.TimeoutError):
        return "all our connections are in use for too long. Look at what slows the server down"
    return "the server is not reached, or lost us. Start it, or look at the network between us"


def _driver_message(error: BaseException) -> str:
    """Return the message of the driver's own error, on one line."""
    *_, root = find_causes(error)
    name = getattr(root, "sqlite_errorname", "")
    return " ".join(f"{name} {root}".split())[:200] or type(root).__name__
