"""The matches of a calendar: looked up, and put in the place of those that stood there before."""

import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.calendars.tables import matches


@dataclass(frozen=True, order=True)
class Match:
    """Something that is played, from `start` to `end` (aware, exclusive); one of whole days from midnight to midnight.

    `key` stays the same when it is moved. `title` and `location` are a stranger's words, on one line each and free of
    what might be taken for ours.
    """

    start: datetime
    end: datetime
    title: str = ""
    location: str = ""
    all_day: bool = False
    key: str = ""


@dataclass(frozen=True)
class Change:
    """What became of a match since its calendar was last read: moved or renamed, new (no `before`), gone (no `after`).

    Its key is the same before and after.
    """

    before: Match | None
    after: Match | None

    @property
    def start(self) -> datetime:
        """The first moment that it is about."""
        return min(match.start for match in (self.before, self.after) if match)

    def to_json(self) -> list[Any]:
        """For a payload."""
        return [_to_json(self.before), _to_json(self.after)]

    @classmethod
    def from_json(cls, kept: list[Any]) -> "Change":
        """From a payload."""
        before, after = map(_from_json, kept)
        return cls(before, after)


def _to_json(match: Match | None) -> dict[str, Any] | None:
    return None if match is None else asdict(match) | {"start": match.start.isoformat(), "end": match.end.isoformat()}


def _from_json(kept: dict[str, Any] | None) -> Match | None:
    if kept is None:
        return None
    match = Match(**kept)
    return replace(match, start=datetime.fromisoformat(kept["start"]), end=datetime.fromisoformat(kept["end"]))


async def find_matches(
    connection: AsyncConnection, community: str, sources: Collection[str], start: datetime, end: datetime
) -> list[tuple[str, Match]]:
    """Those of several calendars that touch a time, each with its source, soonest first."""
    touching = (matches.c.community == community) & (matches.c.end > start) & (matches.c.start < end)
    rows = select(matches).where(touching, matches.c.source.in_(sources)).order_by(matches.c.start, matches.c.key)
    return [(row.source, _to_match(row)) for row in await connection.execute(rows)]


async def replace_matches(
    connection: AsyncConnection,
    community: str,
    source: str,
    fresh: Iterable[Match],
    first: datetime,
    unread: Collection[str] = (),
) -> list[Change]:
    """Let a calendar hold exactly these matches, and what ended before `first` no more; what became of the others.

    Those that an `unread` name stands for (it is their key, or what that begins with) stay as they are.
    """
    here = (matches.c.community == community) & (matches.c.source == source)
    await connection.execute(delete(matches).where(here, matches.c.end <= first))
    known = {row.key: _to_match(row) for row in await connection.execute(select(matches).where(here))}
    wanted = {match.key: match for match in fresh}
    wanted |= {key: known[key] for key in known.keys() - wanted.keys() if _OCCURRENCE_SEPARATOR.split(key)[0] in unread}
    await _delete_matches(connection, here, known.keys() - wanted.keys())
    for key in known.keys() & wanted.keys():
        if known[key] != wanted[key]:
            await connection.execute(update(matches).where(here, matches.c.key == key).values(asdict(wanted[key])))
    if new := [asdict(match) for key, match in wanted.items() if key not in known]:
        await connection.execute(insert(matches), [{"community": community, "source": source, **one} for one in new])
    changes = [Change(known.get(key), wanted.get(key)) for key in sorted(known.keys() | wanted.keys())]
    return [change for change in changes if change.before != change.after]


async def _delete_matches(connection: AsyncConnection, here: Any, keys: Iterable[str]) -> None:
    gone = sorted(keys)
    for at in range(0, len(gone), MAX_KEYS_PER_STATEMENT):
        await connection.execute(delete(matches).where(here, matches.c.key.in_(gone[at : at + MAX_KEYS_PER_STATEMENT])))


#: What stands behind the name of a series (see bot.ical.parse_feed and bot.pipeline.inbound.calendar_changes).
_OCCURRENCE_SEPARATOR = re.compile(r"/(?=\d{4}-)|@(?=\d{4}-)")
#: Databases bear so many values in one statement, and some more.
MAX_KEYS_PER_STATEMENT = 500


def _to_match(row: Any) -> Match:
    return Match(row.start, row.end, row.title, row.location, row.all_day, row.key)
