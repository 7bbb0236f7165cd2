"""Reads times as people write them: "fredag kl. 14-16", "i uge 30", "hver fredag fra april til oktober"."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.api.arguments.complete_time import complete_time, is_within
from bot.api.arguments.kind import Kind
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.api.request.written_time import WrittenTime
from bot.parsing.known_names import find_names
from bot.parsing.normalise import blank_range
from bot.parsing.rrule import last_day
from bot.parsing.sentences.finder import finder_of
from bot.parsing.unread_words import Sentence
from bot.parsing.when import FoundTime, When, WhenError, find_time_in_languages

#: How many days "hurtigst muligt" looks ahead.
_SOON_DAYS = 7
#: A time that is more years away is not read.
_MAX_YEARS = 50
#: How long ago a date without a year may be that is perhaps meant.
_RECENT = timedelta(days=92)
#: The same date a year later is at least so far away: week 22 of a year of 52 weeks.
_NEARLY_A_YEAR, _DAYS_OF_LEAP_WEEK = timedelta(days=363), timedelta(days=9)
_FLAGS = (
    "rrule",
    "deadline",
    "has_day",
    "has_clock",
    "loose",
    "any_week",
    "ends_on_day",
    "clock_came_first",
    "open_end",
)


class TimeKind(Kind[When]):
    """A time. An impossible time, such as 31 June, is returned with its `error`."""

    question, meaning_question, reading_order = "ask-time", "ask-which-day", 4

    def read(self, sentence: Sentence, context: ReadingContext) -> When | None:
        """Return the time that the sentence names."""
        found = find_time(sentence.unread, context)
        if found is None:
            return None
        sentence.cross_out_all(found.char_ranges)
        return found.when

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[When]:
        """Return all times that the sentence names together: two for "torsdag og fredag kl. 8"."""
        found = find_time(sentence.unread, context, several=True)
        if found is None:
            soonest = _read_soonest(sentence, context)
            return [] if soonest is None else [soonest]
        if found.when.alternatives and found.when.several:  # both days, or one of them
            found = find_time(sentence.unread, context)
            assert found is not None, "a phrase of several times is also read as an error"
        sentence.cross_out_all(found.char_ranges)
        return list(found.when.several) or [found.when]

    def meanings(self, value: When, context: ReadingContext) -> list[Option]:
        """Return an option for each day that an ambiguous time may mean, such as "næste fredag"."""
        each = (replace(when, alternatives=()) for when in (value, *value.alternatives))
        options = [Option(_write(when, context), when) for when in each if when.start is not None]
        return options if len(options) > 1 else []

    def complete(self, earlier: When, answer: When) -> When:
        """Return the answer, with the day or the clock time of the earlier time where the answer lacks it."""
        return complete_time(answer, earlier)

    def complete_each(self, earlier: Sequence[When], answers: Sequence[When]) -> list[When] | None:
        """Return a time in each of several days or weeks: "onsdag kl. 9" in weeks 33 and 34 is two times.

        None where the answer is no exact time in each of them.
        """
        if len(answers) == 1:
            answers = [answers[0]] * len(earlier)
        if len(answers) != len(earlier):
            return None
        completed = [complete_time(answer, each) for each, answer in zip(earlier, answers, strict=True)]
        fits = all(is_within(when, each) for each, when in zip(earlier, completed, strict=True))
        return completed if fits else None

    def to_json(self, value: When) -> dict[str, Any]:
        """Return the fields of the time, with times in ISO 8601."""
        times = {"start": _to_iso(value.start), "end": _to_iso(value.end)}
        flags = {name: getattr(value, name) for name in _FLAGS}
        others = {"alternatives": value.alternatives, "each": value.each}
        return {**times, **flags, **{name: [self.to_json(when) for when in each] for name, each in others.items()}}

    def from_json(self, stored: dict[str, Any], context: ReadingContext) -> When:
        """Return the time that `to_json` wrote."""
        names = ("alternatives", "each")  # an earlier version stored no "each"
        others = {name: tuple(self.from_json(when, context) for when in stored.get(name, ())) for name in names}
        times = {"start": _from_iso(stored["start"]), "end": _from_iso(stored["end"])}
        return When(**{**stored, **times, **others})


def _is_near(when: When, year: int) -> bool:
    """Return whether a time is in a year for which agreements are made; later and earlier ones cannot be computed."""
    ends = [end for each in (when, *when.several, *when.alternatives) for end in (each.start, each.end) if end]
    return all(abs(end.year - year) <= _MAX_YEARS for end in ends)


def _read_soonest(sentence: Sentence, context: ReadingContext) -> When | None:
    """Return the coming week for "hurtigst muligt", and cross the words out: the first free times in it are offered."""
    for code in context.languages:
        if found := finder_of(code).soonest.find(sentence.unread):
            sentence.cross_out(found.start, found.end)
            today = context.now.date()
            return When(today, today + timedelta(days=_SOON_DAYS), has_day=True, loose=True)
    return None


class PastTimeKind(TimeKind):
    """A time in the past: of a date without a year, the recent date is meant and not the one a year later."""

    def read(self, sentence: Sentence, context: ReadingContext) -> When | None:
        """Return the time that the sentence names."""
        when = super().read(sentence, context)
        return None if when is None else latest_meaning(when, context.now)

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[When]:
        """Return all times that the sentence names together."""
        return [latest_meaning(when, context.now) for when in super().read_several(sentence, context)]


def latest_meaning(when: When, now: datetime) -> When:
    """Return the latest meaning of a time that has begun; the time itself when none of its meanings has begun."""
    meanings = [replace(each, alternatives=()) for each in (when, *when.alternatives) if each.start is not None]
    begun = [each for each in meanings if each.dates[0] <= now.date()]
    return max(begun, key=lambda each: each.dates[0]) if begun and when.alternatives else when


TIME, PAST_TIME = TimeKind(), PastTimeKind()


def find_time(text: str, context: ReadingContext, *, several: bool = False) -> FoundTime | None:
    """Return the time that a text names, as read in the language of the context that knows most of its words.

    A text that names several times gives an error, or with `several` a `When` that has them in its field `several`.
    The "lørdag" of "Lørdag FC" and the "august" of "August Hansen" are no times where these are people.
    """
    text = _without_people(text, context)
    try:
        found = _find(text, context, several=several)
    except OverflowError:  # the year 9999
        return None
    if found is None or not _is_near(found.when, context.now.year):
        return None
    return replace(found, when=_with_passed(found.when, text, context, several=several))


def _without_people(text: str, context: ReadingContext) -> str:
    """Return a text with blanks in place of people's names of several words: "Lørdag FC" is no Saturday."""
    each = (name for person in context.community.people for name in (person.name, person.handle, *person.aliases))
    for found in find_names(text, tuple(name for name in each if not name.isalnum())):
        text = blank_range(text, *found.span())
    return text


def _find(text: str, context: ReadingContext, *, several: bool) -> FoundTime | None:
    return find_time_in_languages(
        text,
        now=context.now,
        languages=context.languages,
        zone=context.community.time_zone,
        several=several,
        holidays=context.community.school_holidays,
    )


def _with_passed(when: When, text: str, context: ReadingContext, *, several: bool) -> When:
    """Return a time with the same dates of this year as an alternative, if they are past and no year was written.

    A deadline that is over is an error. On 9 June, "den 2. juni" is next year's or last week's, and "fra 1. juni til
    30. juni" may be under way.
    """
    moment = when.start or when.end
    if when.error or when.rrule or when.several or when.alternatives or moment is None:
        return when
    day = moment.date() if isinstance(moment, datetime) else moment
    if day - context.now.date() < _NEARLY_A_YEAR - _RECENT:
        return when
    seen_before = replace(context, now=context.now - _RECENT)
    found = _find(text, seen_before, several=several)
    passed = found.when if found else None
    before = (passed.start or passed.end) if passed else None
    if passed is None or before is None or passed.rrule or passed.several:
        return when
    day_before = before.date() if isinstance(before, datetime) else before
    is_year_before = _NEARLY_A_YEAR <= day - day_before <= _NEARLY_A_YEAR + _DAYS_OF_LEAP_WEEK
    if is_year_before and when.deadline and found:
        said = " ".join(text[start:end] for start, end in found.char_ranges)
        return When(None, None, error=WhenError("when-passed", {"said": said}))
    return replace(when, alternatives=(replace(passed, alternatives=()),)) if is_year_before else when


def _write(when: When, context: ReadingContext) -> str:
    assert when.start is not None, "a deadline has only one meaning"
    if when.rrule is None:
        return WrittenTime(when.start, when.end, context.language, context.now).full
    last = last_day(when.start, when.rrule)
    return WrittenTime(when.start, when.end, context.language, context.now, when.rrule, last).full


def _to_iso(value: datetime | date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _from_iso(stored: str | None) -> datetime | date | None:
    if stored is None:
        return None
    return datetime.fromisoformat(stored) if "T" in stored else date.fromisoformat(stored)
