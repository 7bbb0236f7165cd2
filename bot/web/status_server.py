"""Serves /live, /ready and /metrics on loopback, for the caretaker's monitoring."""

import errno
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from bot.errors import EX_CONFIG, Fatal, Unavailable
from bot.pipeline.health import Health
from bot.web.metrics import HealthCollector

log = logging.getLogger(__name__)


#: Brings the watch's gauges up to date, such as counting what waits in the database.
UpdateGauges = Callable[[], Awaitable[None]]


async def _update_nothing() -> None:
    """The gauges are as they are."""


class StatusServer:
    """The status page, served between `async with` at a host and port; the port 0 becomes any that is free.

    It has no password: the settings let it listen on loopback only.
    """

    def __init__(
        self, health: Health, address: tuple[str, int], *, update_gauges: UpdateGauges = _update_nothing
    ) -> None:
        self._health = health
        self._update_gauges = update_gauges
        self.host, self.port = address
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(HealthCollector(health))
        self._runner = web.AppRunner(self._routes(), access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        """Begin to serve; Fatal when the port is taken or may not be used."""
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
        app = web.Application()
        app.router.add_get("/live", self._live)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._metrics)
        return app

    async def _live(self, request: web.Request) -> web.Response:
        """200 while every loop is heard of; 503 names the silent ones, and a restart is the cure."""
        late = self._health.overdue_loops()
        return web.json_response({"live": not late, "silent": late}, status=503 if late else 200)

    async def _ready(self, request: web.Request) -> web.Response:
        """200 when every community is served; 503 says of each why it is not, and what is in the way of all."""
        ready = self._health.is_ready()
        communities = {key: reason or "served" for key, reason in sorted(self._health.communities.items())}
        said = {"ready": ready, "hindrances": self._health.blockers, "communities": communities}
        if self._health.warnings:
            said["concerns"] = self._health.warnings
        return web.json_response(said, status=200 if ready else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        """Prometheus' text format."""
        try:
            await self._update_gauges()
        except Unavailable:  # /ready and the log tell of it; the other numbers are wanted all the more
            pass
        except Exception:
            log.exception("what waits could not be counted")
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _explain_bind_error(host: str, port: int, error: OSError) -> str:
    reasons = {
        errno.EADDRINUSE: "another program has it",
        errno.EACCES: "it takes root to listen there; use a port of 1024 or above",
        errno.EADDRNOTAVAIL: "this machine has no such address",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return f"The status page cannot listen on {host}, port {port}: {reason}. Change status_listen in config.yaml."
