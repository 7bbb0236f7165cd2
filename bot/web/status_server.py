"""Serves /live, /ready and /metrics over HTTP, for monitoring by the administrator."""

import errno
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from bot.config.private_network import is_private_client
from bot.errors import EX_CONFIG, Fatal, Unavailable
from bot.pipeline.health import Health
from bot.web.metrics import HealthCollector
from bot.web.process_metrics import ProcessCollector

log = logging.getLogger(__name__)

#: Brings the gauges in Health up to date, for example by counting the waiting rows in the database.
UpdateGauges = Callable[[], Awaitable[None]]


async def _update_nothing() -> None:
    """Leave the gauges as they are."""


class StatusServer:
    """Serves the status page between `async with` at a host and port. Port 0 stands for any free port.

    The page has no password, so the settings allow it on loopback, or in a private network. Clients with a public
    address are refused, since an address such as 0.0.0.0 may be open to them.
    """

    def __init__(
        self, health: Health, address: tuple[str, int], *, update_gauges: UpdateGauges = _update_nothing
    ) -> None:
        self._health = health
        self._update_gauges = update_gauges
        self.host, self.port = address
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(HealthCollector(health))
        self._registry.register(ProcessCollector())
        self._runner = web.AppRunner(self._routes(), access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        """Start to serve. Raise Fatal when the port is taken or may not be used."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.host, self.port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise Fatal(_explain_bind_error(self.host, self.port, error), EX_CONFIG) from error
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def _routes(self) -> web.Application:
        app = web.Application(middlewares=[refuse_public_clients])
        app.router.add_get("/live", self._live)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._metrics)
        return app

    async def _live(self, request: web.Request) -> web.Response:
        """Answer 200 while no loop is overdue; else 503 with the names of overdue loops, which a restart cures."""
        overdue = self._health.overdue_loops()
        return web.json_response({"live": not overdue, "silent": overdue}, status=503 if overdue else 200)

    async def _ready(self, request: web.Request) -> web.Response:
        """Answer 200 when every community is served; else 503 with the reasons, for each community and for all.

        "concerns" are warnings that do not keep anybody from being served.
        """
        is_ready = self._health.is_ready()
        communities = {key: reason or "served" for key, reason in sorted(self._health.communities.items())}
        answer = {"ready": is_ready, "hindrances": self._health.hindrances(), "communities": communities}
        if self._health.warnings:
            answer["concerns"] = self._health.warnings
        return web.json_response(answer, status=200 if is_ready else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        """Answer with the metrics in the text format of Prometheus."""
        try:
            await self._update_gauges()
        except Unavailable:  # /ready and the log report it; the other numbers are needed all the more
            pass
        except Exception:
            log.exception("the waiting messages could not be counted")
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def refuse_public_clients(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 403 to a client whose address is not in a private network."""
    if not is_private_client(request.remote):
        return web.Response(status=403, text="This page is for a private network.\n")
    return await handler(request)


def _explain_bind_error(host: str, port: int, error: OSError) -> str:
    reasons = {
        errno.EADDRINUSE: "another program has it",
        errno.EACCES: "it takes root to listen there; use a port of 1024 or above",
        errno.EADDRNOTAVAIL: "this machine has no such address",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return f"The status page cannot listen on {host}, port {port}: {reason}. Change status_listen in config.yaml."
