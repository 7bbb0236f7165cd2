"""The command `matches`: shows the coming matches, on one thing or on all."""

from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import groupby

from bot.api import Match, Request, Span, Text, Thing, When, find_matches, shorten_list
from bot.api.availability import calendar_unread_since

#: How many days are shown: for all things together, and for a single thing.
DAYS_OF_ALL_THINGS, DAYS_OF_ONE_THING = 8, 31


async def show_matches(request: Request, thing: Thing | None, time: When | None) -> None:
    """`!kampe bane 1 i uge 24`; without a time it shows the coming month.

    `!kampe` shows the coming week for all things.
    """
    things = [thing] if thing else [one_thing for one_thing in request.community.things if one_thing.calendars]
    time = time if time and not time.rrule else None
    days = DAYS_OF_ONE_THING if thing else DAYS_OF_ALL_THINGS
    window = request.to_span(time) if time else _coming_days(request, days)
    matches = [(match, one_thing) for one_thing in things for match in await find_matches(request, one_thing, window)]
    matches.sort(key=lambda pair: (pair[0].start, pair[1].name))
    by_day = groupby(matches, key=lambda pair: request.local(max(pair[0].start, window.start)).date())
    last = request.local(window.end - timedelta.resolution).date()
    unread = [since for one_thing in things if (since := await calendar_unread_since(request, one_thing))]
    await request.say(
        "matches",
        thing=thing.name if thing else "",
        has_calendar=any(one_thing.calendars for one_thing in things),
        days=shorten_list(request, [_describe_day(request, day, list(pairs), thing) for day, pairs in by_day]),
        unread=min(unread, default=None),
        time=request.local_time(time.start, time.end) if time and time.start else None,
        until=request.local_time(last, None).day,
    )


def _coming_days(request: Request, days: int) -> Span:
    today = datetime.combine(request.local(request.now).date(), clock())
    return Span(request.now, request.moment(today + timedelta(days=days)))


def _describe_day(request: Request, day: date, matches: list[tuple[Match, Thing]], thing: Thing | None) -> Text:
    lines = [_describe_match(request, match, None if thing else match_thing) for match, match_thing in matches]
    return request.text("matches-day", day=request.local_time(day, None).day, lines=shorten_list(request, lines))


def _describe_match(request: Request, match: Match, thing: Thing | None) -> Text:
    return request.text(
        "matches-line",
        clock="" if match.all_day else request.time(match.start, match.end).clock,
        title=match.title,
        thing=thing.name if thing else "",
    )
