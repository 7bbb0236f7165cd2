"""Stands between a bot and its homeserver, lets everything through but what a rule says, and notes every request."""

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

#: They belong to one connection and are not passed on (RFC 9110, section 7.6.1); the body's length is found anew.
_ONE_HOP = frozenset(
    ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length")
)


@dataclass
class Rule:
    """What happens to which requests.

    A request is meant when its method is `method`, `path` is part of its path and `room` is its room ("" is any).
    Of those, `skip` get through first, then `times` are hit (None: all), each with the probability `chance`.
    `start` and `end` are seconds since the rule was added.
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
    #: How many requests it has hit.
    hits: int = field(default=0, init=False)
    _added: float = field(default=0.0, init=False)

    def begins(self, now: float) -> None:
        """It was added at this moment."""
        self._added = now

    def hit(self, record: RequestRecord, dice: random.Random) -> bool:
        """Whether it decides on this request; counts."""
        if not (self.means(record) and self.start <= record.started_at - self._added < self.end):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if (self.times is not None and self.hits >= self.times) or dice.random() >= self.chance:
            return False
        self.hits += 1
        return True

    def means(self, record: RequestRecord) -> bool:
        """Whether it is about such requests."""
        return self.method in ("", record.method) and self.path in record.path and self.room in ("", record.room)


class FaultProxy:
    """A reverse proxy on a free loopback port, serving between `async with`.

    The first rule that hits a request decides on it; one that is hit by none goes through as it is. What is left to
    chance is decided by `seed`. `records` has every request in the order in which they came.
    """

    def __init__(self, homeserver: str, *, seed: int = 0) -> None:
        self.homeserver = homeserver
        self.port = 0
        self.rules: list[Rule] = []
        self.records: list[RequestRecord] = []
        self._dice = random.Random(seed)
        self._born = time.monotonic()
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._working: set[asyncio.Task[ProxyResponse]] = set()

    @property
    def url(self) -> str:
        """Where clients find it: http://127.0.0.1:port, no slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def now(self) -> float:
        """Seconds since it was made, as in the records."""
        return time.monotonic() - self._born

    async def __aenter__(self) -> Self:
        # A connection of its own for each request: one that the homeserver has just closed would be a fault nobody
        # ordered.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.go_away()
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        assert self._session is not None
        await self._session.close()

    def add(self, rule: Rule) -> Rule:
        """Add a rule, behind those there are."""
        rule.begins(self.now)
        self.rules.append(rule)
        return rule

    def remove(self, rule: Rule) -> None:
        """From now on it hits nothing more; what was hit stays hit."""
        self.rules.remove(rule)

    @contextmanager
    def having(self, rule: Rule) -> Iterator[Rule]:
        """With a rule inside the block."""
        self.add(rule)
        try:
            yield rule
        finally:
            self.remove(rule)

    async def go_away(self) -> None:
        """Nobody listens on the port any more, and every connection is cut; what the homeserver works on goes on."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            for connection in runner.server.connections if runner.server else ():
                connection.force_close()  # or it waits for those who are waiting
            await runner.cleanup()

    async def come_back(self) -> None:
        """Listen again, on the same port."""
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{any:.*}", self._take)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, handler_cancellation=True, shutdown_timeout=0
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port, self._runner = runner.addresses[0][1], runner

    @asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        """Away altogether inside the block."""
        await self.go_away()
        try:
            yield
        finally:
            await self.come_back()

    def asked(self, path: str = "", *, method: str = "", room: str = "", since: float = 0.0) -> list[RequestRecord]:
        """The requests so far that match, as a rule would match them, from a moment on (see `now`)."""
        wanted = Rule(_nothing, method, path, room)
        return [record for record in self.records if record.started_at >= since and wanted.means(record)]

    async def until_hit(self, rule: Rule, times: int = 1) -> None:
        """Wait until a rule has hit so often."""
        async with self._news:
            await self._news.wait_for(lambda: rule.hits >= times)

    async def until_asked(self, path: str, times: int = 1, *, method: str = "", room: str = "") -> None:
        """Wait until so many matching requests have come since the proxy was made."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.asked(path, method=method, room=room)) >= times)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        record = RequestRecord(self.now, request.method, request.rel_url.raw_path)
        self.records.append(record)
        rule = next((rule for rule in self.rules if rule.hit(record, self._dice)), None)
        async with self._news:
            self._news.notify_all()
        body = await request.read()
        exchange = ProxiedRequest(record, body, lambda: self._forward(request, body, record))
        try:
            answer = await self._decide(rule, exchange)
            record.client_status = answer.status if answer is not None else None
            return await send_response(request, answer)
        finally:
            record.ended_at = self.now

    async def _decide(self, rule: Rule | None, exchange: ProxiedRequest) -> ProxyResponse | None:
        if rule is None:
            return await exchange.forward()
        exchange.record.fault = getattr(rule.fault, "__name__", "fault")
        return await rule.fault(exchange)

    def _forward(self, request: web.Request, body: bytes, record: RequestRecord) -> asyncio.Task[ProxyResponse]:
        """Ask the homeserver, in a task that outlives the client's patience."""
        task = asyncio.ensure_future(self._ask(request, body, record))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return task

    async def _ask(self, request: web.Request, body: bytes, record: RequestRecord) -> ProxyResponse:
        assert self._session is not None
        url = URL(self.homeserver + request.raw_path, encoded=True)
        asked = self._session.request(
            request.method, url, data=body or None, headers=_passed_on(request.headers), allow_redirects=False
        )
        try:
            async with asked as said:
                answer = ProxyResponse(said.status, await said.read(), _passed_on(said.headers))
        except aiohttp.ClientError as error:
            return ProxyResponse(502, f"<html>Bad Gateway: {error}</html>".encode(), {"Content-Type": "text/html"})
        record.homeserver_status = answer.status
        return answer


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _ONE_HOP}


async def _nothing(exchange: ProxiedRequest) -> ProxyResponse:
    return await exchange.forward()
