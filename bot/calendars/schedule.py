"""When a calendar is asked for again: politely, and the longer it fails the less often."""

import random
from datetime import timedelta

from bot.config.calendar import is_url

#: A source is asked every hour, and one that cannot be had after an hour, two, four ... up to a day.
URL_POLL_INTERVAL, MAX_POLL_INTERVAL = timedelta(hours=1), timedelta(days=1)
#: A file of ours costs a look; one that cannot be read costs more, and somebody is perhaps just mending it.
FILE_POLL_INTERVAL, BROKEN_FILE_POLL_INTERVAL = timedelta(0), timedelta(minutes=10)
#: Not all in the same minute, whatever the hour at which the bot was started.
JITTER_FRACTION = 0.1


def delay_until_next_poll(source: str, failures: int = 0, retry_after_seconds: float | None = None) -> timedelta:
    """How long to leave a calendar alone that failed so often in a row. `asked`: as many seconds it asked for itself.

    However long it asks for, it is looked at again after a day.
    """
    if not is_url(source):
        return (
            min(BROKEN_FILE_POLL_INTERVAL, timedelta(minutes=1 << min(failures, 8))) if failures else FILE_POLL_INTERVAL
        )
    doubled = 1 << min(max(failures - 1, 0), 8)
    pause = min(MAX_POLL_INTERVAL, URL_POLL_INTERVAL * doubled)
    wanted = timedelta(seconds=min(retry_after_seconds or 0.0, MAX_POLL_INTERVAL.total_seconds()))
    return max(wanted, pause * random.uniform(1 - JITTER_FRACTION, 1 + JITTER_FRACTION))
