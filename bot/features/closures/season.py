"""The part of every year in which a thing is worked on: told, changed, and given back to the community's file."""

from bot.api import (
    A_FEW,
    Bound,
    Hit,
    Request,
    Season,
    Span,
    Text,
    Thing,
    UsageRules,
    hits,
    in_brief,
    obstacles_in,
    write_day_of_year,
)
from bot.features.closures.change import all_lines, check_thing, check_understood, line_of, set_bound
from bot.features.closures.hit import line_of_hit
from bot.features.closures.keeper import is_keeper
from bot.features.closures.overview import AHEAD


async def set_season(request: Request, thing: Thing | None, season: Season | Bound | None, rest: str | None) -> None:
    """`!sæson bane 3 april til oktober`, `!sæson bane 3 hele året`; `!sæson bane 3` and `!sæson` tell what it is."""
    check_thing(request, "season", thing, season, rest)
    if thing is None:
        await request.say("seasons", lines=await all_lines(request, "season", in_words))
    elif season is not None and not rest:
        await _set(request, thing, season)
    else:
        check_understood(request, "season", thing, rest)
        line = await line_of(request, "season", thing, in_words)
        await request.say("season", line=line, thing=thing.name, may=is_keeper(request, thing))


async def _set(request: Request, thing: Thing, season: Season | Bound) -> None:
    before, now = await set_bound(request, "season", thing, season)
    outside = await _outside(request, thing)
    await request.say(
        "season-set",
        thing=thing.name,
        season=in_words(request, now),
        before=in_words(request, before),
        same=now.season == before.season,
        outside=in_brief(request, [line_of_hit(request, hit) for hit in outside], most=A_FEW),
    )


def in_words(request: Request, ground: UsageRules) -> Text:
    """ "1. april til 31. oktober", or the whole year."""
    if ground.season is None:
        return request.text("whole-year")
    days = (ground.season.first, ground.season.last)
    first, last = (write_day_of_year(*day, language=request.language) for day in days)
    return request.text("season-days", first=first, last=last)


async def _outside(request: Request, thing: Thing) -> list[Hit]:
    """The agreements with a time in the coming year that is out of season; what is done all year is not."""
    today = request.local(request.now).date()
    year = Span(request.moment(today), request.moment(today + AHEAD))
    found: dict[int, Hit] = {}
    for out in [one for one in await obstacles_in(request, thing, year) if one.kind == "season"]:
        for hit in await hits(request, thing, Span(out.start, out.end)):
            task = request.community.task(hit.agreement.task or "")
            if task is None or not task.all_year:
                known = found.get(hit.agreement.number)
                found[hit.agreement.number] = Hit(hit.agreement, (*(known.times if known else ()), *hit.times))
    return [found[number] for number in sorted(found)]
