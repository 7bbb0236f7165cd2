"""A calendar with the matches on a thing, and which of its entries are about that thing."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from bot.config.fold import fold


@dataclass(frozen=True)
class Calendar:
    """A calendar in an iCalendar file (an absolute path) or at a URL.

    A calendar for several pitches names the pitch in the title or location of each entry. With `only`, an entry is
    about the thing when its title or location contains one of these words.
    """

    source: str
    only: tuple[str, ...] = ()

    def is_about(self, title: str, location: str) -> bool:
        """Whether an entry is about the thing. "bane 1" is in "Skovby Stadion, Bane 1", but not in "Bane 12"."""
        return not self.only or self._pattern.search(fold(f"{title} {location}")) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = "|".join(re.escape(fold(word)) for word in self.only)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def is_url(source: str) -> bool:
    """Whether a calendar is fetched from a URL and not read from a file."""
    return "://" in source


def loggable_name(source: str) -> str:
    """Return a name for a calendar in the log: for a URL the host and a hash.

    The URL of some calendars is a secret: whoever knows it can read the calendar.
    """
    if not is_url(source):
        return source
    return f"{urlsplit(source).hostname}/{hashlib.sha256(source.encode()).hexdigest()[:6]}"


def normalize_source(text: str) -> str:
    """Return a file name as it is, and a URL with https in place of webcal, the scheme of links for phones.

    Raises ValueError, with a sentence, for a URL that cannot be fetched.
    """
    if not is_url(text):
        return text
    url = re.sub(r"^webcals?://", "https://", text, flags=re.I)
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname and parts.port != 0)
    except ValueError:
        has_host = False
    if not has_host or " " in url:
        raise ValueError(f"'{text}' is not the address of a calendar, which looks like https://example.org/matches.ics")
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError(f"'{text}' cannot be fetched, only https:// and http:// can; a file is written without '://'")
    if parts.username is not None:
        raise ValueError("a password does not belong into the address of a calendar")
    return url.partition("#")[0]
