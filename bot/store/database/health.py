"""Whether the database works: told when it stops, seldom while that lasts, and when it works again."""

import logging
import re
import time
from collections.abc import Callable
from typing import Literal

log = logging.getLogger(__name__)

#: What can work while the other does not: on a full disk everything can still be read.
Access = Literal["read", "write"]

#: Seconds from one line to the next while trouble lasts, doubled each time up to an hour.
MIN_LOG_INTERVAL_SECONDS, MAX_LOG_INTERVAL_SECONDS = 60.0, 3600.0
#: Seconds within which trouble that comes back is the same trouble.
SAME_OUTAGE_SECONDS = 10.0


class DatabaseHealth:
    """What the store's transactions came to. `noticed` hears what is wrong when that begins or changes, then None."""

    def __init__(
        self, noticed: Callable[[str | None], None], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._noticed, self._monotonic = noticed, monotonic
        self._failing: set[Access] = set()
        self._why = ""
        self._since = self._said = self._ended = float("-inf")
        self._pause = MIN_LOG_INTERVAL_SECONDS

    def record_failure(self, doing: Access, why: str) -> None:
        """A transaction came to nothing; `why` is a sentence for the caretaker."""
        now = self._monotonic()
        begins, is_other = not self._failing, _kind(why) != _kind(self._why)
        self._failing.add(doing)
        self._why = why
        if begins and now - self._ended > SAME_OUTAGE_SECONDS:
            self._since, self._pause = now, MIN_LOG_INTERVAL_SECONDS
            self._say(now, why)
        elif is_other and now - self._said > SAME_OUTAGE_SECONDS:
            self._say(now, why)
        elif now - self._said >= self._pause:
            self._pause = min(self._pause * 2, MAX_LOG_INTERVAL_SECONDS)
            self._say(now, f"still, after {(now - self._since) / 60:.0f} minutes: {why}")
        if begins or is_other:
            self._noticed(why)

    def record_success(self, doing: Access) -> None:
        """A transaction went through; whoever can write can read."""
        if not self._failing:
            return
        self._failing -= {"read", "write"} if doing == "write" else {doing}
        if self._failing:
            return
        now = self._monotonic()
        if now - self._ended > SAME_OUTAGE_SECONDS:
            log.warning("the database works again, after %.0f seconds", now - self._since)
        self._ended = now
        self._noticed(None)

    def _say(self, now: float, line: str) -> None:
        log.error("%s", line)
        self._said = now


def _kind(why: str) -> str:
    """The sentence without its numbers, which change all the time: how much is free."""
    return _NUMBER.sub("", why)


_NUMBER = re.compile(r"\d+")
