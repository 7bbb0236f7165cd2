"""Tells a database in trouble, where trying again helps, from a statement that will never go through."""

from collections.abc import Iterator

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import Unavailable

#: What SQLite says about the statement itself: an unknown column, a value too big or of the wrong kind, a constraint
#: (sqlite.org, "Result and Error Codes": SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE).
_SQLITE_OURS = {1, 18, 19, 20, 21, 25}

#: What PostgreSQL says about it: the classes of SQLSTATE (manual, appendix A) for features not supported, cardinality,
#: data, constraints, and errors of syntax and access.
_POSTGRES_OURS = {"0A", "21", "22", "23", "42"}


class LockLost(Unavailable):
    """Another program may be working on the database by now."""


def is_unavailable_error(error: BaseException) -> bool:
    """Whether an error comes from the database's state: a full disk, a lost connection, a lock, too many at once."""
    if isinstance(error, exc.TimeoutError | Unavailable):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    code = sqlite_code(error)
    if code is not None:
        return code not in _SQLITE_OURS
    state = sqlstate(error)
    return (state is None or state[:2] not in _POSTGRES_OURS) and not _is_refused_by_driver(error)


def sqlite_code(error: BaseException) -> int | None:
    """SQLite's primary result code, None where it is another's error."""
    code = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five characters, None where it has not answered."""
    states = (getattr(cause, "sqlstate", None) for cause in find_causes(error))
    return next((state for state in states if isinstance(state, str)), None)


def find_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, down to the driver's own."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = (error.orig if isinstance(error, DBAPIError) else None) or error.__cause__


def _is_refused_by_driver(error: DBAPIError) -> bool:
    """The driver would not even send it: a number out of range, a text where a number belongs."""
    return not error.connection_invalidated and any(
        isinstance(cause, ValueError | TypeError | OverflowError) for cause in find_causes(error)
    )
