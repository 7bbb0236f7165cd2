"""Serves the status page. A second bot is told about the first bot before it is told that the port is taken."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.errors import EX_CONFIG, Fatal, Unavailable
from bot.pipeline.health import Health
from bot.store.database.instance_lock import InstanceLock
from bot.store.database.transaction import Store
from bot.store.messages import inbox, outbox


@asynccontextmanager
async def serve_status(
    health: Health, address: tuple[str, int] | None, store: Store, lock: InstanceLock
) -> AsyncIterator[None]:
    """Serve the status page while the block runs. When it is not configured, its library is not even imported.

    Raises Fatal when the page cannot listen. When another bot works on the database, the sentence is about that bot.
    """
    if address is None:
        yield
        return
    from bot.web.status_server import StatusServer

    async def update_gauges() -> None:
        async with store.read() as connection:
            health.set_gauge("inbox_waiting", await inbox.count_unhandled(connection))
            health.set_gauge("outbox_waiting", await outbox.count_unsent(connection))

    server = StatusServer(health, address, update_gauges=update_gauges)
    try:
        await server.__aenter__()
    except Fatal:
        with suppress(Unavailable):
            await lock.acquire(_refuse_to_wait)
        raise
    try:
        yield
    finally:
        await server.__aexit__(None, None, None)


def _refuse_to_wait() -> None:
    raise Fatal(
        "Another Bylaug works on this database, and has the port of the status page. One that stands by on the same "
        "machine needs a status_listen of its own, in a config.yaml of its own.",
        EX_CONFIG,
    )
