"""Answers of the homeserver, and of proxies in front of it: try again, give up, or end the program."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
from aiohttp import web

from bot.concurrency.retry import TemporaryFailure
from bot.errors import Fatal
from bot.matrix.client import Client, MatrixError

HandleRequest = Callable[[web.Request], web.StreamResponse]


@pytest.fixture
async def server() -> AsyncIterator[tuple[Client, list[web.Response], list[web.Request]]]:
    """A client of a server on loopback, the responses that the server gives in turn, and the requests it got."""
    responses: list[web.Response] = []
    requests: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        requests.append(request)
        return responses.pop(0)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    client = Client(f"http://127.0.0.1:{port}", "@bylaug:example.org", access_token="secret")
    yield client, responses, requests
    await client.close()
    await runner.cleanup()


def make_response(status: int, body: object, headers: dict[str, str] | None = None) -> web.Response:
    text = body if isinstance(body, str) else json.dumps(body)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


async def test_call_returns_the_answer_and_quotes_the_path(
    server: tuple[Client, list[web.Response], list[web.Request]],
) -> None:
    client, responses, requests = server
    responses.append(make_response(200, {"ok": True}))
    body = {"name": "æ\n🚜"}
    assert await client.call("PUT", "rooms", "!a/b?c:x.org", "æ", body=body, query={"a": "b c&d"}) == {"ok": True}
    assert requests[0].raw_path == "/_matrix/client/v3/rooms/!a%2Fb%3Fc:x.org/%C3%A6?a=b+c%26d"
    assert requests[0].headers["Authorization"] == "Bearer secret"
    assert json.loads(await requests[0].text()) == body


@pytest.mark.parametrize(
    ("status", "body", "headers", "after"),
    [
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, {}, 2.5),
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, {"Retry-After": "7"}, 7.0),
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": "soon"}, {"Retry-After": "²"}, None),
        (
            429,
            {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": -5},
            {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"},
            None,
        ),
        (
            429,
            {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500},
            {"Date": "Fri, 31 Dec 1999 23:59:50 GMT", "Retry-After": "Sat, 01 Jan 2000 00:00:02 GMT"},
            12.0,
        ),
        (503, "<html>Maintenance</html>", {"Retry-After": "120"}, 120.0),
        (500, {"errcode": "M_UNKNOWN"}, {}, None),
        (502, "<html>Bad Gateway</html>", {}, None),
        (404, "<html>nginx</html>", {}, None),
        (403, "[]", {}, None),
        (200, "<html>Welcome to the hotel's network</html>", {}, None),
        (200, "[1]", {}, None),
        (200, "", {}, None),
        (200, '{"next_batch": "s1", "rooms"', {}, None),
    ],
)
async def test_call_that_may_succeed_later_is_a_temporary_failure(
    server: tuple[Client, list[web.Response], list[web.Request]],
    status: int,
    body: object,
    headers: dict[str, str],
    after: float | None,
) -> None:
    client, responses, _ = server
    responses.append(make_response(status, body, headers))
    with pytest.raises(TemporaryFailure) as error:
        await client.call("GET", "sync")
    assert error.value.retry_after == after


async def test_refused_call_is_a_matrix_error(server: tuple[Client, list[web.Response], list[web.Request]]) -> None:
    client, responses, requests = server
    responses.append(make_response(403, {"errcode": "M_FORBIDDEN", "error": "You are not in the room"}))
    with pytest.raises(MatrixError, match="M_FORBIDDEN: You are not in the room") as error:
        await client.call("GET", "sync")
    assert (error.value.status, error.value.code) == (403, "M_FORBIDDEN")
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("is_soft", "sentence"), [(False, "no longer accepts our login"), (True, "password_file in config.yaml")]
)
async def test_call_after_a_logout_ends_the_program(
    is_soft: bool,
    sentence: str,
    server: tuple[Client, list[web.Response], list[web.Request]],
) -> None:
    client, responses, requests = server
    responses.append(make_response(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "x", "soft_logout": is_soft}))
    with pytest.raises(Fatal, match=sentence) as error:
        await client.call("GET", "sync")
    assert error.value.exit_code == 77
    assert len(requests) == 1


async def test_calls_after_a_soft_logout_are_repeated_with_one_new_token(
    server: tuple[Client, list[web.Response], list[web.Request]],
) -> None:
    client, responses, requests = server
    responses += [make_response(401, {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True}) for _ in range(3)]
    responses += [make_response(200, {"ok": number}) for number in range(3)]
    renewed: list[str] = []

    async def renew() -> None:
        await asyncio.sleep(0.05)
        renewed.append(client.access_token)
        client.access_token = "new"

    client.renew_login = renew
    assert len(await asyncio.gather(*(client.call("GET", "sync") for _ in range(3)))) == 3
    assert renewed == ["secret"]
    assert [request.headers["Authorization"] for request in requests] == ["Bearer secret"] * 3 + ["Bearer new"] * 3


async def test_call_whose_new_token_is_refused_too_is_a_temporary_failure(
    server: tuple[Client, list[web.Response], list[web.Request]],
) -> None:
    client, responses, _ = server
    responses += [make_response(401, {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True}) for _ in range(2)]

    async def renew() -> None:
        client.access_token = "new"

    client.renew_login = renew
    with pytest.raises(TemporaryFailure, match="did not accept it"):
        await client.call("GET", "sync")


async def test_call_that_is_not_answered_in_time_is_a_temporary_failure() -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        is_closed.set()

    is_closed = asyncio.Event()
    server = await asyncio.start_server(never, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", "@bylaug:example.org", access_token="secret")
    with pytest.raises(TemporaryFailure, match="homeserver not reached"):
        await client.call("GET", "sync", timeout=0.05)
    await client.close()
    await is_closed.wait()
    server.close()
    await server.wait_closed()


async def test_call_to_a_closed_port_is_a_temporary_failure() -> None:
    client = Client("http://127.0.0.1:9", "@bylaug:example.org", access_token="secret")
    with pytest.raises(TemporaryFailure, match="homeserver not reached"):
        await client.call("GET", "sync")
    await client.close()
