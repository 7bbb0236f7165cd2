"""A request on its way through the fault proxy: its record, and what a fault can do with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import unquote

from aiohttp import web


@dataclass
class RequestRecord:
    """The proxy's record of a request. `started_at` and `ended_at` are seconds since the proxy was created.

    `room` is the part of the path after `rooms/` or `join/`. `transaction_id` is the id under which a client repeats a
    send. `fault` names the fault that was applied, "" for none. `homeserver_status` is the HTTP status that the
    homeserver answered, None as long as it has not answered or was never asked. `client_status` is the status that the
    client got, None when the client got no answer.
    """

    started_at: float
    method: str
    path: str
    fault: str = ""
    homeserver_status: int | None = None
    client_status: int | None = None
    ended_at: float | None = None
    room: str = field(init=False, default="")
    transaction_id: str = field(init=False, default="")

    def __post_init__(self) -> None:
        parts = [unquote(part) for part in self.path.split("/")]
        self.path = "/".join(parts)
        for name in ("rooms", "join"):
            if name in parts[:-1]:
                self.room = parts[parts.index(name) + 1]
        if self.method == "PUT" and {"send", "redact", "sendToDevice"} & set(parts):
            self.transaction_id = parts[-1]


@dataclass(frozen=True)
class ProxyResponse:
    """The answer to the client. With `is_complete` False the connection is cut in the middle of the body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = True

    def truncated(self) -> Self:
        """Return the same answer with the connection cut in the middle of the body."""
        return replace(self, is_complete=False)


@dataclass
class ProxiedRequest:
    """A request that a fault decides on. `body` is the body that the client sent."""

    record: RequestRecord
    body: bytes
    _start_forwarding: Callable[[], asyncio.Task[ProxyResponse]]
    _forwarding: asyncio.Task[ProxyResponse] | None = None

    async def forward(self) -> ProxyResponse:
        """Return the answer of the homeserver, which gets the request once, however often this is called.

        The request goes on when the caller is cancelled because the client has given up.
        """
        if self._forwarding is None:
            self._forwarding = self._start_forwarding()
        return await asyncio.shield(self._forwarding)


#: Decides on a request: returns the answer to the client, or None to cut the connection without an answer.
Fault = Callable[[ProxiedRequest], Awaitable[ProxyResponse | None]]


async def send_response(request: web.Request, answer: ProxyResponse | None) -> web.StreamResponse:
    """Send the answer to the client, or cut the connection where the answer is incomplete or None."""
    if answer is not None and answer.is_complete:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
    response = web.StreamResponse(status=answer.status if answer else 500, headers=answer.headers if answer else {})
    if answer is not None:
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()  # the client still receives what was written before
    return response
