"""Locks the texts of encrypted communities in the database; empties those older than `retention`; drops old rows."""

import asyncio

from bot.concurrency.retry import retry_forever
from bot.config.community import Community
from bot.pipeline.context import Context
from bot.store.backup.restore_marker import get_restore_marker
from bot.store.messages.drop_rows import drop_old_rows
from bot.store.messages.retention import empty_texts, lock_texts

#: Seconds between two searches for texts that have become too old.
RETENTION_CHECK_SECONDS = 6 * 3600.0


class Retention:
    """Locks, empties and drops the texts of the communities with `encrypted: true`, some rows in each transaction."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def run(self) -> None:
        """Lock, empty and drop texts until cancelled."""
        while True:  # texts that are written from now on are locked at once
            for place, community in list(self._context.rooms.communities.items()):
                if community.encrypted:
                    await self.work_on(place, community)
            await asyncio.sleep(RETENTION_CHECK_SECONDS)

    async def work_on(self, place: str, community: Community) -> None:
        """Lock and empty the texts of one place, and drop old rows to which nothing refers."""

        async def lock() -> bool:
            async with self._context.store.write(community.key) as connection:
                return await lock_texts(connection, place, community.key)

        async def empty() -> bool:
            async with self._context.store.write(community.key) as connection:
                return await empty_texts(connection, place, self._context.clock() - community.retention)

        async def drop() -> bool:
            async with self._context.store.write(community.key) as connection:
                if await get_restore_marker(connection) is not None:  # the replay looks for what was sent
                    return False
                return await drop_old_rows(connection, place, self._context.clock() - community.retention)

        while await retry_forever("locking texts", lock):
            pass
        while await retry_forever("emptying old texts", empty):
            pass
        while await retry_forever("dropping old rows", drop):
            pass
