"""Tells transient errors of the database, after which a retry may succeed, from errors of a statement itself."""

from collections.abc import Iterator

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import Unavailable

#: Result codes of SQLite about a statement: an unknown column, a value too big or of the wrong type, a constraint
#: (sqlite.org, "Result and Error Codes": SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE).
_SQLITE_STATEMENT_CODES = {1, 18, 19, 20, 21, 25}

#: The same for PostgreSQL: the classes of SQLSTATE (manual, appendix A) for features not supported, cardinality, data,
#: constraints, and errors of syntax and access.
_POSTGRES_STATEMENT_CLASSES = {"0A", "21", "22", "23", "42"}


class LockLost(Unavailable):
    """The instance lock is lost: another program may be working on the database."""


def is_unavailable_error(error: BaseException) -> bool:
    """Return whether an error comes from the state of the database: full disk, lost connection, lock, overload."""
    if isinstance(error, exc.TimeoutError | Unavailable):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    code = sqlite_code(error)
    if code is not None:
        return code not in _SQLITE_STATEMENT_CODES
    state = sqlstate(error)
    return (state is None or state[:2] not in _POSTGRES_STATEMENT_CLASSES) and not _is_driver_refusal(error)


def sqlite_code(error: BaseException) -> int | None:
    """Return SQLite's primary result code; None for an error that is not SQLite's."""
    code = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's SQLSTATE (five characters); None if the server has not answered."""
    states = (getattr(cause, "sqlstate", None) for cause in find_causes(error))
    return next((state for state in states if isinstance(state, str)), None)


def find_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, down to the driver's own error."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = (error.orig if isinstance(error, DBAPIError) else None) or error.__cause__


def _is_driver_refusal(error: DBAPIError) -> bool:
    """Return whether the driver refused to send a statement: a number out of range, a text instead of a number."""
    return not error.connection_invalidated and any(
        isinstance(cause, ValueError | TypeError | OverflowError) for cause in find_causes(error)
    )
