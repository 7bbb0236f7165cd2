"""Calendars are fetched from servers as they are: correct, slow, huge, full of tricks."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import ClientTimeout, web

from bot.calendars.address_filter import AddressFilter
from bot.calendars.fetch import MAX_REDIRECTS, Fetcher
from bot.calendars.source import CalendarUnavailable, FetchedCalendar
from bot.ical.calendar_entry import MAX_FILE_BYTES

SHEET = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
NOW = datetime(2026, 6, 9, 8, tzinfo=UTC)
PATIENCE = ClientTimeout(total=2, connect=1, sock_read=0.5)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[str]:
    """A server that answers everything like this; its address."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def fetcher(*trusted: str) -> Fetcher:
    return Fetcher(AddressFilter(trusted), lambda: NOW, PATIENCE)


def always(status: int = 200, body: bytes = SHEET, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return answer


async def fetch(answer: Answer, path: str = "/kampe.ics", **known: str) -> FetchedCalendar | None:
    async with served(answer) as url, fetcher("127.0.0.1") as asked:
        return await asked.fetch(url + path, **known)


async def why_not(answer: Answer, path: str = "/kampe.ics", **known: str) -> CalendarUnavailable:
    with pytest.raises(CalendarUnavailable) as caught:
        await fetch(answer, path, **known)
    return caught.value


async def test_calendar_comes_with_its_names() -> None:
    changed = "Mon, 08 Jun 2026 10:00:00 GMT"
    fetched = await fetch(always(ETag='W/"7"', Last_Modified=changed))
    assert fetched == FetchedCalendar(SHEET, 'W/"7"', changed)


async def test_only_what_is_new_is_asked_for() -> None:
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        return web.Response(status=304)

    assert await fetch(answer, version='"7"', last_modified="Mon, 08 Jun 2026 10:00:00 GMT") is None
    assert asked == [('"7"', "Mon, 08 Jun 2026 10:00:00 GMT")]
    assert str(await why_not(answer)) == "it answers 304 Not Modified"


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("120", 120.0),
        ("Tue, 09 Jun 2026 09:00:00 GMT", 3600.0),
        ("Tue, 09 Jun 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 400, 999999999.0),
    ],
)
async def test_server_that_is_busy_says_when_to_come_back(said: str, after: float | None) -> None:
    busy = await why_not(always(429, b"", Retry_After=said))
    assert (str(busy), busy.retry_after_seconds) == ("it answers 429 Too Many Requests", after)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 502, 503])
async def test_server_that_refuses_or_is_ill_is_unavailable(status: int) -> None:
    assert str(await why_not(always(status))).startswith(f"it answers {status}")


async def test_calendar_is_followed_where_it_moved() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/new.ics":
            return web.Response(body=SHEET)
        raise web.HTTPFound("/new.ics")

    assert await fetch(answer) == FetchedCalendar(SHEET)


async def test_endless_redirect_ends() -> None:
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        raise web.HTTPFound(f"/{len(asked)}")

    assert str(await why_not(answer)) == f"it sends us on more than {MAX_REDIRECTS} times"
    assert len(asked) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/x", "", "//[", "http://"])
async def test_redirect_to_what_is_no_web_page_is_not_followed(location: str) -> None:
    assert isinstance(await why_not(always(302, b"", Location=location)), CalendarUnavailable)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
async def test_redirect_into_our_own_network_is_not_followed(host: str) -> None:
    reached = []

    async def inside(request: web.Request) -> web.StreamResponse:
        reached.append(request.host)
        return web.Response(body=b"secret")

    async with served(inside) as url:
        port = url.rpartition(":")[2]
        await why_not(always(302, b"", Location=f"http://{host}:{port}/admin"))
    assert reached == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_our_own_machine_is_asked_only_where_it_is_trusted(name: str) -> None:
    async with served(always()) as url:
        there = url.replace("127.0.0.1", name)
        async with fetcher() as asked:
            with pytest.raises(CalendarUnavailable, match="is on this machine or in its network"):
                await asked.fetch(there)
        async with fetcher(name) as asked:
            assert await asked.fetch(there) == FetchedCalendar(SHEET)


async def test_file_that_is_too_large_is_left_while_it_comes() -> None:
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while sent < 20 * MAX_FILE_BYTES:
                await response.write(b"x" * 100_000)
                sent += 100_000
        except ConnectionError:
            pass
        return response

    assert str(await why_not(answer)) == "it is larger than 5 MB"
    assert sent < 4 * MAX_FILE_BYTES


async def test_packed_calendar_is_unpacked() -> None:
    assert await fetch(always(200, gzip.compress(SHEET, mtime=0), Content_Encoding="gzip")) == FetchedCalendar(SHEET)


async def test_bomb_is_not_unpacked_further_than_a_calendar_goes() -> None:
    """A hundred kilobytes that would be a hundred megabytes; one piece of it alone would be more than we take."""
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 10_000_000) for _ in range(10)) + packer.flush()
    assert len(bomb) < 110_000
    tracemalloc.start()
    try:
        assert str(await why_not(always(200, bomb, Content_Encoding="gzip"))) == "it is larger than 5 MB"
        assert tracemalloc.get_traced_memory()[1] < 5 * MAX_FILE_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body", "why"),
    [
        ("br", SHEET, "it is packed as br, which nobody asked for"),
        ("gzip", SHEET, "it is packed in a way that cannot be unpacked"),
        ("gzip", gzip.compress(SHEET, mtime=0)[:-9], "it breaks off"),
    ],
)
async def test_what_cannot_be_unpacked_is_no_calendar(encoding: str, body: bytes, why: str) -> None:
    assert str(await why_not(always(200, body, Content_Encoding=encoding))) == why


async def test_server_that_sends_a_byte_at_a_time_is_left() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.1)
        except ConnectionError:
            return response

    assert str(await why_not(answer)) == "it does not answer in time"


async def test_server_that_says_nothing_is_left() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response()

    assert isinstance(await why_not(answer), CalendarUnavailable)


async def test_body_that_breaks_off_is_no_calendar() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(SHEET)
        assert request.transport is not None
        request.transport.close()
        return response

    assert str(await why_not(answer)).startswith("it cannot be reached")


async def test_nobody_at_home_is_unavailable() -> None:
    async with served(always()) as url:
        pass
    async with fetcher("127.0.0.1") as asked:
        with pytest.raises(CalendarUnavailable, match="it cannot be reached"):
            await asked.fetch(url)


async def test_no_cookie_is_kept_and_nothing_of_ours_is_told() -> None:
    seen = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(dict(request.headers))
        return web.Response(body=SHEET, headers={"Set-Cookie": "who=you"})

    async with served(answer) as url, fetcher("127.0.0.1") as asked:
        await asked.fetch(url)
        await asked.fetch(url)
    assert [sorted(headers) for headers in seen] == [["Accept", "Accept-Encoding", "Host", "User-Agent"]] * 2
