"""Fetches calendars by HTTP with conditional requests, and with limits on time, size and redirects."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.calendars.address_filter import AddressRefused, TrustedHosts, open_public_socket
from bot.calendars.source import CalendarUnavailable, FetchedCalendar
from bot.ical.calendar_entry import MAX_FILE_BYTES

#: Seconds for the whole request, for the connection, and between two chunks; a server that sends byte by byte fails.
FETCH_TIMEOUT = ClientTimeout(total=60, connect=15, sock_read=20)
#: Redirects that are followed in a row. A redirect from https to http is refused, since others could read along.
MAX_REDIRECTS = 5
#: Longer values of ETag and Last-Modified are not kept; the whole calendar is then fetched again each time.
_MAX_VALIDATOR_CHARACTERS = 500
_CHUNK_BYTES = 65_536

_REDIRECT_STATUSES = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": "Bylaug (calendar of matches)",
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    "Accept-Encoding": "gzip",
}


class Fetcher:
    """Fetches calendars inside an `async with` block: from the public internet, and from trusted hosts anywhere.

    With `clock`, a Retry-After that is a date becomes a waiting time. Without `resolver`, the operating system looks
    host names up.
    """

    def __init__(
        self,
        trusted: TrustedHosts,
        clock: Callable[[], datetime],
        timeout: ClientTimeout = FETCH_TIMEOUT,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._trusted, self._clock, self._timeout, self._resolver = trusted, clock, timeout, resolver

    async def __aenter__(self) -> "Fetcher":
        # Two connectors, since a connection that was made to a trusted host must serve no other host.
        self._public_session = self._open_session(
            TCPConnector(socket_factory=open_public_socket, use_dns_cache=False, resolver=self._resolver)
        )
        self._trusted_session = self._open_session(TCPConnector(use_dns_cache=False, resolver=self._resolver))
        # A cancellation while one session is being closed must not keep the other one open.
        self._sessions = AsyncExitStack()
        await self._sessions.enter_async_context(self._public_session)
        await self._sessions.enter_async_context(self._trusted_session)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sessions.aclose()

    def _open_session(self, connector: TCPConnector) -> ClientSession:
        return ClientSession(
            connector=connector,
            timeout=self._timeout,
            auto_decompress=False,  # aiohttp would decompress a whole chunk, however large the result becomes
            cookie_jar=DummyCookieJar(),
            headers=_HEADERS,
        )

    async def fetch(self, url: str, version: str = "", last_modified: str = "") -> FetchedCalendar | None:
        """Return the calendar, or None when it has not changed since `version` (ETag) and `last_modified`.

        Raises CalendarUnavailable. Source: RFC 9110, sections 13.1 (conditional requests) and 10.2.3 (Retry-After).
        """
        conditions = {"If-None-Match": version, "If-Modified-Since": last_modified}
        try:
            async with asyncio.timeout(self._timeout.total):
                return await self._follow_redirects(url, {name: value for name, value in conditions.items() if value})
        except TimeoutError:
            raise CalendarUnavailable("it does not answer in time") from None
        except (ClientError, OSError, ValueError) as error:
            raise CalendarUnavailable(f"it cannot be reached ({_describe_error(error)})") from error

    async def _follow_redirects(self, url: str, conditions: dict[str, str]) -> FetchedCalendar | None:
        for _ in range(MAX_REDIRECTS + 1):
            host = URL(url).host or ""
            session = self._trusted_session if host in self._trusted else self._public_session
            try:
                async with session.get(URL(url), headers=conditions, allow_redirects=False) as response:
                    if response.status not in _REDIRECT_STATUSES:
                        return await self._read_response(response, is_conditional=bool(conditions))
                    url = _redirect_target(url, response.headers.get("Location", ""))
            except ClientConnectorError as error:
                if isinstance(error.os_error, AddressRefused):
                    raise _refusal(host) from error
                raise
        raise CalendarUnavailable(f"it sends us on more than {MAX_REDIRECTS} times")

    async def _read_response(self, response: ClientResponse, *, is_conditional: bool) -> FetchedCalendar | None:
        if response.status == 304 and is_conditional:
            return None
        if response.status != 200:
            sentence = f"it answers {response.status} {response.reason or ''!s:.60}".strip()
            raise CalendarUnavailable(sentence, self._parse_retry_after(response.headers.get("Retry-After", "")))
        content = bytearray()
        async for chunk in _decompress(response):
            content += chunk
            if len(content) > MAX_FILE_BYTES:
                raise CalendarUnavailable(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
        return FetchedCalendar(bytes(content), _validator(response, "ETag"), _validator(response, "Last-Modified"))

    def _parse_retry_after(self, header: str) -> float | None:
        """Return the seconds to wait, from a number of seconds or a date; None for an unreadable value."""
        if header.isascii() and header.isdigit():
            return float(header[:9])
        try:
            return max(0.0, (_as_aware(parsedate_to_datetime(header)) - self._clock()).total_seconds())
        except (ValueError, OverflowError):
            return None


def _refusal(host: str) -> CalendarUnavailable:
    return CalendarUnavailable(
        f"{host} is on this machine or in its network, where no calendar is fetched from unless config.yaml names it"
        " under trusted_calendar_hosts"
    )


def _validator(response: ClientResponse, name: str) -> str:
    """Return the value of ETag or Last-Modified; "" when it is missing, too long or not printable."""
    value = response.headers.get(name, "")
    return value if len(value) <= _MAX_VALIDATOR_CHARACTERS and value.isprintable() else ""


async def _decompress(response: ClientResponse) -> AsyncIterator[bytes]:
    """Yield the content in chunks. A chunk is at most one byte larger than a calendar may be."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().casefold()
    if encoding in ("identity", ""):
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            yield chunk
        return
    if encoding not in ("gzip", "x-gzip"):
        raise CalendarUnavailable(f"it is packed as {encoding:.20}, which nobody asked for")
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip
    try:
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            yield decompressor.decompress(chunk, MAX_FILE_BYTES + 1)
    except zlib.error:
        raise CalendarUnavailable("it is packed in a way that cannot be unpacked") from None
    if not decompressor.eof:
        raise CalendarUnavailable("it breaks off")


def _redirect_target(url: str, location: str) -> str:
    """Return the absolute URL of a redirect. Raises CalendarUnavailable for one that is not followed."""
    target = urljoin(url, location)
    scheme = urlsplit(target).scheme
    if not location or scheme not in ("http", "https"):
        raise CalendarUnavailable("it sends us on to nowhere")
    if scheme == "http" and urlsplit(url).scheme == "https":
        raise CalendarUnavailable("it sends us on from https to http")
    return target


def _as_aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _describe_error(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
