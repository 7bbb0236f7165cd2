"""Takes in what stands in a calendar now; what has changed since it was last read is kept as one thing to act on.

Content and news are one transaction: killed before it, we read the calendar again, and killed after it, the news is
there. A match that is over is no news, one in a calendar read for the first time is none, and neither is one that only
came into sight because time went by.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ical.calendar_entry import CalendarEntry, Feed
from bot.parsing.command import quotable
from bot.pipeline.context import Context
from bot.store.calendars.calendars import CalendarState, get_calendar_state, save_calendar_state
from bot.store.calendars.matches import Change, Match, replace_matches
from bot.store.messages import inbox
from bot.store.messages.inbox import Incoming

#: How far back and ahead a calendar is read: last week's matches are still shown, next season's are planned with.
READ_BACK, READ_AHEAD = timedelta(days=14), timedelta(days=400)
#: A match that does not say how long it lasts: two halves, a break, and what is added.
DEFAULT_MATCH_LENGTH = timedelta(hours=2)
#: What goes on for longer is no match: somebody's "season", or a mistake in a year.
MAX_MATCH_LENGTH = timedelta(days=31)
#: As many changes as are acted on at once, the soonest of them; whoever changes more has written a new calendar.
MAX_CHANGES = 200

_LONGEST_TITLE, _LONGEST_KEY = 120, 200


@dataclass(frozen=True)
class CalendarWindow:
    """The time from `first` to `last` (aware) that a calendar is read in."""

    first: datetime
    last: datetime


def calendar_window(now: datetime) -> CalendarWindow:
    """The time that is looked at now."""
    return CalendarWindow(now - READ_BACK, now + READ_AHEAD)


async def store_feed(context: Context, place: str, known: CalendarState, feed: Feed, window: CalendarWindow) -> bool:
    """Let a calendar hold what was read. `known` is what is remembered of it from now on, apart from `until`.

    What could not be read stays as it was. Whether anything is to be acted on.
    """
    community = context.rooms.communities[place]
    now = context.clock()
    fresh = matches_in_entries(feed.entries, community.time_zone)
    async with context.store.write(community.key) as connection:
        before = await get_calendar_state(connection, community.key, known.source)
        changes = await replace_matches(
            connection, community.key, known.source, fresh, window.first, feed.unreadable_uids
        )
        await save_calendar_state(connection, replace(known, until=window.last))
        return await _keep_news(connection, place, known, list(_news(changes, before, now)), now)


async def _keep_news(
    connection: AsyncConnection, place: str, known: CalendarState, news: list[Change], now: datetime
) -> bool:
    if not news:
        return False
    soonest = sorted(news, key=lambda change: (change.start, str(change)))[:MAX_CHANGES]
    payload = {"calendar": known.source, "changes": [change.to_json() for change in soonest]}
    row = Incoming("calendar", _name(known, payload, now), place, "", "calendar", now, payload)
    return await inbox.insert_once(connection, row, now) is not None


def _news(changes: Sequence[Change], before: CalendarState, now: datetime) -> Iterator[Change]:
    """What is worth acting on. An export that gives every match a new name each time has changed nothing."""
    if before.until is None:
        return
    ahead = [change for change in changes if _is_ahead(change, before.until, now)]
    gone = Counter(_what(change.before) for change in ahead if change.before and not change.after)
    new = Counter(_what(change.after) for change in ahead if change.after and not change.before)
    left = {True: gone & new, False: gone & new}  # on each side as many as have found their like on the other
    for change in ahead:
        match, was_there = change.before or change.after, change.before is not None
        if match and None in (change.before, change.after) and left[was_there][_what(match)]:
            left[was_there][_what(match)] -= 1
        else:
            yield change


def _is_ahead(change: Change, until: datetime, now: datetime) -> bool:
    ends = max(match.end for match in (change.before, change.after) if match)
    return ends > now and change.start < until


def _what(match: Match) -> Match:
    return replace(match, key="")


def _name(known: CalendarState, payload: Mapping[str, object], now: datetime) -> str:
    """The same change can come again on another day, after it was taken back."""
    told = json.dumps([known.source, payload, now.isoformat()], sort_keys=True)
    return f"{known.community} {hashlib.sha256(told.encode()).hexdigest()[:32]}"


def matches_in_entries(entries: Iterable[CalendarEntry], zone: tzinfo) -> list[Match]:
    """Entries as matches, each with a key of its own."""
    found = sorted(match for entry in entries if (match := _match(entry, zone)))
    times = Counter(match.key for match in found)
    taken: Counter[str] = Counter()
    named = []
    for match in found:
        key = match.key
        if times[key] > 1:  # a calendar without names, or with the same for all: the time is the best there is
            key = f"{key}@{match.start.isoformat()}"
        taken[key] += 1
        named.append(replace(match, key=key if taken[key] == 1 else f"{key}#{taken[key]}"))
    return named


def _match(entry: CalendarEntry, zone: tzinfo) -> Match | None:
    start, end = _moment(entry.start, zone), _moment(entry.end, zone)
    if end <= start:
        end = start + DEFAULT_MATCH_LENGTH
    if end - start > MAX_MATCH_LENGTH:
        return None
    title, location = quotable(entry.title, _LONGEST_TITLE), quotable(entry.location, _LONGEST_TITLE)
    return Match(start, end, title, location, not isinstance(entry.start, datetime), _key(entry.key))


def _moment(value: datetime | date, zone: tzinfo) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), zone).astimezone(UTC)


def _key(key: str) -> str:
    """As it is where a database can keep it: no index takes a name of a hundred kilobytes."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()
