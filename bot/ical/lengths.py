"""Finds how long an event takes, also where its end lies before its start or is of another kind than its start."""

from datetime import UTC, date, datetime, time, timedelta

from bot.ical import guess
from bot.ical.times import MAX_LENGTH

#: Of an end on a wrong day, the time of day is believed when it comes so soon after the start: 20:00 to 00:30.
_MAX_LENGTH_TO_TIME_OF_DAY = timedelta(hours=8)
#: A longer event is no match, or has an end in a wrong month or year.
_LENGTH_IN_DOUBT = timedelta(days=31)
_DAY = timedelta(days=1)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Return the time between two aware moments, also across a change of the clocks."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def length_of(start: datetime | date, duration: timedelta | None) -> timedelta:
    """Return the length of an event without an end: zero when it is not known; for days, whole days."""
    if isinstance(start, datetime):
        return duration or timedelta()
    return timedelta(days=-(-duration // _DAY)) if duration else _DAY


def length_until(end: datetime | date, start: datetime | date, guesses: list[str]) -> timedelta:
    """Return the length of an event with an end; zero when it is not known. What was guessed is added to `guesses`."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return _between_moments(start, end, guesses)
    if isinstance(start, datetime):
        guesses.append(guess.DAY_AND_TIME)
        midnight = datetime.combine(end, time(), start.tzinfo)
        # the day after the start says no more than "on that day"
        return elapsed(start, midnight) if _DAY < midnight.date() - start.date() <= _LENGTH_IN_DOUBT else timedelta()
    if isinstance(end, datetime):
        if not {guess.START_ONLY_DAY, guess.START_FROM_END} & set(guesses):
            guesses.append(guess.DAY_AND_TIME)
        return _between_days(start, end.date() if end.time() == time() else end.date() + _DAY, guesses)
    return _between_days(start, end, guesses)


def _between_days(start: date, end: date, guesses: list[str]) -> timedelta:
    if end <= start:
        guesses.append(guess.END_OF_DAY)
        return _DAY
    length = end - start
    if length > _LENGTH_IN_DOUBT and end.year != start.year and (end.month, end.day) != (2, 29):
        in_same_year = end.replace(year=start.year) - start
        if timedelta() < in_same_year <= _LENGTH_IN_DOUBT:
            guesses.append(guess.END_IN_OTHER_YEAR)
            return in_same_year
    if length > MAX_LENGTH:
        guesses.append(guess.END_UNREADABLE)
        return _DAY
    return length


def _between_moments(start: datetime, end: datetime, guesses: list[str]) -> timedelta:
    length = elapsed(start, end)
    if length < timedelta():
        length = _until_same_time_of_day(start, end)
        guesses.append(guess.END_AFTER_MIDNIGHT if length else guess.END_BEFORE_START)
    elif length > MAX_LENGTH or (length > _LENGTH_IN_DOUBT and start.time() != time()):
        # what begins at midnight may be a season or a closed month
        length = _until_same_time_of_day(start, end)
        guesses.append(guess.END_TOO_LATE)
    return length


def _until_same_time_of_day(start: datetime, end: datetime) -> timedelta:
    """Return how long after the start it is as late in the day as at the end; zero when that is too long."""
    same_time = datetime.combine(start.date(), end.astimezone(start.tzinfo).time(), start.tzinfo)
    if same_time.replace(tzinfo=None) <= start.replace(tzinfo=None):
        same_time += _DAY
    length = elapsed(start, same_time)
    return length if length <= _MAX_LENGTH_TO_TIME_OF_DAY else timedelta()
