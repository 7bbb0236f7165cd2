"""The result of reading a time, for the rest of the program."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WhenError:
    """Why a time that somebody wrote cannot exist.

    `key` names the sentence that tells the person. `values` are for the sentence, in the person's language: `said` is
    the text that was written, `weekday` and `date` are the right ones.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class When:
    """A time as it was meant.

    `start` and `end` (exclusive) are local and naive; a date is a whole day. `rrule` is a recurrence rule (RFC 5545,
    section 3.3.10) for which `start` is the first time; its `UNTIL` is the last local date, included, and `EXDATE` has
    the local dates that are left out. A `deadline` has only an end. `alternatives` are the other meanings of ambiguous
    words, to be offered beside this one.

    `several` are the times of a phrase that names more than one, all of them meant: "torsdag og fredag kl. 8" is two,
    each a `When` of its own, in the order in which they were said. Such a phrase has neither start nor end itself, so
    that nobody who looks only at these acts on the first of the days. It is returned only to a caller that asks for
    `several`; any other gets the error "when-several". It may have `alternatives`: "ons/tors kl. 8" is both days, or
    one of them.

    `each` are the days or weeks that were said one by one and follow each other, so that they are one time from `start`
    to `end`: "uge 33 og 34". Work may be meant once for each of them.

    `has_day` and `has_clock` tell what was named. `loose`: a window in which a time may be chosen, not an exact time.
    `any_week`: a weekday alone, which is the coming one unless the conversation is about another week.

    `ends_on_day`: the clock time stands behind a day and "til" or "senest" ("fredag til kl. 12"), so that it is the end
    of a time on that day, or may be. `clock_came_first`: the clock time was said before the day ("kl. 12 fredag").
    `open_end`: no end was said ("efter sommerferien"), and `end` only bounds the search for a free time.
    """

    start: datetime | date | None
    end: datetime | date | None
    rrule: str | None = None
    deadline: bool = False
    alternatives: tuple["When", ...] = ()
    error: WhenError | None = None
    has_day: bool = False
    has_clock: bool = False
    loose: bool = False
    any_week: bool = False
    ends_on_day: bool = False
    clock_came_first: bool = False
    open_end: bool = False
    several: tuple["When", ...] = ()
    each: tuple["When", ...] = ()

    @property
    def dates(self) -> tuple[date, date]:
        """The first day, and the day after the last. A time of less than a day is on its first day: "kl. 22-02".

        Only a time with a start has them.
        """
        assert self.start is not None, "it names a start"
        first = self.start.date() if isinstance(self.start, datetime) else self.start
        if self.end is None:
            return first, first + _DAY
        if not isinstance(self.end, datetime):
            return first, self.end
        begins = self.start if isinstance(self.start, datetime) else datetime.combine(first, time())
        last = first if self.end - begins < _DAY else (self.end - timedelta.resolution).date()
        return first, last + _DAY


NOT_UNDERSTOOD = When(None, None)


@dataclass(frozen=True)
class FoundTime:
    """A time found in a text. `char_ranges` are the parts of the text that say it: start and end of each, in order."""

    when: When
    char_ranges: tuple[tuple[int, int], ...]
