"""Answers which matches are coming, on one thing or on all."""

from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import groupby

from bot.api import Match, Request, Span, Text, Thing, When, calendar_unread_since, find_matches, shorten_list, to_span

#: Days that are shown of all things, and of one alone.
A_WEEK, A_MONTH = 8, 31


async def show_matches(request: Request, thing: Thing | None, time: When | None) -> None:
    """`!kampe bane 1 i uge 24`; without a time those of the coming month; `!kampe`: those of the week everywhere."""
    things = [thing] if thing else [one for one in request.community.things if one.calendars]
    said = time if time and not time.rrule else None
    window = to_span(request, said) if said else _coming(request, A_MONTH if thing else A_WEEK)
    found = [(match, one) for one in things for match in await find_matches(request, one, window)]
    found.sort(key=lambda pair: (pair[0].start, pair[1].name))
    by_day = groupby(found, key=lambda pair: request.local(max(pair[0].start, window.start)).date())
    last = request.local(window.end - timedelta.resolution).date()
    await request.say(
        "matches",
        thing=thing.name if thing else "",
        has_calendar=any(one.calendars for one in things),
        days=shorten_list(request, [_day(request, day, list(pairs), thing) for day, pairs in by_day]),
        unread=min([since for one in things if (since := await calendar_unread_since(request, one))], default=None),
        time=request.local_time(said.start, said.end) if said and said.start else None,
        until=request.local_time(last, None).day,
    )


def _coming(request: Request, days: int) -> Span:
    today = datetime.combine(request.local(request.now).date(), clock())
    return Span(request.now, request.moment(today + timedelta(days=days)))


def _day(request: Request, day: date, found: list[tuple[Match, Thing]], thing: Thing | None) -> Text:
    lines = [_line(request, match, None if thing else on) for match, on in found]
    return request.text("matches-day", day=request.local_time(day, None).day, lines=shorten_list(request, lines))


def _line(request: Request, match: Match, thing: Thing | None) -> Text:
    return request.text(
        "matches-line",
        clock="" if match.all_day else request.time(match.start, match.end).clock,
        title=match.title,
        thing=thing.name if thing else "",
    )
