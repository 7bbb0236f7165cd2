"""What time it is: handed to whoever needs it, so that nobody asks the machine behind their back."""

from collections.abc import Callable
from datetime import UTC, datetime

#: Returns the present moment, aware and in UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's own clock, in UTC."""
    return datetime.now(UTC)
