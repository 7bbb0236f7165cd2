"""The current time. It is passed in as a function, so that tests can set it and nothing reads the machine's clock."""

from collections.abc import Callable
from datetime import UTC, datetime

#: Returns the current time, aware and in UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the time of the machine's clock, in UTC."""
    return datetime.now(UTC)
