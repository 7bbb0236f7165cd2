"""Where a thing's matches stand: a calendar, and which of the entries in it are about the thing."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from bot.config.fold import fold


@dataclass(frozen=True)
class Calendar:
    """An iCalendar file (its absolute path) or URL. With `only`, an entry is the thing's that names one of the words.

    A calendar that covers several pitches says in the title or the place which of them is meant.
    """

    source: str
    only: tuple[str, ...] = ()

    def is_about(self, title: str, location: str) -> bool:
        """Whether an entry is the thing's: "bane 1" is named by "Skovby Stadion, Bane 1", and not by "Bane 12"."""
        return not self.only or self._named.search(fold(f"{title} {location}")) is not None

    @cached_property
    def _named(self) -> re.Pattern[str]:
        words = "|".join(re.escape(fold(word)) for word in self.only)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def is_url(source: str) -> bool:
    """Whether a calendar is fetched, and not a file of ours."""
    return "://" in source


def loggable_name(source: str) -> str:
    """What a calendar is called in the log: the whole URL may be the key to somebody's calendar."""
    if not is_url(source):
        return source
    return f"{urlsplit(source).hostname}/{hashlib.sha256(source.encode()).hexdigest()[:6]}"


def normalize_source(text: str) -> str:
    """A source as it is written. "webcal:" is how calendars are linked to for phones. ValueError says what is wrong."""
    if not is_url(text):
        return text
    url = re.sub(r"^webcals?://", "https://", text, flags=re.I)
    try:
        parts = urlsplit(url)
        usable = parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in url:
        raise ValueError(f"'{text}' is not the address of a calendar, which looks like https://example.org/matches.ics")
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError(f"'{text}' cannot be fetched, only https:// and http:// can; a file is written without '://'")
    if parts.username is not None:
        raise ValueError("a password does not belong into the address of a calendar")
    return url.partition("#")[0]
