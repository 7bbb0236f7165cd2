"""Answers `!kalender`: the picture with the whole week in words below it, or the words alone."""

from datetime import date, datetime

from bot.api import THING, Ask, Request, Thing, When, draw_week
from bot.features.calendar.sheet import sheet_of
from bot.features.calendar.week import Days, happenings_of, week_of
from bot.features.calendar.words import notes_of, words_of

#: Said with the rest, they ask for words alone.
_IN_WORDS = frozenset({"tekst", "text"})


async def show_calendar(request: Request, thing: Thing | None, time: When | None, rest: str | None) -> None:
    """`!kalender bane 1 uge 34`, with `tekst` for words alone; of the whole room without a thing."""
    if thing is None and (unknown := THING.find_unknown(rest or "", request.reading_context)):
        raise Ask("thing", "ask-thing", THING.options(request.reading_context), unknown=unknown)
    week = week_of(day_meant(request, time))
    things = [thing] if thing else request.community.things
    found = [(one, await happenings_of(request, one, week)) for one in things]
    notes = await notes_of(request, week, found, thing)
    said = words_of(request, week, found, thing, notes) | {"one_week": _is_longer(time, week)}
    if _IN_WORDS.intersection((rest or "").casefold().split()):
        await request.say("calendar", **said)
        return
    name = request.text("file-name", request.community.language, week=week.number)
    picture = await draw_week(sheet_of(request, week, found, thing, notes), f"{name}.png")
    await request.show_picture(picture, "calendar", **said)


def day_meant(request: Request, time: When | None) -> date:
    """A day of the week to show; of a longer time its first one."""
    if time is None or (time.start is None and time.end is None):
        return request.local(request.now).date()
    said = time.start or time.end
    assert said is not None, "it has a start or an end"
    return said.date() if isinstance(said, datetime) else said


def _is_longer(time: When | None, week: Days) -> bool:
    """Whether more was asked for than one week shows."""
    if time is None:
        return False
    end = time.end.date() if isinstance(time.end, datetime) else time.end
    return time.rrule is not None or (end is not None and end > week.after)
