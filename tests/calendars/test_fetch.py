"""Calendars are fetched safely from servers that are correct, slow, huge or hostile."""

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import ClientTimeout, web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.calendars.address_filter import TrustedHosts
from bot.calendars.fetch import MAX_REDIRECTS, Fetcher
from bot.calendars.source import CalendarUnavailable, FetchedCalendar
from bot.ical.calendar_entry import MAX_FILE_BYTES

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
NOW = datetime(2026, 6, 9, 8, tzinfo=UTC)
PATIENCE = ClientTimeout(total=2, connect=1, sock_read=0.5)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[str]:
    """Run a server with one handler for all paths; yields its URL."""
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
    return Fetcher(TrustedHosts(trusted), lambda: NOW, PATIENCE)


def always(status: int = 200, body: bytes = CALENDAR, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return answer


async def fetch(answer: Answer, path: str = "/kampe.ics", **known: str) -> FetchedCalendar | None:
    async with served(answer) as url, fetcher("127.0.0.1") as asked:
        return await asked.fetch(url + path, **known)


async def reason_for_failure(answer: Answer, path: str = "/kampe.ics", **known: str) -> CalendarUnavailable:
    with pytest.raises(CalendarUnavailable) as caught:
        await fetch(answer, path, **known)
    return caught.value


async def test_calendar_comes_with_its_validators() -> None:
    changed = "Mon, 08 Jun 2026 10:00:00 GMT"
    fetched = await fetch(always(ETag='W/"7"', Last_Modified=changed))
    assert fetched == FetchedCalendar(CALENDAR, 'W/"7"', changed)


async def test_request_is_conditional() -> None:
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        return web.Response(status=304)

    assert await fetch(answer, version='"7"', last_modified="Mon, 08 Jun 2026 10:00:00 GMT") is None
    assert asked == [('"7"', "Mon, 08 Jun 2026 10:00:00 GMT")]
    assert str(await reason_for_failure(answer)) == "it answers 304 Not Modified"


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
async def test_retry_after_is_read(said: str, after: float | None) -> None:
    busy = await reason_for_failure(always(429, b"", Retry_After=said))
    assert (str(busy), busy.retry_after_seconds) == ("it answers 429 Too Many Requests", after)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 502, 503])
async def test_error_status_is_unavailable(status: int) -> None:
    assert str(await reason_for_failure(always(status))).startswith(f"it answers {status}")


async def test_redirect_is_followed() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/new.ics":
            return web.Response(body=CALENDAR)
        raise web.HTTPFound("/new.ics")

    assert await fetch(answer) == FetchedCalendar(CALENDAR)


async def test_endless_redirects_are_refused() -> None:
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        raise web.HTTPFound(f"/{len(asked)}")

    assert str(await reason_for_failure(answer)) == f"it sends us on more than {MAX_REDIRECTS} times"
    assert len(asked) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/x", "", "//[", "http://"])
async def test_redirect_to_another_scheme_is_refused(location: str) -> None:
    assert isinstance(await reason_for_failure(always(302, b"", Location=location)), CalendarUnavailable)


#: Notations of addresses of this machine, some of which only the operating system or IDNA (UTS 46) turns into one.
OWN_MACHINE = [
    *("localhost", "localhost.", "LOCALHOST", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "127.0.0.1", "127.0.0.1.", "127.1", "2130706433"),
    *("0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0.0.0.0", "0", "127.8.8.8", "x@127.0.0.1"),
    *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "①②⑦.1", "１２７。０。０。１."),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
]


@asynccontextmanager
async def own_service() -> AsyncIterator[tuple[int, list[str]]]:
    """Run a server that no calendar may reach; yields its port, and the hosts it was asked for."""
    reached: list[str] = []

    async def inside(request: web.Request) -> web.StreamResponse:
        reached.append(request.host)
        return web.Response(body=b"secret")

    async with served(inside) as url:
        yield int(url.rpartition(":")[2]), reached


class ResolverWithTrustedName(ThreadedResolver):
    """Resolves trusted.example to this machine, and every other name like the operating system."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return await super().resolve("127.0.0.1" if host == "trusted.example" else host, port, family)


@pytest.mark.parametrize("host", OWN_MACHINE)
async def test_own_network_is_refused_in_the_file_and_in_a_redirect(host: str) -> None:
    async with own_service() as (port, reached), served(always(302, b"", Location=f"http://{host}:{port}/x")) as there:
        trusted = TrustedHosts(["trusted.example"])
        async with Fetcher(trusted, lambda: NOW, PATIENCE, ResolverWithTrustedName()) as asked:
            with pytest.raises(CalendarUnavailable):
                await asked.fetch(f"http://{host}:{port}/")
            with pytest.raises(CalendarUnavailable):
                await asked.fetch(there.replace("127.0.0.1", "trusted.example"))
    assert reached == []


class ChangingResolver(AbstractResolver):
    """Answers each look-up of any name with the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=0)
            for ip in self.answers.pop(0)
        ]

    async def close(self) -> None: ...


async def test_name_that_resolves_to_own_network_the_second_time_is_refused() -> None:
    """DNS rebinding: each connection is refused by the address it would go to, however often the name is looked up."""
    resolver = ChangingResolver(["127.0.0.2", "127.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"])
    async with own_service() as (port, reached), Fetcher(TrustedHosts(), lambda: NOW, PATIENCE, resolver) as asked:
        for _ in range(3):
            with pytest.raises(CalendarUnavailable, match=r"rebind\.example is on this machine or in its network"):
                await asked.fetch(f"http://rebind.example:{port}/")
    assert (reached, resolver.answers) == ([], [])


async def test_trusted_host_is_recognised_in_every_notation() -> None:
    async with served(always()) as url, fetcher("LOCALHOST.", "１２７.0.0.1") as asked:
        port = url.rpartition(":")[2]
        for host in ("LocalHost", "ⓛocalhost", "127。0.0.1"):
            assert await asked.fetch(f"http://{host}:{port}/") == FetchedCalendar(CALENDAR)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_own_machine_is_refused_unless_trusted(name: str) -> None:
    async with served(always()) as url:
        there = url.replace("127.0.0.1", name)
        async with fetcher() as asked:
            with pytest.raises(CalendarUnavailable, match="is on this machine or in its network"):
                await asked.fetch(there)
        async with fetcher(name) as asked:
            assert await asked.fetch(there) == FetchedCalendar(CALENDAR)


async def test_download_stops_at_the_size_limit() -> None:
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

    assert str(await reason_for_failure(answer)) == "it is larger than 5 MB"
    assert sent < 4 * MAX_FILE_BYTES


async def test_gzip_is_decompressed() -> None:
    assert await fetch(always(200, gzip.compress(CALENDAR, mtime=0), Content_Encoding="gzip")) == FetchedCalendar(
        CALENDAR
    )


async def test_gzip_bomb_is_decompressed_up_to_the_size_limit_only() -> None:
    """100 kB that decompress to 100 MB; a single chunk of it exceeds the limit."""
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 10_000_000) for _ in range(10)) + packer.flush()
    assert len(bomb) < 110_000
    tracemalloc.start()
    try:
        assert str(await reason_for_failure(always(200, bomb, Content_Encoding="gzip"))) == "it is larger than 5 MB"
        assert tracemalloc.get_traced_memory()[1] < 5 * MAX_FILE_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body", "why"),
    [
        ("br", CALENDAR, "it is packed as br, which nobody asked for"),
        ("gzip", CALENDAR, "it is packed in a way that cannot be unpacked"),
        ("gzip", gzip.compress(CALENDAR, mtime=0)[:-9], "it breaks off"),
    ],
)
async def test_broken_or_unknown_compression_is_refused(encoding: str, body: bytes, why: str) -> None:
    assert str(await reason_for_failure(always(200, body, Content_Encoding=encoding))) == why


async def test_server_that_sends_byte_by_byte_times_out() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.1)
        except ConnectionError:
            return response

    assert str(await reason_for_failure(answer)) == "it does not answer in time"


async def test_silent_server_times_out() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response()

    assert isinstance(await reason_for_failure(answer), CalendarUnavailable)


async def test_truncated_body_is_refused() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(CALENDAR)
        assert request.transport is not None
        request.transport.close()
        return response

    assert str(await reason_for_failure(answer)).startswith("it cannot be reached")


async def test_refused_connection_is_unavailable() -> None:
    async with served(always()) as url:
        pass
    async with fetcher("127.0.0.1") as asked:
        with pytest.raises(CalendarUnavailable, match="it cannot be reached"):
            await asked.fetch(url)


async def test_no_cookie_is_kept_and_no_header_reveals_the_bot() -> None:
    seen = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(dict(request.headers))
        return web.Response(body=CALENDAR, headers={"Set-Cookie": "who=you"})

    async with served(answer) as url, fetcher("127.0.0.1") as asked:
        await asked.fetch(url)
        await asked.fetch(url)
    assert [sorted(headers) for headers in seen] == [["Accept", "Accept-Encoding", "Host", "User-Agent"]] * 2


async def test_cancellation_while_the_fetcher_closes_leaves_no_session_open() -> None:
    asked = fetcher()
    closing = asyncio.Event()

    async def open_and_close() -> None:
        async with asked:
            closing.set()

    task = asyncio.create_task(open_and_close())
    await closing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked._public_session.closed
    assert asked._trusted_session.closed
