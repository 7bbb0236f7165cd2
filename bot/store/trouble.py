"""Tells a database in trouble, where trying again helps, from a statement that will never go through."""

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError

#: What SQLite says about the statement itself: an unknown column, a value too big or of the wrong kind, a constraint
#: (sqlite.org, "Result and Error Codes": SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE).
_SQLITE_OURS = {1, 18, 19, 20, 21, 25}

#: What PostgreSQL says about it: the classes of SQLSTATE (manual, appendix A) for features not supported, cardinality,
#: data, constraints, and errors of syntax and access.
_POSTGRES_OURS = {"0A", "21", "22", "23", "42"}


def is_trouble(error: BaseException) -> bool:
    """Whether an error comes from the database's state: a full disk, a lost connection, a lock, too many at once."""
    if isinstance(error, exc.TimeoutError):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF not in _SQLITE_OURS
    state = getattr(error.orig, "sqlstate", None)
    return not (isinstance(state, str) and state[:2] in _POSTGRES_OURS) and not _is_refused_by_driver(error)


def _is_refused_by_driver(error: DBAPIError) -> bool:
    """The driver would not even send it: a number out of range, a text where a number belongs."""
    return not error.connection_invalidated and any(
        isinstance(cause, ValueError | TypeError | OverflowError) for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__
    return found
