"""The command `season`: shows and changes the part of every year in which a thing is worked on."""

from bot.api import FEW_LINES, Request, Span, Text, Thing, shorten_list
from bot.api.arguments import ResetChoice
from bot.api.availability import (
    AffectedAgreement,
    Season,
    UsageRules,
    find_affected_agreements,
    find_obstacles_within,
    write_day_of_year,
)
from bot.features.closures.affected import describe_affected
from bot.features.closures.change_rule import ask_for_value, change_rule, describe_rule, describe_rules, require_thing
from bot.features.closures.maintainer import is_maintainer
from bot.features.closures.overview import LOOK_AHEAD


async def set_season(
    request: Request, thing: Thing | None, season: Season | ResetChoice | None, rest: str | None
) -> None:
    """`!sæson bane 3 april til oktober` or `hele året` changes the season; `!sæson bane 3` and `!sæson` show it."""
    require_thing(request, "season", thing, season, rest)
    if thing is None:
        await request.say("seasons", lines=await describe_rules(request, "season", describe_season))
    elif season is not None and not rest:
        await _change_season(request, thing, season)
    else:
        ask_for_value(request, "season", thing, rest)
        line = await describe_rule(request, "season", thing, describe_season)
        await request.say("season", line=line, thing=thing.name, may=is_maintainer(request, thing))


async def _change_season(request: Request, thing: Thing, season: Season | ResetChoice) -> None:
    before, after = await change_rule(request, "season", thing, season)
    request.confirm("do-season", thing=thing.name, season=describe_season(request, after))
    affected_list = await _find_out_of_season(request, thing)
    await request.say(
        "season-set",
        thing=thing.name,
        season=describe_season(request, after),
        before=describe_season(request, before),
        same=after.season == before.season,
        outside=shorten_list(
            request, [describe_affected(request, affected) for affected in affected_list], max_lines=FEW_LINES
        ),
    )


def describe_season(request: Request, rules: UsageRules) -> Text:
    """Return the season in words ("1. april til 31. oktober"), or that it is the whole year."""
    if rules.season is None:
        return request.text("whole-year")
    days = (rules.season.first, rules.season.last)
    first, last = (write_day_of_year(*day, language=request.language) for day in days)
    return request.text("season-days", first=first, last=last)


async def _find_out_of_season(request: Request, thing: Thing) -> list[AffectedAgreement]:
    """Return the agreements that have times out of season in the coming year, each with those times, by number.

    Tasks that are done all year are left out.
    """
    today = request.local(request.now).date()
    year = Span(request.moment(today), request.moment(today + LOOK_AHEAD))
    by_number: dict[int, AffectedAgreement] = {}
    for obstacle in [
        one for one in await find_obstacles_within(request, thing, year, booked=False) if one.kind == "season"
    ]:
        for affected in await find_affected_agreements(request, thing, Span(obstacle.start, obstacle.end)):
            agreement, task = affected.agreement, request.community.task(affected.agreement.task or "")
            if task is None or not task.all_year:
                earlier = by_number.get(agreement.number)
                by_number[agreement.number] = AffectedAgreement(
                    agreement, (*(earlier.times if earlier else ()), *affected.times)
                )
    return [by_number[number] for number in sorted(by_number)]
