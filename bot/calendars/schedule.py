"""When a calendar is asked for again: politely, and the longer it fails the less often."""

import random
from datetime import timedelta

from bot.config.calendar import is_url

#: A source is asked every hour, and one that cannot be had after an hour, two, four ... up to a day.
USUAL, SELDOM = timedelta(hours=1), timedelta(days=1)
#: A file of ours costs a look; one that cannot be read costs more, and somebody is perhaps just mending it.
AT_ONCE, BROKEN = timedelta(0), timedelta(minutes=10)
#: Not all in the same minute, whatever the hour at which the bot was started.
JITTER = 0.1


def until_next(source: str, failures: int = 0, asked: float | None = None) -> timedelta:
    """How long to leave a calendar alone that failed so often in a row. `asked`: as many seconds it asked for itself.

    However long it asks for, it is looked at again after a day.
    """
    if not is_url(source):
        return min(BROKEN, timedelta(minutes=1 << min(failures, 8))) if failures else AT_ONCE
    doubled = 1 << min(max(failures - 1, 0), 8)
    pause = min(SELDOM, USUAL * doubled)
    wanted = timedelta(seconds=min(asked or 0.0, SELDOM.total_seconds()))
    return max(wanted, pause * random.uniform(1 - JITTER, 1 + JITTER))
