"""What can go wrong between the bot and its homeserver, one function for each; a fault of your own is one as well."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from bot.testing.proxied_request import Fault, ProxiedRequest, ProxyResponse

_HTML = b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body><h1>nginx</h1></body></html>"


def refused(status: int, errcode: str = "M_UNKNOWN", **more: object) -> Fault:
    """The homeserver says no, or that it is in trouble, in Matrix' own form; it has done nothing."""
    body = json.dumps({"errcode": errcode, "error": "by order of the test", **more}).encode()

    async def act(exchange: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(status, body, {"Content-Type": "application/json"})

    return _named(f"refused {status}", act)


def limited(*, milliseconds: int | None = None, header: str | None = None) -> Fault:
    """429, with `retry_after_ms`, with the header `Retry-After`, with both or neither."""
    said: dict[str, object] = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
    if milliseconds is not None:
        said["retry_after_ms"] = milliseconds
    headers = {"Content-Type": "application/json", **({"Retry-After": header} if header is not None else {})}

    async def act(exchange: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(429, json.dumps(said).encode(), headers)

    return _named("limited", act)


def logged_out(*, softly: bool) -> Fault:
    """The access token is not accepted (any more); softly: the device is still there (specification, "Soft logout")."""
    return _named("logged out", refused(401, "M_UNKNOWN_TOKEN", soft_logout=softly))


def html(status: int = 502) -> Fault:
    """A page from something that stands in front of the homeserver, which has done nothing."""

    async def act(exchange: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(status, _HTML, {"Content-Type": "text/html"})

    return _named(f"html {status}", act)


def hang(*, worked: bool = False) -> Fault:
    """No answer until the client gives up; `worked`: the homeserver has done what it was asked."""

    async def act(exchange: ProxiedRequest) -> ProxyResponse | None:
        if worked:
            await exchange.forward()
        await asyncio.Event().wait()
        return None

    return _named("hang", act)


def cut(*, worked: bool = False) -> Fault:
    """The connection is closed without an answer; `worked`: the homeserver has done what it was asked."""

    async def act(exchange: ProxiedRequest) -> ProxyResponse | None:
        if worked:
            await exchange.forward()
        return None

    return _named("cut", act)


def half() -> Fault:
    """The homeserver has done what it was asked, and half of what it says arrives."""

    async def act(exchange: ProxiedRequest) -> ProxyResponse:
        return (await exchange.forward()).truncated()

    return _named("half", act)


def slow(seconds: float) -> Fault:
    """All is well, but the answer is late by so many seconds."""

    async def act(exchange: ProxiedRequest) -> ProxyResponse:
        answer = await exchange.forward()
        await asyncio.sleep(seconds)
        return answer

    return _named("slow", act)


Hook = Callable[[ProxiedRequest], Awaitable[None]]


def hook(*, before: Hook | None = None, after: Hook | None = None) -> Fault:
    """All is well; calls `before` the homeserver is asked, and `after` it answered but before the client hears of it.

    The place to kill a program at an exact moment, to count, or to hold a request until something else happened.
    """

    async def act(exchange: ProxiedRequest) -> ProxyResponse:
        if before is not None:
            await before(exchange)
        answer = await exchange.forward()
        if after is not None:
            await after(exchange)
        return answer

    return _named("hook", act)


def _named(name: str, fault: Fault) -> Fault:
    """The name stands in the records."""
    fault.__name__ = name
    return fault
