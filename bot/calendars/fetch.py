"""Fetches a calendar by HTTP: asks only for what is new, and takes no more, and no longer, than a calendar needs."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from bot.calendars.address_filter import Guard
from bot.calendars.source import Fetched, Unavailable
from bot.ical.calendar_entry import LONGEST_FILE

#: Seconds for everything, for the connection, and between two pieces: who sends a byte at a time is left.
PATIENCE = ClientTimeout(total=60, connect=15, sock_read=20)
#: A calendar that has moved is followed so often; from https never to where others can read along.
MOST_REDIRECTS = 5
#: Longer names of a content are not kept, and then all of it is fetched again.
_LONGEST_NAME = 500

_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": "Bylaug (calendar of matches)",
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    "Accept-Encoding": "gzip",
}


class Fetcher:
    """Fetches calendars between `async with`. `clock` is asked when a source names the hour to come back."""

    def __init__(self, guard: Guard, clock: Callable[[], datetime], patience: ClientTimeout = PATIENCE) -> None:
        self._guard, self._clock, self._patience = guard, clock, patience

    async def __aenter__(self) -> "Fetcher":
        # unpacking is ours: the library would unpack a piece as a whole, however large it becomes
        self._session = ClientSession(
            connector=TCPConnector(resolver=self._guard, limit=4, use_dns_cache=False),
            timeout=self._patience,
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),
            headers=_HEADERS,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def fetch(self, url: str, version: str = "", changed: str = "") -> Fetched | None:
        """The calendar; None when it still is what the source called by `version` and `changed`. Raises Unavailable.

        Source: RFC 9110, sections 13.1 (conditional requests) and 10.2.3 (Retry-After).
        """
        conditions = {"If-None-Match": version, "If-Modified-Since": changed}
        try:
            async with asyncio.timeout(self._patience.total):
                return await self._follow(url, {name: value for name, value in conditions.items() if value})
        except TimeoutError:
            raise Unavailable("it does not answer in time") from None
        except (ClientError, OSError, ValueError) as error:
            raise Unavailable(f"it cannot be reached ({_short(error)})") from error

    async def _follow(self, url: str, conditions: dict[str, str]) -> Fetched | None:
        for _ in range(MOST_REDIRECTS + 1):
            self._guard.check(urlsplit(url).hostname or "")
            async with self._session.get(URL(url), headers=conditions, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._take(response, asked_for_news=bool(conditions))
                url = _led_to(url, response.headers.get("Location", ""))
        raise Unavailable(f"it sends us on more than {MOST_REDIRECTS} times")

    async def _take(self, response: ClientResponse, *, asked_for_news: bool) -> Fetched | None:
        if response.status == 304 and asked_for_news:
            return None
        if response.status != 200:
            why = f"it answers {response.status} {response.reason or ''!s:.60}".strip()
            raise Unavailable(why, self._asked_to_wait(response.headers.get("Retry-After", "")))
        content = bytearray()
        async for piece in _unpacked(response):
            content += piece
            if len(content) > LONGEST_FILE:
                raise Unavailable(f"it is larger than {LONGEST_FILE // 1_000_000} MB")
        names = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        version, changed = (name if len(name) <= _LONGEST_NAME and name.isprintable() else "" for name in names)
        return Fetched(bytes(content), version, changed)

    def _asked_to_wait(self, said: str) -> float | None:
        if said.isascii() and said.isdigit():
            return float(said[:9])
        try:
            return max(0.0, (_aware(parsedate_to_datetime(said)) - self._clock()).total_seconds())
        except (ValueError, OverflowError):
            return None


async def _unpacked(response: ClientResponse) -> AsyncIterator[bytes]:
    """The content in pieces, each no larger than it takes to see that the whole is too large."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().casefold()
    if encoding in ("identity", ""):
        async for piece in response.content.iter_chunked(65_536):
            yield piece
        return
    if encoding not in ("gzip", "x-gzip"):
        raise Unavailable(f"it is packed as {encoding:.20}, which nobody asked for")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip
    try:
        async for piece in response.content.iter_chunked(65_536):
            yield unpacker.decompress(piece, LONGEST_FILE + 1)
    except zlib.error:
        raise Unavailable("it is packed in a way that cannot be unpacked") from None
    if not unpacker.eof:
        raise Unavailable("it breaks off")


def _led_to(url: str, location: str) -> str:
    further = urljoin(url, location)
    scheme = urlsplit(further).scheme
    if not location or scheme not in ("http", "https"):
        raise Unavailable("it sends us on to nowhere")
    if scheme == "http" and urlsplit(url).scheme == "https":
        raise Unavailable("it sends us on from https to http")
    return further


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
