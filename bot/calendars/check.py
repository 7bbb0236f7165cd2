"""Checks that calendars stored as files can be read; `bylaug check` reports the problems."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.calendars.files import read_calendar_file
from bot.calendars.source import CalendarUnavailable
from bot.config.calendar import is_url
from bot.config.community import Community
from bot.errors import Problem


def find_unreadable_files(communities: Iterable[Community]) -> Iterator[Problem]:
    """Yield a problem for each calendar file that cannot be read. URLs are not fetched.

    The bot would start nevertheless, and read the file once it is there.
    """
    for community in communities:
        for thing in community.things:
            for calendar in thing.calendars:
                if is_url(calendar.source):
                    continue
                try:
                    read_calendar_file(Path(calendar.source))
                except CalendarUnavailable as error:
                    sentence = f"things › {thing.key} › calendars: {calendar.source}: {error}"
                    yield Problem(community.file, 0, sentence)
