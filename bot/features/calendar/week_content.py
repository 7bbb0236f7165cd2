"""Builds what the picture of a week shows: its texts, and the hours of every entry. `bot.api.drawing` draws it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.api import Request, Text, Thing
from bot.api.availability import holiday_on
from bot.api.drawing import EntryKind, Week, WeekDay, WeekEntry, WeekRow, WeekTexts
from bot.features.calendar.week_items import (
    CalendarItem,
    IsoWeek,
    ItemsByThing,
    select_items_of_day,
    select_items_of_week,
)
from bot.features.calendar.week_text import describe_hours, title_values

#: The kinds that the legend explains, in this order. Kinds that the picture does not show are left out.
_LEGEND = (EntryKind.AGREED, EntryKind.WAITING, EntryKind.MATCH, EntryKind.CLOSED, EntryKind.OTHER)


def build_week(
    request: Request, week: IsoWeek, items_by_thing: ItemsByThing, thing: Thing | None, notes: Sequence[Text]
) -> Week:
    """Return the content of the picture of a week, for one thing or for the whole community."""
    titles = title_values(request, week, thing)
    kinds = {item.kind for _, items in items_by_thing for item in items}
    hours = (thing.usage.hours if thing else None) or request.community.hours
    all_week = next((item.kind for _, item in select_items_of_week(request, week, items_by_thing)), None)
    return Week(
        heading=request.community.name if thing else str(request.text("everything")),
        title=str(request.text("title", **titles)),
        number=str(request.text("week-number", **titles)),
        dates=str(titles["dates"]),
        days=tuple(_build_day(request, week, day, items_by_thing, thing) for day in week.days),
        texts=_build_texts(request, kinds),
        notes=tuple(str(note) for note in notes),
        all_week_kind=all_week if thing else None,
        hours=(_clock_in_hours(hours[0]), _clock_in_hours(hours[1]) or 24.0),
    )


def _build_texts(request: Request, kinds: set[EntryKind]) -> WeekTexts:
    legend = tuple((kind, str(request.text(f"look-{kind}"))) for kind in _LEGEND if kind in kinds)
    free, more = (str(request.text(key)) for key in ("nothing", "more-entries"))
    return WeekTexts(free, more, str(request.text("updated", at=request.now)), legend)


def _build_day(
    request: Request, week: IsoWeek, day: date, items_by_thing: ItemsByThing, thing: Thing | None
) -> WeekDay:
    rows = tuple(
        WeekRow("" if thing else row_thing.name, tuple(_build_entry(request, day, item) for item in items))
        for row_thing, items in select_items_of_day(request, week, day, items_by_thing)
    )
    name = str(request.text("day-short", day=request.local_time(day, None).day))
    return WeekDay(name, rows, day == request.local(request.now).date(), holiday_on(day, request.language) or "")


def _build_entry(request: Request, day: date, item: CalendarItem) -> WeekEntry:
    number = str(request.text("number", number=item.number)) if item.number else ""
    start = _hours_since_midnight(day, request.local(item.start))
    end = _hours_since_midnight(day, request.local(item.end))
    hours_text = describe_hours(request, item, day, short=True)
    # in the hour that clocks show twice, an item can end at an earlier clock time than it starts
    return WeekEntry(item.kind, hours_text, str(item.text), start, max(start, end), number)


def _hours_since_midnight(day: date, local: datetime) -> float:
    """Return a local time in hours since the midnight of a day, between 0 and 24."""
    elapsed = local - datetime.combine(day, time())
    return min(max(elapsed / timedelta(hours=1), 0.0), 24.0)


def _clock_in_hours(clock: time) -> float:
    return clock.hour + clock.minute / 60
