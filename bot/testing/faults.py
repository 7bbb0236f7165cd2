"""Faults between the bot and its homeserver, one function for each. Any function of the type `Fault` is a fault too."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from bot.testing.proxied_request import Fault, ProxiedRequest, ProxyResponse

_HTML = b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body><h1>nginx</h1></body></html>"


def refused(status: int, errcode: str = "M_UNKNOWN", **more: object) -> Fault:
    """Answer with an error in Matrix' own form; the homeserver gets no request."""
    body = json.dumps({"errcode": errcode, "error": "by order of the test", **more}).encode()

    async def act(request: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(status, body, {"Content-Type": "application/json"})

    return _named(f"refused {status}", act)


def rate_limited(*, milliseconds: int | None = None, header: str | None = None) -> Fault:
    """Answer 429, with `retry_after_ms`, with the header `Retry-After`, with both or neither."""
    body: dict[str, object] = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
    if milliseconds is not None:
        body["retry_after_ms"] = milliseconds
    headers = {"Content-Type": "application/json", **({"Retry-After": header} if header is not None else {})}

    async def act(request: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(429, json.dumps(body).encode(), headers)

    return _named("limited", act)


def logged_out(*, is_soft: bool) -> Fault:
    """Refuse the access token; after a soft logout the device still exists (client-server API, "Soft logout")."""
    return _named("logged out", refused(401, "M_UNKNOWN_TOKEN", soft_logout=is_soft))


def html_page(status: int = 502) -> Fault:
    """Answer with the HTML page of a reverse proxy; the homeserver gets no request."""

    async def act(request: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(status, _HTML, {"Content-Type": "text/html"})

    return _named(f"html {status}", act)


def hang(*, forwarded: bool = False) -> Fault:
    """Never answer; with `forwarded`, the homeserver has handled the request."""

    async def act(request: ProxiedRequest) -> ProxyResponse | None:
        if forwarded:
            await request.forward()
        await asyncio.Event().wait()
        return None

    return _named("hang", act)


def cut_connection(*, forwarded: bool = False) -> Fault:
    """Close the connection without an answer; with `forwarded`, the homeserver has handled the request."""

    async def act(request: ProxiedRequest) -> ProxyResponse | None:
        if forwarded:
            await request.forward()
        return None

    return _named("cut", act)


def truncated() -> Fault:
    """Let the homeserver handle the request and send half of its answer."""

    async def act(request: ProxiedRequest) -> ProxyResponse:
        return (await request.forward()).truncated()

    return _named("half", act)


def delayed(seconds: float) -> Fault:
    """Send the homeserver's answer so many seconds late."""

    async def act(request: ProxiedRequest) -> ProxyResponse:
        response = await request.forward()
        await asyncio.sleep(seconds)
        return response

    return _named("slow", act)


Hook = Callable[[ProxiedRequest], Awaitable[None]]


def call_hooks(*, before: Hook | None = None, after: Hook | None = None) -> Fault:
    """Forward the request, and call `before` ahead of it and `after` between the homeserver's answer and the client's.

    Use it to kill a program at an exact moment, to count, or to hold a request until something else has happened.
    """

    async def act(request: ProxiedRequest) -> ProxyResponse:
        if before is not None:
            await before(request)
        response = await request.forward()
        if after is not None:
            await after(request)
        return response

    return _named("hook", act)


def _named(name: str, fault: Fault) -> Fault:
    """Give a fault the name under which the records show it."""
    fault.__name__ = name
    return fault
