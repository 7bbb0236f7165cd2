"""One request on its way through the fault proxy: what is known of it, and what can be done with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import unquote

from aiohttp import web


@dataclass
class RequestRecord:
    """A request as the proxy noted it; `at` and `ended` are seconds since the proxy was made.

    `room` is what stands behind `rooms/` or `join/` in the path, `transaction_id` what a send is repeated under.
    `fault` names what was done to it, "" when nothing was. `worked` is the status the homeserver answered with, None
    as long as it has not, or was never asked. `status` is what the client was told, None when it was told nothing.
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
    """What the client is told. With `whole` off the connection is cut in the middle of the body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = True

    def truncated(self) -> Self:
        """The same, with the connection cut in the middle of the body."""
        return replace(self, is_complete=False)


@dataclass
class ProxiedRequest:
    """A request that a fault decides on. `body` is what the client sent."""

    record: RequestRecord
    body: bytes
    _ask: Callable[[], asyncio.Task[ProxyResponse]]
    _asked: asyncio.Task[ProxyResponse] | None = None

    async def forward(self) -> ProxyResponse:
        """What the homeserver answers; it is asked once, and goes on working when the client does not wait."""
        if self._asked is None:
            self._asked = self._ask()
        return await asyncio.shield(self._asked)


#: Decides what becomes of a request: what the client is told, or None to cut the connection without a word.
Fault = Callable[[ProxiedRequest], Awaitable[ProxyResponse | None]]


async def send_response(request: web.Request, answer: ProxyResponse | None) -> web.StreamResponse:
    """Give the client its answer, as broken as it is meant to be."""
    if answer is not None and answer.is_complete:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
    response = web.StreamResponse(status=answer.status if answer else 500, headers=answer.headers if answer else {})
    if answer is not None:
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()  # what is written arrives, and nothing behind it
    return response
