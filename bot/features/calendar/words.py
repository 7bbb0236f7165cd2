"""Says a week in words: all that its picture shows, for those who cannot see it or would rather read."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.api import EntryKind, Request, Text, Thing, calendar_unread_since, holiday_on, shorten_list
from bot.features.calendar.week import Days, Found, Happening, on_day, on_whole_week

#: Lines of a week that are said: a message holds no more (bot.matrix.render).
MOST_LINES = 120

_DAY = timedelta(days=1)


def words_of(request: Request, week: Days, found: Found, thing: Thing | None, notes: Sequence[Text]) -> dict[str, Any]:
    """What the sentence `calendar` is filled with. Without a thing it is about the room, and things are named."""
    lines: list[Text] = []
    free: list[Text] = []
    for day in week.days:
        said = list(_lines_of(request, day, on_day(request, week, day, found), alone=thing is not None))
        lines += [request.text("day-line", day=name_of(request, day)), *said] if said else []
        free += [] if said else [name_of(request, day)]
    if thing and len(free) < len(week.days) and on_whole_week(request, week, found):
        free = []  # there may be nothing on those days, but they are not free
    return {
        **titles_of(request, week, thing),
        "notes": notes,
        "lines": shorten_list(request, lines, max_lines=MOST_LINES),
        "free": free,
        "holidays": [name_of(request, day) for day in week.days if holiday_on(day, request.language)],
    }


def titles_of(request: Request, week: Days, thing: Thing | None) -> dict[str, Any]:
    """The room, what of it is shown, and when."""
    first, last = (request.local_time(day, None).day for day in (week.days[0], week.days[-1]))
    dates = request.text("dates", first=first, last=last, year=week.days[-1].year)
    return {
        "room": request.community.name,
        "thing": thing.name if thing else "",
        "week": week.number,
        "dates": dates,
    }


def name_of(request: Request, day: date) -> Text:
    """A day, and which holiday it is."""
    return request.text("day", day=request.local_time(day, None).day, holiday=holiday_on(day, request.language) or "")


async def notes_of(request: Request, week: Days, found: Found, thing: Thing | None) -> list[Text]:
    """What holds for the whole week, and is not said again on each of its days; and what may be wrong with it."""
    notes = [
        request.text("all-week", thing="" if thing else one.name, what=happening.what)
        for one, happening in on_whole_week(request, week, found)
    ]
    unread = [since for one, _ in found if (since := await calendar_unread_since(request, one))]
    return [*notes, request.text("unread", since=min(unread))] if unread else notes


def clock_of(request: Request, happening: Happening, day: date, *, short: bool = False) -> str:
    """When on a day: "kl. 14-16", "fra kl. 22", "til kl. 2", "hele dagen". `short` is for the picture."""
    start, end = request.local(happening.start), request.local(happening.end)
    midnight = datetime.combine(day, time())
    begins, ends = start >= midnight, end <= midnight + _DAY
    if begins and (ends or happening.end - happening.start < _DAY):
        if start == midnight and end == midnight + _DAY:
            return str(request.text("all-day"))
        clock = request.time(happening.start, happening.end).clock
        return str(request.text("clock-short" if short else "clock", clock=clock))
    if not begins and not ends:
        return str(request.text("all-day"))
    clock = request.time(happening.start if begins else happening.end, None).clock
    clock = str(request.text("clock-short", clock=clock)) if short else clock
    return str(request.text("clock-from" if begins else "clock-until", clock=clock))


def _lines_of(request: Request, day: date, found: Found, *, alone: bool) -> Iterator[Text]:
    for thing, happenings in found:
        for one in happenings:
            yield request.text(
                "line",
                thing="" if alone else thing.name,
                clock=clock_of(request, one, day),
                what=one.what,
                number=one.number or "",
                waits=one.look is EntryKind.WAITING,
            )
