"""Stores what an external calendar holds now, and inserts one inbox row for all that has changed in it.

The matches and the row are one transaction: killed before it, the bot reads the calendar again; killed after it, the
row is there. Nothing is announced of a match that is over, of a calendar that is read for the first time, and of a
match that was too far ahead at the last reading.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ical.calendar_entry import Feed
from bot.pipeline.context import Context
from bot.pipeline.inbound.entries_to_matches import make_matches
from bot.span import Span
from bot.store.calendars.calendars import CalendarState, get_calendar_state, save_calendar_state
from bot.store.calendars.matches import Change, Match, replace_matches
from bot.store.messages import inbox
from bot.store.messages.inbox import Incoming

#: A calendar is read from so far back to so far ahead: last week's matches are still shown, next season's are planned.
READ_BACK, READ_AHEAD = timedelta(days=14), timedelta(days=400)
#: At most so many changes are announced at once, the soonest of them. Who changes more has written a new calendar.
MAX_CHANGES = 200


def calendar_window(now: datetime) -> Span:
    """Return the time of which a calendar's matches are read now."""
    return Span(now - READ_BACK, now + READ_AHEAD)


async def store_feed(context: Context, place: str, state: CalendarState, feed: Feed, window: Span) -> bool:
    """Store the matches that were read, and the calendar's state; return whether there are changes to handle.

    `state` is stored as it is, but with the window's end as `until`. Matches that could not be read stay as they were.
    """
    community = context.rooms.communities[place]
    now = context.clock()
    matches = make_matches(feed.entries, community.time_zone)
    async with context.store.write(community.key) as connection:
        before = await get_calendar_state(connection, community.key, state.source)
        changes = await replace_matches(
            connection, community.key, state.source, matches, window.start, feed.unreadable_uids
        )
        await save_calendar_state(connection, replace(state, until=window.end))
        return await _insert_row(connection, place, state, list(_find_announced(changes, before, now)), now)


async def _insert_row(
    connection: AsyncConnection, place: str, state: CalendarState, changes: list[Change], now: datetime
) -> bool:
    if not changes:
        return False
    soonest = sorted(changes, key=lambda change: (change.start, str(change)))[:MAX_CHANGES]
    payload = {"calendar": state.source, "changes": [change.to_json() for change in soonest]}
    row = Incoming("calendar", _make_external_id(state, payload, now), place, "", "calendar", now, payload)
    return await inbox.insert_once(connection, row, now) is not None


def _make_external_id(state: CalendarState, payload: Mapping[str, object], now: datetime) -> str:
    """Return an id that is different each time: a change can be undone and happen again on another day."""
    content = json.dumps([state.source, payload, now.isoformat()], sort_keys=True)
    return f"{state.community} {hashlib.sha256(content.encode()).hexdigest()[:32]}"


def _find_announced(changes: Sequence[Change], before: CalendarState, now: datetime) -> Iterator[Change]:
    """Yield the changes that features are told about.

    Some exports give every match a new key each time. A removed match and a new one that differ only in their keys are
    therefore no change.
    """
    if before.until is None:
        return
    ahead = [change for change in changes if _is_ahead(change, before.until, now)]
    removed = Counter(_without_key(change.before) for change in ahead if change.before and not change.after)
    added = Counter(_without_key(change.after) for change in ahead if change.after and not change.before)
    pairs_left = {"removed": removed & added, "added": removed & added}
    for change in ahead:
        match, side = (change.before, "removed") if change.before else (change.after, "added")
        is_changed = change.before is not None and change.after is not None
        if match is None or is_changed or not pairs_left[side][_without_key(match)]:
            yield change
        else:
            pairs_left[side][_without_key(match)] -= 1


def _is_ahead(change: Change, until: datetime, now: datetime) -> bool:
    """Return whether a match is not over, and was near enough at the last reading."""
    end = max(match.end for match in (change.before, change.after) if match)
    return end > now and change.start < until


def _without_key(match: Match) -> Match:
    return replace(match, key="")
