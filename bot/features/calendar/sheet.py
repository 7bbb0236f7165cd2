"""Turns a week into what is drawn of it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.api import EntryKind, Request, Text, Thing, Week, WeekDay, WeekEntry, WeekRow, WeekTexts, holiday_on
from bot.features.calendar.week import Days, Found, Happening, on_day, on_whole_week
from bot.features.calendar.words import clock_of, titles_of

#: What the legend explains, in this order; what is not on the sheet is left out of it.
_LEGEND = (EntryKind.AGREED, EntryKind.WAITING, EntryKind.MATCH, EntryKind.CLOSED, EntryKind.OTHER)


def sheet_of(request: Request, week: Days, found: Found, thing: Thing | None, notes: Sequence[Text]) -> Week:
    """The sheet of a thing's week, or of the room's."""
    titles = titles_of(request, week, thing)
    looks = {one.look for _, happenings in found for one in happenings}
    hours = (thing.usage.hours if thing else None) or request.community.hours
    return Week(
        heading=request.community.name if thing else str(request.text("everything")),
        title=str(request.text("title", **titles)),
        number=str(request.text("week-number", **titles)),
        dates=str(titles["dates"]),
        days=tuple(_day(request, week, day, found, thing) for day in week.days),
        texts=_words(request, looks),
        notes=tuple(str(note) for note in notes),
        all_week_kind=next((one.look for _, one in on_whole_week(request, week, found)), None) if thing else None,
        hours=(_hours(hours[0]), _hours(hours[1]) or 24.0),
    )


def _words(request: Request, looks: set[EntryKind]) -> WeekTexts:
    legend = tuple((look, str(request.text(f"look-{look}"))) for look in _LEGEND if look in looks)
    free, more = (str(request.text(key)) for key in ("nothing", "more-entries"))
    return WeekTexts(free, more, str(request.text("updated", at=request.now)), legend)


def _day(request: Request, week: Days, day: date, found: Found, thing: Thing | None) -> WeekDay:
    lanes = tuple(
        WeekRow("" if thing else one.name, tuple(_entry(request, day, happening) for happening in happenings))
        for one, happenings in on_day(request, week, day, found)
    )
    name = str(request.text("day-short", day=request.local_time(day, None).day))
    return WeekDay(name, lanes, day == request.local(request.now).date(), holiday_on(day, request.language) or "")


def _entry(request: Request, day: date, happening: Happening) -> WeekEntry:
    number = str(request.text("number", number=happening.number)) if happening.number else ""
    begins, ends = _hours_on(day, request.local(happening.start)), _hours_on(day, request.local(happening.end))
    clock = clock_of(request, happening, day, short=True)
    # in the hour that clocks show twice, something can end before it began
    return WeekEntry(happening.look, clock, str(happening.what), begins, max(begins, ends), number)


def _hours_on(day: date, local: datetime) -> float:
    passed = local - datetime.combine(day, time())
    return min(max(passed / timedelta(hours=1), 0.0), 24.0)


def _hours(clock: time) -> float:
    return clock.hour + clock.minute / 60
