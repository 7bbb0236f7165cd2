"""The fault proxy does what it is told, to the requests it is told, and notes what happened."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bot.testing.faults import (
    call_hooks,
    cut_connection,
    delayed,
    hang,
    html_page,
    logged_out,
    rate_limited,
    refused,
    truncated,
)
from bot.testing.proxied_request import Fault, ProxiedRequest
from bot.testing.proxy import FaultProxy, Rule

SEND = "/_matrix/client/v3/rooms/!a:x.org/send/m.room.message/t1"
OTHER = "/_matrix/client/v3/rooms/%21b%3Ax.org/send/m.room.message/t2"


class World:
    """Something that works on requests, the proxy before it, and a client."""

    def __init__(self, proxy: FaultProxy, session: aiohttp.ClientSession, worked: list[tuple[str, bytes]]) -> None:
        self.proxy, self.session, self.worked = proxy, session, worked

    async def put(self, path: str = SEND, method: str = "PUT", total: float = 20) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(total=total)
        url = self.proxy.url + path
        async with self.session.request(method, url, data=b'{"body":"x"}', timeout=timeout) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    worked: list[tuple[str, bytes]] = []

    async def work(request: web.Request) -> web.Response:
        worked.append((request.raw_path, await request.read()))
        return web.json_response({"event_id": "$" + "e" * 100}, headers={"X-Seen": "yes"})

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", work)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with (
        FaultProxy(f"http://127.0.0.1:{runner.addresses[0][1]}") as proxy,
        aiohttp.ClientSession() as session,
    ):
        yield World(proxy, session, worked)
    await runner.cleanup()


async def test_what_no_rule_hits_goes_through_as_it_is_and_is_noted(world: World) -> None:
    async with world.session.put(URL(world.proxy.url + OTHER + "?a=b%2Fc", encoded=True), data=b"{}") as answer:
        assert (answer.status, answer.headers["X-Seen"]) == (200, "yes")
        assert await answer.json() == {"event_id": "$" + "e" * 100}
    assert world.worked == [(OTHER + "?a=b%2Fc", b"{}")]
    (record,) = world.proxy.records
    assert (record.method, record.room, record.transaction_id) == ("PUT", "!b:x.org", "t2")
    assert (record.fault, record.homeserver_status, record.client_status) == ("", 200, 200)
    assert record.ended_at is not None
    assert 0 <= record.started_at <= record.ended_at


@pytest.mark.parametrize(
    ("fault", "status", "part", "worked"),
    [
        (refused(500), 500, '"errcode": "M_UNKNOWN"', 0),
        (refused(403, "M_FORBIDDEN"), 403, '"errcode": "M_FORBIDDEN"', 0),
        (rate_limited(), 429, "Too Many Requests", 0),
        (rate_limited(milliseconds=2500), 429, '"retry_after_ms": 2500', 0),
        (logged_out(is_soft=True), 401, '"soft_logout": true', 0),
        (html_page(200), 200, "<html>", 0),
        (html_page(502), 502, "<html>", 0),
        (delayed(0.01), 200, "event_id", 1),
        (call_hooks(), 200, "event_id", 1),
    ],
)
async def test_a_fault_that_answers(world: World, fault: Fault, status: int, part: str, worked: int) -> None:
    rule = world.proxy.add_rule(Rule(fault, method="PUT", path="/send/", room="!a:x.org", times=1))
    said, text = await world.put()
    assert said == status
    assert part in text
    assert len(world.worked) == worked
    assert world.proxy.records[0].fault == getattr(fault, "__name__", None) != ""
    assert (await world.put())[0] == 200
    assert rule.hits == 1


async def test_limited_says_it_in_the_header_too(world: World) -> None:
    world.proxy.add_rule(Rule(rate_limited(header="7")))
    async with world.session.get(world.proxy.url) as answer:
        assert (answer.headers["Retry-After"], "retry_after_ms" in await answer.json()) == ("7", False)


@pytest.mark.parametrize("worked", [False, True])
async def test_a_cut_and_a_hang_happen_before_or_after_the_work(world: World, worked: bool) -> None:
    world.proxy.add_rule(Rule(cut_connection(forwarded=worked), times=1))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await world.put(method="POST")  # a PUT is tried again by aiohttp itself, once
    assert len(world.worked) == worked
    rule = world.proxy.add_rule(Rule(hang(forwarded=worked), times=1))
    with pytest.raises(TimeoutError):
        await world.put(total=0.2)
    assert (rule.hits, len(world.worked)) == (1, 2 * worked)
    assert [record.client_status for record in world.proxy.records] == [None, None]
    assert [record.homeserver_status for record in world.proxy.records] == [200 if worked else None] * 2


async def test_half_a_body_is_half_a_body(world: World) -> None:
    world.proxy.add_rule(Rule(truncated(), times=1))
    with pytest.raises(aiohttp.ClientPayloadError):
        await world.put()
    assert len(world.worked) == 1
    assert (await world.put())[0] == 200


async def test_a_rule_hits_only_what_it_means(world: World) -> None:
    world.proxy.add_rule(Rule(refused(500), method="PUT", path="/send/", room="!b:x.org", skip=1, times=1))
    statuses = [(await world.put(path))[0] for path in (OTHER, SEND, OTHER, OTHER)]
    assert statuses == [200, 200, 500, 200]
    assert [record.client_status for record in world.proxy.find_requests("/send/", room="!b:x.org")] == [200, 500, 200]


async def test_chance_is_the_same_for_the_same_seed() -> None:
    async def through(seed: int) -> list[int | None]:
        async with FaultProxy("http://127.0.0.1:9", seed=seed) as proxy, aiohttp.ClientSession() as session:
            proxy.add_rule(Rule(refused(500), chance=0.5))
            for _ in range(30):
                async with session.get(proxy.url):
                    pass
            return [record.client_status for record in proxy.records]

    first = await through(1)
    assert sorted(set(map(str, first))) == ["500", "502"]
    assert first == await through(1) != await through(2)


async def test_a_rule_has_a_beginning_and_an_end(world: World) -> None:
    with world.proxy.with_rule(Rule(refused(500), end=0.0)), world.proxy.with_rule(Rule(refused(502), start=1000.0)):
        assert (await world.put())[0] == 200
    with world.proxy.with_rule(Rule(refused(500))):
        assert (await world.put())[0] == 500
    assert (await world.put())[0] == 200


async def test_hooks_are_called_before_and_after_the_work(world: World) -> None:
    seen: list[tuple[str, int, bytes, int | None]] = []

    def note(when: str) -> object:
        async def heard(exchange: ProxiedRequest) -> None:
            seen.append((when, len(world.worked), exchange.body, exchange.record.homeserver_status))

        return heard

    world.proxy.add_rule(Rule(call_hooks(before=note("before"), after=note("after"))))  # type: ignore[arg-type]
    assert (await world.put())[0] == 200
    assert seen == [("before", 0, b'{"body":"x"}', None), ("after", 1, b'{"body":"x"}', 200)]


async def test_gone_it_cuts_what_is_under_way_and_comes_back_on_the_same_port(world: World) -> None:
    rule = world.proxy.add_rule(Rule(hang(), times=1))
    waiting = asyncio.create_task(world.put(method="POST"))
    await world.proxy.wait_until_hit(rule)
    async with world.proxy.unreachable():
        with pytest.raises(aiohttp.ClientError):
            await waiting
        with pytest.raises(aiohttp.ClientConnectorError):
            await world.put()
    assert (await world.put())[0] == 200
    await world.proxy.wait_until_requested("/send/", 2)
