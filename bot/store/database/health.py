"""The health of the database: logs when it stops working, seldom while that lasts, and when it works again."""

import logging
import re
import time
from collections.abc import Callable
from typing import Literal

log = logging.getLogger(__name__)

#: Kinds of access, which can fail separately: with a full disk reading still works.
Access = Literal["read", "write"]

#: Seconds from one log line to the next during an outage: doubled after each line, up to an hour.
MIN_LOG_INTERVAL_SECONDS, MAX_LOG_INTERVAL_SECONDS = 60.0, 3600.0
#: A failure so many seconds after the end of an outage belongs to the same outage.
SAME_OUTAGE_SECONDS = 10.0


class DatabaseHealth:
    """Whether the store's transactions succeed.

    `on_change` is called with the reason when an outage begins and when its reason changes, and with None at its end.
    """

    def __init__(
        self, on_change: Callable[[str | None], None], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_change, self._monotonic = on_change, monotonic
        self._failing: set[Access] = set()
        self._reason = ""
        self._began_at = self._logged_at = self._ended_at = float("-inf")
        self._log_interval = MIN_LOG_INTERVAL_SECONDS

    def record_failure(self, access: Access, reason: str) -> None:
        """Record a failed transaction; `reason` is a sentence for the administrator."""
        now = self._monotonic()
        begins, has_other_reason = not self._failing, _without_numbers(reason) != _without_numbers(self._reason)
        self._failing.add(access)
        self._reason = reason
        if begins and now - self._ended_at > SAME_OUTAGE_SECONDS:
            self._began_at, self._log_interval = now, MIN_LOG_INTERVAL_SECONDS
            self._log(now, reason)
        elif has_other_reason and now - self._logged_at > SAME_OUTAGE_SECONDS:
            self._log(now, reason)
        elif now - self._logged_at >= self._log_interval:
            self._log_interval = min(self._log_interval * 2, MAX_LOG_INTERVAL_SECONDS)
            self._log(now, f"still, after {(now - self._began_at) / 60:.0f} minutes: {reason}")
        if begins or has_other_reason:
            self._on_change(reason)

    def record_success(self, access: Access) -> None:
        """Record a successful transaction. A successful write shows that reading works too."""
        if not self._failing:
            return
        self._failing -= {"read", "write"} if access == "write" else {access}
        if self._failing:
            return
        now = self._monotonic()
        if now - self._ended_at > SAME_OUTAGE_SECONDS:
            log.warning("the database works again, after %.0f seconds", now - self._began_at)
        self._ended_at = now
        self._on_change(None)

    def _log(self, now: float, line: str) -> None:
        log.error("%s", line)
        self._logged_at = now


def _without_numbers(reason: str) -> str:
    """Return a reason without its numbers, such as the free space, which change all the time."""
    return _NUMBER.sub("", reason)


_NUMBER = re.compile(r"\d+")
