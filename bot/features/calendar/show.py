"""The command `calendar`: shows a week as a picture with the same content as text below it, or as text alone."""

from datetime import date, datetime

from bot.api import THING, Ask, Request, Thing, When
from bot.api.drawing import draw_week
from bot.features.calendar.week_content import build_week
from bot.features.calendar.week_items import IsoWeek, find_items, iso_week_of
from bot.features.calendar.week_text import build_notes, build_values

#: Words with which a person asks for the text without the picture.
_TEXT_ONLY = frozenset({"tekst", "text"})


async def show_calendar(request: Request, thing: Thing | None, time: When | None, rest: str | None) -> None:
    """`!kalender bane 1 uge 34`, with `tekst` for the text alone.

    Without a thing it shows all things of the community.
    """
    if thing is None and (unknown := THING.find_unknown(rest or "", request.reading_context)):
        raise Ask("thing", "ask-thing", THING.options(request.reading_context), unknown=unknown)
    week = iso_week_of(first_day_meant(request, time))
    things = [thing] if thing else request.community.things
    items_by_thing = [(one_thing, await find_items(request, one_thing, week)) for one_thing in things]
    notes = await build_notes(request, week, items_by_thing, thing)
    values = build_values(request, week, items_by_thing, thing, notes) | {"one_week": _is_longer_than(time, week)}
    if _TEXT_ONLY.intersection((rest or "").casefold().split()):
        await request.say("calendar", **values)
        return
    name = request.text("file-name", request.community.language, week=week.number)
    picture = await draw_week(build_week(request, week, items_by_thing, thing, notes), f"{name}.png")
    await request.show_picture(picture, "calendar", **values)


def first_day_meant(request: Request, time: When | None) -> date:
    """Return the first day of the written time; today when no time was written."""
    if time is None or (time.start is None and time.end is None):
        return request.local(request.now).date()
    start = time.start or time.end
    assert start is not None, "it has a start or an end"
    return start.date() if isinstance(start, datetime) else start


def _is_longer_than(time: When | None, week: IsoWeek) -> bool:
    """Return whether the written time is longer than the week, of which only this week is shown."""
    if time is None:
        return False
    end = time.end.date() if isinstance(time.end, datetime) else time.end
    return time.rrule is not None or (end is not None and end > week.next_monday)
