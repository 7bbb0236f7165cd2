"""Fetches a calendar by HTTP: asks only for what is new, and takes no more, and no longer, than a calendar needs."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from bot.calendars.address_filter import AddressFilter
from bot.calendars.source import CalendarUnavailable, FetchedCalendar
from bot.ical.calendar_entry import MAX_FILE_BYTES

#: Seconds for everything, for the connection, and between two pieces: who sends a byte at a time is left.
FETCH_TIMEOUT = ClientTimeout(total=60, connect=15, sock_read=20)
#: A calendar that has moved is followed so often; from https never to where others can read along.
MAX_REDIRECTS = 5
#: Longer names of a content are not kept, and then all of it is fetched again.
_MAX_VALIDATOR_CHARACTERS = 500

_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": "Bylaug (calendar of matches)",
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    "Accept-Encoding": "gzip",
}


class Fetcher:
    """Fetches calendars between `async with`. `clock` is asked when a source names the hour to come back."""

    def __init__(
        self, address_filter: AddressFilter, clock: Callable[[], datetime], timeout: ClientTimeout = FETCH_TIMEOUT
    ) -> None:
        self._address_filter, self._clock, self._timeout = address_filter, clock, timeout

    async def __aenter__(self) -> "Fetcher":
        # unpacking is ours: the library would unpack a piece as a whole, however large it becomes
        self._session = ClientSession(
            connector=TCPConnector(resolver=self._address_filter, limit=4, use_dns_cache=False),
            timeout=self._timeout,
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),
            headers=_HEADERS,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def fetch(self, url: str, version: str = "", last_modified: str = "") -> FetchedCalendar | None:
        """The calendar; None when it still is what the source called by `version` and `changed`. Raises Unavailable.

        Source: RFC 9110, sections 13.1 (conditional requests) and 10.2.3 (Retry-After).
        """
        conditions = {"If-None-Match": version, "If-Modified-Since": last_modified}
        try:
            async with asyncio.timeout(self._timeout.total):
                return await self._follow(url, {name: value for name, value in conditions.items() if value})
        except TimeoutError:
            raise CalendarUnavailable("it does not answer in time") from None
        except (ClientError, OSError, ValueError) as error:
            raise CalendarUnavailable(f"it cannot be reached ({_describe_error(error)})") from error

    async def _follow(self, url: str, conditions: dict[str, str]) -> FetchedCalendar | None:
        for _ in range(MAX_REDIRECTS + 1):
            self._address_filter.check_literal_address(urlsplit(url).hostname or "")
            async with self._session.get(URL(url), headers=conditions, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._read_response(response, is_conditional=bool(conditions))
                url = _redirect_target(url, response.headers.get("Location", ""))
        raise CalendarUnavailable(f"it sends us on more than {MAX_REDIRECTS} times")

    async def _read_response(self, response: ClientResponse, *, is_conditional: bool) -> FetchedCalendar | None:
        if response.status == 304 and is_conditional:
            return None
        if response.status != 200:
            why = f"it answers {response.status} {response.reason or ''!s:.60}".strip()
            raise CalendarUnavailable(why, self._retry_after_seconds(response.headers.get("Retry-After", "")))
        content = bytearray()
        async for piece in _decompress(response):
            content += piece
            if len(content) > MAX_FILE_BYTES:
                raise CalendarUnavailable(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
        names = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        version, changed = (
            name if len(name) <= _MAX_VALIDATOR_CHARACTERS and name.isprintable() else "" for name in names
        )
        return FetchedCalendar(bytes(content), version, changed)

    def _retry_after_seconds(self, header: str) -> float | None:
        if header.isascii() and header.isdigit():
            return float(header[:9])
        try:
            return max(0.0, (_as_aware(parsedate_to_datetime(header)) - self._clock()).total_seconds())
        except (ValueError, OverflowError):
            return None


async def _decompress(response: ClientResponse) -> AsyncIterator[bytes]:
    """The content in pieces, each no larger than it takes to see that the whole is too large."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().casefold()
    if encoding in ("identity", ""):
        async for piece in response.content.iter_chunked(65_536):
            yield piece
        return
    if encoding not in ("gzip", "x-gzip"):
        raise CalendarUnavailable(f"it is packed as {encoding:.20}, which nobody asked for")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip
    try:
        async for piece in response.content.iter_chunked(65_536):
            yield unpacker.decompress(piece, MAX_FILE_BYTES + 1)
    except zlib.error:
        raise CalendarUnavailable("it is packed in a way that cannot be unpacked") from None
    if not unpacker.eof:
        raise CalendarUnavailable("it breaks off")


def _redirect_target(url: str, location: str) -> str:
    further = urljoin(url, location)
    scheme = urlsplit(further).scheme
    if not location or scheme not in ("http", "https"):
        raise CalendarUnavailable("it sends us on to nowhere")
    if scheme == "http" and urlsplit(url).scheme == "https":
        raise CalendarUnavailable("it sends us on from https to http")
    return further


def _as_aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _describe_error(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
