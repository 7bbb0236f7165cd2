"""The matches on a thing, as the calendars say that its entry in the YAML names, and what changed in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.config.community import Thing
from bot.span import Span
from bot.store.calendars import matches as match_rows
from bot.store.calendars.calendars import get_calendar_state
from bot.store.calendars.matches import Change, Match

if TYPE_CHECKING:
    from bot.api.request import Request


#: A source may be down for a night without anybody being told in the room.
_A_WHILE = timedelta(days=1)


@dataclass(frozen=True)
class MatchChange:
    """What became of a match on a thing: new (no `before`), moved or renamed (both), gone (no `after`).

    One that was moved from one thing to another is gone for the first and new for the second.
    """

    thing: Thing
    before: Match | None
    after: Match | None

    @property
    def is_moved(self) -> bool:
        """Whether it is at another time now; otherwise its title or its place has changed, if it still is there."""
        before, after = self.before, self.after
        return bool(before and after and (before.start, before.end) != (after.start, after.end))


async def find_matches(request: "Request", thing: Thing, window: Span) -> list[Match]:
    """The matches on a thing that touch a time, soonest first; two weeks back and a year ahead are known.

    A match that stands in two of the thing's calendars is one.
    """
    about = {calendar.source: calendar for calendar in thing.calendars}
    rows = await match_rows.find_matches(request.db, request.community.key, about.keys(), window)
    found: dict[object, Match] = {}
    for source, match in rows:
        if about[source].is_about(match.title, match.location):
            found.setdefault((match.start, match.end, match.title), match)
    return list(found.values())


async def calendar_unread_since(request: "Request", thing: Thing) -> datetime | None:
    """Since when a calendar of a thing cannot be read, if that is so for long: what is known may be wrong by now."""
    known = [
        await get_calendar_state(request.db, request.community.key, calendar.source) for calendar in thing.calendars
    ]
    failing = [one.failing_since for one in known if one.failing_since]
    return min((since for since in failing if request.now - since > _A_WHILE), default=None)


def read_match_changes(request: "Request") -> list[MatchChange]:
    """What a calendar's news mean for the things that name it, soonest first."""
    payload = request.cause.payload
    changes = [Change.from_json(kept) for kept in payload["changes"]]
    return list(_changes_on(request.community.things, payload["calendar"], changes))


def _changes_on(things: Iterable[Thing], source: str, changes: list[Change]) -> Iterable[MatchChange]:
    for change in changes:
        for thing in things:
            about = [calendar for calendar in thing.calendars if calendar.source == source]
            before, after = (
                match if match and any(one.is_about(match.title, match.location) for one in about) else None
                for match in (change.before, change.after)
            )
            if before or after:
                yield MatchChange(thing, before, after)
