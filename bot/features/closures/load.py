"""How many hours a week a thing may be used: told with how much it is, changed, and given back to the file."""

from datetime import datetime, timedelta

from bot.api import (
    Bound,
    Refused,
    Request,
    Span,
    Text,
    Thing,
    UsageRules,
    find_time,
    ground_of,
    hours_within,
    in_brief,
    uses_of,
    week_of,
    window_of,
    write_number,
)
from bot.features.closures.change import all_lines, check_thing, check_understood, line_of, set_bound
from bot.features.closures.keeper import is_keeper

_WEEK = timedelta(days=7)
#: Hours of a week.
ALL = 168
#: So many weeks are told of, from this one on; and so many are looked through for those a new limit is too low for.
TOLD, LOOKED_THROUGH = 4, 26


async def set_load(request: Request, thing: Thing | None, load: float | Bound | None, rest: str | None) -> None:
    """`!belastning bane 1 20 timer om ugen`, `!belastning bane 1 ingen grænse`; `!belastning bane 1` tells of it, and
    `!belastning bane 1 uge 34` of another time."""
    if not isinstance(load, Bound | None) and not 0 < load <= ALL:
        raise Refused("load-cannot-be", hours=write_number(load, request.language), thing=thing.name if thing else "")
    check_thing(request, "load", thing, load, rest)
    if thing is None:
        await request.say("loads", lines=await all_lines(request, "load", in_words))
    elif load is not None and not rest:
        await _set(request, thing, load)
    else:
        await _tell(request, thing, rest)


async def _set(request: Request, thing: Thing, load: float | Bound) -> None:
    before, now = await set_bound(request, "load", thing, load)
    over = [week for week, is_over in await _weeks(request, thing, now, request.now, LOOKED_THROUGH) if is_over]
    await request.say(
        "load-set",
        thing=thing.name,
        load=in_words(request, now),
        before=in_words(request, before),
        same=now.hours_a_week == before.hours_a_week,
        over=in_brief(request, over, most=TOLD),
    )


async def _tell(request: Request, thing: Thing, rest: str | None) -> None:
    said = find_time(rest or "", request.about)
    start = window_of(request, said.when).start if said and said.when.start and not said.when.error else None
    if start is None:
        check_understood(request, "load", thing, rest)
    weeks = await _weeks(request, thing, await ground_of(request, thing), start or request.now, TOLD)
    line = await line_of(request, "load", thing, in_words)
    may = is_keeper(request, thing)
    await request.say("load", line=line, thing=thing.name, weeks=[week for week, _ in weeks], may=may)


def in_words(request: Request, ground: UsageRules) -> Text:
    """ "20 timer om ugen", or that there is no limit."""
    if ground.hours_a_week is None:
        return request.text("no-limit")
    return request.text("hours-a-week", hours=write_number(ground.hours_a_week, request.language))


async def _weeks(
    request: Request, thing: Thing, ground: UsageRules, start: datetime, count: int
) -> list[tuple[Text, bool]]:
    """The weeks from one on, with how many hours it is used in them, and whether that is more than it bears."""
    first = week_of(request, start)
    weeks = [first]
    while len(weeks) < count:
        weeks.append(week_of(request, weeks[-1].end))
    uses = await uses_of(request, thing, Span(first.start, weeks[-1].end))
    found = []
    for week in weeks:
        hours = hours_within(week, uses)
        is_over = ground.hours_a_week is not None and hours > ground.hours_a_week
        number, used = request.local(week.start).isocalendar().week, write_number(hours, request.language)
        found.append((request.text("load-week", week=number, hours=used, over=is_over), is_over))
    return found
