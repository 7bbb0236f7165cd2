"""Builds the text of a week. It says all that the picture shows, for people who cannot see it or who prefer text."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.api import Request, Text, Thing, shorten_list
from bot.api.availability import calendar_unread_since, holiday_on
from bot.api.drawing import EntryKind
from bot.features.calendar.week_items import (
    CalendarItem,
    IsoWeek,
    ItemsByThing,
    select_items_of_day,
    select_items_of_week,
)

#: Further lines of a week are left out, since a message cannot hold them (bot.matrix.render).
MAX_LINES = 120

_DAY = timedelta(days=1)


def build_values(
    request: Request, week: IsoWeek, items_by_thing: ItemsByThing, thing: Thing | None, notes: Sequence[Text]
) -> dict[str, Any]:
    """Return the values of the text `calendar`.

    Without a thing it is about all things, and each line names its thing.
    """
    lines: list[Text] = []
    free: list[Text] = []
    for day in week.days:
        items = select_items_of_day(request, week, day, items_by_thing)
        if items:
            lines += [
                request.text("day-line", day=describe_day(request, day)),
                *_item_lines(request, day, items, with_thing=thing is None),
            ]
        else:
            free.append(describe_day(request, day))
    if thing and len(free) < len(week.days) and select_items_of_week(request, week, items_by_thing):
        free = []  # an item that lasts the whole week makes days without other items not free
    return {
        **title_values(request, week, thing),
        "notes": notes,
        "lines": shorten_list(request, lines, max_lines=MAX_LINES),
        "free": free,
        "holidays": [describe_day(request, day) for day in week.days if holiday_on(day, request.language)],
    }


def title_values(request: Request, week: IsoWeek, thing: Thing | None) -> dict[str, Any]:
    """Return the values of titles: the community, the thing, the week and its dates."""
    first, last = (request.local_time(day, None).day for day in (week.days[0], week.days[-1]))
    dates = request.text("dates", first=first, last=last, year=week.days[-1].year)
    return {
        "room": request.community.name,
        "thing": thing.name if thing else "",
        "week": week.number,
        "dates": dates,
    }


def describe_day(request: Request, day: date) -> Text:
    """Return a day in words, with its holiday if it is one."""
    return request.text("day", day=request.local_time(day, None).day, holiday=holiday_on(day, request.language) or "")


async def build_notes(request: Request, week: IsoWeek, items_by_thing: ItemsByThing, thing: Thing | None) -> list[Text]:
    """Return the lines about the whole week: items that last the whole week, and calendars that could not be read."""
    notes = [
        request.text("all-week", thing="" if thing else item_thing.name, what=item.text)
        for item_thing, item in select_items_of_week(request, week, items_by_thing)
    ]
    unread = [since for item_thing, _ in items_by_thing if (since := await calendar_unread_since(request, item_thing))]
    return [*notes, request.text("unread", since=min(unread))] if unread else notes


def describe_hours(request: Request, item: CalendarItem, day: date, *, short: bool = False) -> str:
    """Return the hours of an item on a day: "kl. 14-16", "fra kl. 22", "til kl. 2", "hele dagen".

    The picture has a `short` form.
    """
    start, end = request.local(item.start), request.local(item.end)
    midnight = datetime.combine(day, time())
    starts, ends = start >= midnight, end <= midnight + _DAY
    if starts and (ends or item.end - item.start < _DAY):
        if start == midnight and end == midnight + _DAY:
            return str(request.text("all-day"))
        clock = request.time(item.start, item.end).clock
        return str(request.text("clock-short" if short else "clock", clock=clock))
    if not starts and not ends:
        return str(request.text("all-day"))
    clock = request.time(item.start if starts else item.end, None).clock
    clock = str(request.text("clock-short", clock=clock)) if short else clock
    return str(request.text("clock-from" if starts else "clock-until", clock=clock))


def _item_lines(request: Request, day: date, items_by_thing: ItemsByThing, *, with_thing: bool) -> Iterator[Text]:
    for thing, items in items_by_thing:
        for item in items:
            yield request.text(
                "line",
                thing=thing.name if with_thing else "",
                clock=describe_hours(request, item, day),
                what=item.text,
                number=item.number or "",
                waits=item.kind is EntryKind.WAITING,
            )
