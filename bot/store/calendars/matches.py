"""The matches of external calendars: finds them, and replaces them after a calendar was read."""

import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.span import Span
from bot.store.calendars.tables import matches


@dataclass(frozen=True, order=True)
class Match:
    """A match from `start` to `end` (aware, the end exclusive); one of whole days lasts from midnight to midnight.

    `key` stays the same when the match is moved. `title` and `location` come from a stranger: one line each, without
    what could be taken for markup or commands of ours.
    """

    start: datetime
    end: datetime
    title: str = ""
    location: str = ""
    all_day: bool = False
    key: str = ""


@dataclass(frozen=True)
class Change:
    """A change of a match since its calendar was last read. A new match has no `before`, a removed one no `after`.

    The key is the same before and after.
    """

    before: Match | None
    after: Match | None

    @property
    def start(self) -> datetime:
        """The earlier one of the two starts."""
        return min(match.start for match in (self.before, self.after) if match)

    def to_json(self) -> list[Any]:
        """Return the change as JSON, for the payload of an inbox row."""
        return [_to_json(self.before), _to_json(self.after)]

    @classmethod
    def from_json(cls, data: list[Any]) -> "Change":
        """Return the change that `to_json` has written."""
        before, after = map(_from_json, data)
        return cls(before, after)


def _to_json(match: Match | None) -> dict[str, Any] | None:
    return None if match is None else asdict(match) | {"start": match.start.isoformat(), "end": match.end.isoformat()}


def _from_json(data: dict[str, Any] | None) -> Match | None:
    if data is None:
        return None
    match = Match(**data)
    return replace(match, start=datetime.fromisoformat(data["start"]), end=datetime.fromisoformat(data["end"]))


async def find_matches(
    connection: AsyncConnection, community: str, sources: Collection[str], window: Span
) -> list[tuple[str, Match]]:
    """Return (source, match) for the matches of these calendars that overlap a window, earliest first."""
    overlaps = (matches.c.community == community) & (matches.c.end > window.start) & (matches.c.start < window.end)
    rows = select(matches).where(overlaps, matches.c.source.in_(sources)).order_by(matches.c.start, matches.c.key)
    return [(row.source, _to_match(row)) for row in await connection.execute(rows)]


async def replace_matches(
    connection: AsyncConnection,
    community: str,
    source: str,
    read: Iterable[Match],
    keep_from: datetime,
    unreadable_uids: Collection[str] = (),
) -> list[Change]:
    """Store the matches that were read, in place of those stored before, and return the changes.

    Matches that ended before `keep_from` are deleted, which is no change. Matches of an entry that could not be read
    (its UID is their key, or the first part of it) stay as they are.
    """
    of_calendar = (matches.c.community == community) & (matches.c.source == source)
    await connection.execute(delete(matches).where(of_calendar, matches.c.end <= keep_from))
    before = {row.key: _to_match(row) for row in await connection.execute(select(matches).where(of_calendar))}
    after = {match.key: match for match in read}
    after |= {key: before[key] for key in before.keys() - after.keys() if _uid_of(key) in unreadable_uids}
    await _delete_matches(connection, of_calendar, before.keys() - after.keys())
    for key in before.keys() & after.keys():
        if before[key] != after[key]:
            changed = update(matches).where(of_calendar, matches.c.key == key)
            await connection.execute(changed.values(asdict(after[key])))
    if new := [asdict(match) for key, match in after.items() if key not in before]:
        rows = [{"community": community, "source": source, **match} for match in new]
        await connection.execute(insert(matches), rows)
    changes = [Change(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]
    return [change for change in changes if change.before != change.after]


async def _delete_matches(connection: AsyncConnection, of_calendar: Any, keys: Iterable[str]) -> None:
    remaining = sorted(keys)
    while remaining:
        page, remaining = remaining[:MAX_KEYS_PER_STATEMENT], remaining[MAX_KEYS_PER_STATEMENT:]
        await connection.execute(delete(matches).where(of_calendar, matches.c.key.in_(page)))


def _uid_of(key: str) -> str:
    return _OCCURRENCE_SEPARATOR.split(key)[0]


#: What separates the UID of a series from the time of one occurrence in a key (see bot.ical.parse_feed and
#: bot.pipeline.inbound.entries_to_matches).
_OCCURRENCE_SEPARATOR = re.compile(r"/(?=\d{4}-)|@(?=\d{4}-)")
#: Well below the number of parameters that both databases take in one statement.
MAX_KEYS_PER_STATEMENT = 500


def _to_match(row: Any) -> Match:
    return Match(row.start, row.end, row.title, row.location, row.all_day, row.key)
