"""Looks whether the calendars that are files of ours can be read, for a caretaker who asks before the start."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.calendars.files import read_calendar_file
from bot.calendars.source import CalendarUnavailable
from bot.config.calendar import is_url
from bot.config.community import Community
from bot.errors import Problem


def find_unreadable_files(communities: Iterable[Community]) -> Iterator[Problem]:
    """A problem for each file that is not there. The bot would start, and wait for it; addresses are not asked."""
    for community in communities:
        for thing in community.things:
            for calendar in thing.calendars:
                if is_url(calendar.source):
                    continue
                try:
                    read_calendar_file(Path(calendar.source))
                except CalendarUnavailable as why:
                    sentence = f"things › {thing.key} › calendars: {calendar.source}: {why}"
                    yield Problem(community.file, 0, sentence)
