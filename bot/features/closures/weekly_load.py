"""The command `load`: shows and changes how many hours a week a thing may be used, and shows how many it is used."""

from datetime import datetime

from bot.api import Refused, Request, Span, Text, Thing, When, find_time, shorten_list
from bot.api.arguments import ResetChoice
from bot.api.availability import UsageRules, find_week_usage, usage_rules_of, week_span, write_number
from bot.features.closures.change_rule import ask_for_value, change_rule, describe_rule, describe_rules, require_thing
from bot.features.closures.maintainer import is_maintainer

HOURS_OF_A_WEEK = 168
#: How many weeks are shown, and how many are checked for use that exceeds a new limit.
SHOWN_WEEKS, CHECKED_WEEKS = 4, 26


async def set_load(request: Request, thing: Thing | None, load: float | ResetChoice | None, rest: str | None) -> None:
    """`!belastning bane 1 20 timer om ugen` or `ingen grænse` changes the load.

    `!belastning bane 1` shows it with the coming weeks, `!belastning bane 1 uge 34` with the weeks from then on.
    """
    if not isinstance(load, ResetChoice | None) and not 0 < load <= HOURS_OF_A_WEEK:
        raise Refused("load-cannot-be", hours=write_number(load, request.language), thing=thing.name if thing else "")
    require_thing(request, "load", thing, load, rest)
    if thing is None:
        await request.say("loads", lines=await describe_rules(request, "load", describe_load))
    elif load is not None and not rest:
        await _change_load(request, thing, load)
    else:
        await _show_load(request, thing, rest)


async def _change_load(request: Request, thing: Thing, load: float | ResetChoice) -> None:
    before, after = await change_rule(request, "load", thing, load)
    request.confirm("do-load", thing=thing.name, load=describe_load(request, after))
    weeks = await _describe_weeks(request, thing, after, request.now, CHECKED_WEEKS)
    await request.say(
        "load-set",
        thing=thing.name,
        load=describe_load(request, after),
        before=describe_load(request, before),
        same=after.hours_a_week == before.hours_a_week,
        over=shorten_list(request, [week for week, is_over in weeks if is_over], max_lines=SHOWN_WEEKS),
    )


async def _show_load(request: Request, thing: Thing, rest: str | None) -> None:
    found = find_time(rest or "", request.reading_context)
    is_day = found is not None and found.when.has_day and found.when.start is not None and not found.when.error
    start = request.to_span(found.when).start if found and is_day else None  # "kl. 18" may be meant as 18 hours
    if start is None:
        ask_for_value(request, "load", thing, rest)
    rules = await usage_rules_of(request, thing)
    weeks = await _describe_weeks(request, thing, rules, start or request.now, SHOWN_WEEKS)
    line = await describe_rule(request, "load", thing, describe_load)
    texts, may_change = [week for week, _ in weeks], is_maintainer(request, thing)
    await request.say("load", line=line, thing=thing.name, weeks=texts, may=may_change)


async def show_hours_left(request: Request, thing: Thing, time: When | None) -> None:
    """`!resttid bane 1 uge 34`: show how many hours the thing may still be used in the weeks of a time.

    Without a time it is this week and the next ones.
    """
    span = Span.since(request.now) if time is None else request.to_span(time)
    weeks = _list_weeks(request, span, SHOWN_WEEKS)
    limit = (await usage_rules_of(request, thing)).hours_a_week
    lines = []
    for usage in await find_week_usage(request, thing, weeks, limit):
        left = max((limit or 0) - usage.hours, 0)
        lines.append(
            request.text(
                "hours-left-week",
                week=request.local(usage.week.start).isocalendar().week,
                hours=write_number(usage.hours, request.language),
                left=write_number(left, request.language),
                limited=limit is not None,
                over=usage.is_over,
            )
        )
    more = time is not None and weeks[-1].end < span.end
    allowed = "" if limit is None else write_number(limit, request.language)
    await request.say("hours-left", thing=thing.name, limit=allowed, lines=lines, more=more)


def describe_load(request: Request, rules: UsageRules) -> Text:
    """Return "20 timer om ugen", or that there is no limit."""
    if rules.hours_a_week is None:
        return request.text("no-limit")
    return request.text("hours-a-week", hours=write_number(rules.hours_a_week, request.language))


def _list_weeks(request: Request, span: Span, count: int) -> list[Span]:
    """Return the weeks of a span, from Monday to Monday, at most `count` of them."""
    weeks = [week_span(request, span.start)]
    while len(weeks) < count and weeks[-1].end < span.end:
        weeks.append(week_span(request, weeks[-1].end))
    return weeks


async def _describe_weeks(
    request: Request, thing: Thing, rules: UsageRules, start: datetime, count: int
) -> list[tuple[Text, bool]]:
    """Return `count` weeks from a moment on: in words, with the hours of use, and whether they exceed the load."""
    weeks = _list_weeks(request, Span.since(start), count)
    described = []
    for usage in await find_week_usage(request, thing, weeks, rules.hours_a_week):
        number, hours = request.local(usage.week.start).isocalendar().week, write_number(usage.hours, request.language)
        text = request.text("load-week", week=number, hours=hours, over=usage.is_over)
        described.append((text, usage.is_over))
    return described
