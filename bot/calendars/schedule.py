"""Computes when a calendar is polled again: seldom, and the more often it failed the later."""

import random
from datetime import datetime, timedelta

from bot.config.calendar import is_url

#: A URL is fetched every hour. After failures the pause is one hour, two, four … up to a day.
URL_POLL_INTERVAL, MAX_POLL_INTERVAL = timedelta(hours=1), timedelta(days=1)
#: A file is checked at every round, since looking at it is cheap. The pause after failures is at most ten minutes:
#: parsing a broken file costs more, but somebody may be repairing it just now.
FILE_POLL_INTERVAL, MAX_BROKEN_FILE_INTERVAL = timedelta(0), timedelta(minutes=10)
#: Every pause is varied by up to this fraction, so that not all calendars are fetched in the minute of the start.
JITTER_FRACTION = 0.1


def is_due(due_at: datetime | None, now: datetime) -> bool:
    """Return whether a calendar is to be polled: at `due_at`, and at once when no poll is planned.

    A poll planned further ahead than MAX_POLL_INTERVAL is due too: it was planned before the clock was put back.
    """
    latest = now + MAX_POLL_INTERVAL * (1 + JITTER_FRACTION)
    return due_at is None or not now < due_at <= latest


def delay_until_next_poll(source: str, failures: int = 0, retry_after_seconds: float | None = None) -> timedelta:
    """Return how long to wait after `failures` failed reads in a row before a calendar is polled again.

    `retry_after_seconds` is what the server asked for. It is respected up to MAX_POLL_INTERVAL.
    """
    if not is_url(source):
        if not failures:
            return FILE_POLL_INTERVAL
        return min(MAX_BROKEN_FILE_INTERVAL, timedelta(minutes=1 << min(failures, 8)))
    factor = 1 << min(max(failures - 1, 0), 8)
    pause = min(MAX_POLL_INTERVAL, URL_POLL_INTERVAL * factor)
    requested = timedelta(seconds=min(retry_after_seconds or 0.0, MAX_POLL_INTERVAL.total_seconds()))
    return max(requested, pause * random.uniform(1 - JITTER_FRACTION, 1 + JITTER_FRACTION))
