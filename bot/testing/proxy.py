"""A reverse proxy between a bot and its homeserver that makes faults where a rule says so and records every request."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

from bot.testing.proxied_request import Fault, ProxiedRequest, ProxyResponse, RequestRecord, send_response

#: Headers of one connection, which a proxy does not pass on (RFC 9110, section 7.6.1), and the length of the body,
#: which is computed anew.
_HOP_BY_HOP_HEADERS = frozenset(
    ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length")
)


@dataclass
class Rule:
    """Which requests get a fault.

    A request matches when its method is `method`, `path` is part of its path and `room` is its room ("" is any). Of the
    matching requests, the first `skip` get through and the next `times` get the fault (None: all), each with the
    probability `chance`. `start` and `end` are seconds since the rule was added.
    """

    fault: Fault
    method: str = ""
    path: str = ""
    room: str = ""
    times: int | None = None
    skip: int = 0
    chance: float = 1.0
    start: float = 0.0
    end: float = float("inf")
    #: How many requests have got the fault.
    hits: int = field(default=0, init=False)
    _added_at: float = field(default=0.0, init=False)

    def mark_added(self, now: float) -> None:
        """Note when the rule was added, from which `start` and `end` count."""
        self._added_at = now

    def decides_on(self, record: RequestRecord, rng: random.Random) -> bool:
        """Whether a request gets the fault; counts `skip` and `hits`."""
        if not (self.matches(record) and self.start <= record.started_at - self._added_at < self.end):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if (self.times is not None and self.hits >= self.times) or rng.random() >= self.chance:
            return False
        self.hits += 1
        return True

    def matches(self, record: RequestRecord) -> bool:
        """Whether method, path and room of a request match."""
        return self.method in ("", record.method) and self.path in record.path and self.room in ("", record.room)


class FaultProxy:
    """A reverse proxy on a free loopback port, serving between `async with`.

    The first rule that decides on a request makes its fault; a request without such a rule is forwarded unchanged.
    `seed` decides what rules leave to chance. `records` has every request in the order in which they came.
    """

    def __init__(self, homeserver: str, *, seed: int = 0) -> None:
        self.homeserver = homeserver
        self.port = 0
        self.rules: list[Rule] = []
        self.records: list[RequestRecord] = []
        self._rng = random.Random(seed)
        self._created_at = time.monotonic()
        self._request_arrived = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._forwarding: set[asyncio.Task[ProxyResponse]] = set()

    @property
    def url(self) -> str:
        """The base URL for clients: http://127.0.0.1:port, no slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def elapsed_seconds(self) -> float:
        """Seconds since the proxy was made, as in the records."""
        return time.monotonic() - self._created_at

    async def __aenter__(self) -> Self:
        # A connection of its own for each request: one that the homeserver has just closed would be a fault that no
        # rule made.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        await self.start_serving()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop_serving()
        for task in self._forwarding:
            task.cancel()
        await asyncio.gather(*self._forwarding, return_exceptions=True)
        assert self._session is not None
        await self._session.close()

    def add_rule(self, rule: Rule) -> Rule:
        """Add a rule behind the others, and return it."""
        rule.mark_added(self.elapsed_seconds)
        self.rules.append(rule)
        return rule

    def remove_rule(self, rule: Rule) -> None:
        """Let a rule decide on no more requests; faults that it has begun go on."""
        self.rules.remove(rule)

    @contextmanager
    def with_rule(self, rule: Rule) -> Iterator[Rule]:
        """Have a rule inside the block."""
        self.add_rule(rule)
        try:
            yield rule
        finally:
            self.remove_rule(rule)

    async def stop_serving(self) -> None:
        """Close the port and all connections; requests that were forwarded go on at the homeserver."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            for connection in runner.server.connections if runner.server else ():
                connection.force_close()  # otherwise cleanup waits for the clients that are waiting
            await runner.cleanup()

    async def start_serving(self) -> None:
        """Serve on the port, the same one as before."""
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{any:.*}", self._handle)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, handler_cancellation=True, shutdown_timeout=0
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port, self._runner = runner.addresses[0][1], runner

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Do not serve inside the block."""
        await self.stop_serving()
        try:
            yield
        finally:
            await self.start_serving()

    def find_requests(
        self, path: str = "", *, method: str = "", room: str = "", since: float = 0.0
    ) -> list[RequestRecord]:
        """Return the requests so far that match as in a rule, from a moment on (see `elapsed_seconds`)."""
        pattern = Rule(_forward, method, path, room)
        return [record for record in self.records if record.started_at >= since and pattern.matches(record)]

    async def wait_until_hit(self, rule: Rule, times: int = 1) -> None:
        """Wait until a rule has made its fault so often."""
        async with self._request_arrived:
            await self._request_arrived.wait_for(lambda: rule.hits >= times)

    async def wait_until_requested(self, path: str, times: int = 1, *, method: str = "", room: str = "") -> None:
        """Wait until so many matching requests have come since the proxy was made."""
        async with self._request_arrived:
            await self._request_arrived.wait_for(
                lambda: len(self.find_requests(path, method=method, room=room)) >= times
            )

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        record = RequestRecord(self.elapsed_seconds, request.method, request.rel_url.raw_path)
        self.records.append(record)
        rule = next((rule for rule in self.rules if rule.decides_on(record, self._rng)), None)
        async with self._request_arrived:
            self._request_arrived.notify_all()
        body = await request.read()
        proxied = ProxiedRequest(record, body, lambda: self._start_forwarding(request, body, record))
        try:
            response = await self._respond(rule, proxied)
            record.client_status = response.status if response is not None else None
            return await send_response(request, response)
        finally:
            record.ended_at = self.elapsed_seconds

    async def _respond(self, rule: Rule | None, request: ProxiedRequest) -> ProxyResponse | None:
        if rule is None:
            return await request.forward()
        request.record.fault = getattr(rule.fault, "__name__", "fault")
        return await rule.fault(request)

    def _start_forwarding(
        self, request: web.Request, body: bytes, record: RequestRecord
    ) -> asyncio.Task[ProxyResponse]:
        """Forward a request in a task that goes on when the client stops waiting."""
        task = asyncio.ensure_future(self._forward(request, body, record))
        self._forwarding.add(task)
        task.add_done_callback(self._forwarding.discard)
        return task

    async def _forward(self, request: web.Request, body: bytes, record: RequestRecord) -> ProxyResponse:
        assert self._session is not None
        url = URL(self.homeserver + request.raw_path, encoded=True)
        headers = _end_to_end_headers(request.headers)
        try:
            async with self._session.request(
                request.method, url, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                response = ProxyResponse(answer.status, await answer.read(), _end_to_end_headers(answer.headers))
        except aiohttp.ClientError as error:
            return ProxyResponse(502, f"<html>Bad Gateway: {error}</html>".encode(), {"Content-Type": "text/html"})
        record.homeserver_status = response.status
        return response


def _end_to_end_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP_HEADERS}


async def _forward(request: ProxiedRequest) -> ProxyResponse:
    return await request.forward()
