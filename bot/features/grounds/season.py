"""The part of every year in which a thing is worked on: told, changed, and given back to the community's file."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.api import (
    A_FEW,
    Bound,
    Ground,
    Hit,
    Request,
    Season,
    Terms,
    Text,
    Thing,
    hits,
    in_brief,
    write_day_of_year,
)
from bot.features.grounds.change import check_understood, find_thing, line_of, set_bound
from bot.features.grounds.hit import line_of_hit
from bot.features.grounds.keeper import is_keeper

_DAY = timedelta(days=1)
#: How many days ahead agreements are looked for that are out of a new season.
AHEAD = 366


async def set_season(request: Request, thing: Thing | None, season: Season | Bound | None, rest: str | None) -> None:
    """`!sæson bane 3 april til oktober`, `!sæson bane 3 hele året`; `!sæson bane 3` and `!sæson` tell what it is."""
    if (found := find_thing(request, "season", thing, season, rest)) is None:
        lines = [await line_of(request, "season", one, in_words) for one in request.community.things]
        await request.say("seasons", lines=in_brief(request, lines))
    elif season is not None and not rest:
        await _set(request, found, season)
    else:
        check_understood(request, "season", found, rest)
        line = await line_of(request, "season", found, in_words)
        await request.say("season", line=line, thing=found.name, may=is_keeper(request, found))


async def _set(request: Request, thing: Thing, season: Season | Bound) -> None:
    before, now = await set_bound(request, "season", thing, season)
    outside = await _outside(request, thing, now.season)
    await request.say(
        "season-set",
        thing=thing.name,
        season=in_words(request, now),
        before=in_words(request, before),
        same=now.season == before.season,
        outside=in_brief(request, [line_of_hit(request, hit) for hit in outside], most=A_FEW),
    )


def in_words(request: Request, ground: Ground) -> Text:
    """ "1. april til 31. oktober", or the whole year."""
    if ground.season is None:
        return request.text("whole-year")
    days = (ground.season.first, ground.season.last)
    first, last = (write_day_of_year(*day, language=request.language) for day in days)
    return request.text("season-days", first=first, last=last)


async def _outside(request: Request, thing: Thing, season: Season | None) -> list[Hit]:
    """The agreements with a time in the coming year that is out of season; what is done all year is not."""
    if season is None:
        return []
    found: dict[int, Hit] = {}
    for window in _out_of_season(request, season):
        for hit in await hits(request, thing, window):
            task = request.community.task(hit.agreement.task or "")
            if task is None or not task.all_year:
                known = found.get(hit.agreement.number)
                found[hit.agreement.number] = Hit(hit.agreement, (*(known.times if known else ()), *hit.times))
    return [found[number] for number in sorted(found)]


def _out_of_season(request: Request, season: Season) -> Iterator[Terms]:
    """The stretches of the coming year that are not in it."""
    today = request.local(request.now).date()
    first: date | None = None
    for at in range(AHEAD + 1):
        day = today + at * _DAY
        is_out = at < AHEAD and not season.holds(day)
        if is_out and first is None:
            first = day
        elif not is_out and first is not None:
            yield Terms(request.moment(first), request.moment(day))
            first = None
