"""Finds the matches on a thing, in the calendars that the thing names in the YAML, and the changes of these matches."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.api.feature import Request
from bot.api.request.hook_types import MatchChange
from bot.config.community import Thing
from bot.span import Span
from bot.store.calendars import matches as match_rows
from bot.store.calendars.calendars import get_calendar_state
from bot.store.calendars.matches import Change, Match

#: A calendar may be unreadable for a night before anybody in the room is told.
_TOLERATED_FAILURE = timedelta(days=1)


async def find_matches(request: Request, thing: Thing, window: Span) -> list[Match]:
    """Return the matches on a thing that overlap a window, soonest first.

    A match that is in two of the thing's calendars is returned once. The store only has matches from two weeks ago to a
    year ahead.
    """
    calendars = {calendar.source: calendar for calendar in thing.calendars}
    rows = await match_rows.find_matches(request.db, request.community.key, calendars.keys(), window)
    found: dict[object, Match] = {}
    for source, match in rows:
        if calendars[source].is_about(match.title, match.location):
            found.setdefault((match.start, match.end, match.title), match)
    return list(found.values())


async def calendar_unread_since(request: Request, thing: Thing) -> datetime | None:
    """Return since when a calendar of a thing cannot be read, if for more than a day: its matches may be outdated."""
    states = [
        await get_calendar_state(request.db, request.community.key, calendar.source) for calendar in thing.calendars
    ]
    failing = [state.failing_since for state in states if state.failing_since]
    return min((since for since in failing if request.now - since > _TOLERATED_FAILURE), default=None)


def read_match_changes(request: Request) -> list[MatchChange]:
    """Return the changes in the calendar that is the request's cause, for each thing that names it, soonest first."""
    payload = request.cause.payload
    changes = [Change.from_json(stored) for stored in payload["changes"]]
    return list(_changes_by_thing(request.community.things, payload["calendar"], changes))


def _changes_by_thing(things: Iterable[Thing], source: str, changes: list[Change]) -> Iterable[MatchChange]:
    for change in changes:
        for thing in things:
            calendars = [calendar for calendar in thing.calendars if calendar.source == source]
            before, after = (
                match if match and any(one.is_about(match.title, match.location) for one in calendars) else None
                for match in (change.before, change.after)
            )
            if before or after:
                yield MatchChange(thing, before, after)
