"""Records in the outbox what was sent. Rows that are sent while one transaction is being written share the next."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from bot.concurrency.batcher import Batcher
from bot.concurrency.keyed_worker import KeyedWorker, Stopping
from bot.concurrency.retry import retry_forever
from bot.pipeline.context import Context
from bot.store.messages import outbox, pictures
from bot.store.messages.outbox import OutboxRow


class SentRecorder:
    """Writes event ids and failures into the outbox. `worker` tells whether the program is stopping."""

    def __init__(self, context: Context, worker: KeyedWorker) -> None:
        self._context, self._worker = context, worker
        self._write_batched = Batcher(self._write_until_done)

    async def record_sent(self, row: OutboxRow, event_id: str, sent_at: datetime) -> None:
        """Record that a row was sent as an event, and return when that is on the disk.

        When the program stops before it could be recorded, the row is sent again at the next start, under the same
        transaction id.
        """
        with suppress(Stopping):
            await self._write_batched((row, event_id, sent_at))
            self._context.health.count("messages_sent")
            self._context.health.record_answer_time((self._context.clock() - row.created_at).total_seconds())

    async def record_failed(self, row: OutboxRow, reason: str) -> None:
        """Record that a row will never be sent. The rows that refer to it will not be sent either."""
        async with self._context.store.write() as connection:
            await outbox.mark_failed(connection, row.id, reason)

    async def _write_until_done(self, batch: Sequence[tuple[OutboxRow, str, datetime]]) -> Sequence[None]:
        await retry_forever(
            "recording what was sent", lambda: self._write(batch), sleep=self._worker.sleep_unless_stopping
        )
        return [None] * len(batch)

    async def _write(self, batch: Sequence[tuple[OutboxRow, str, datetime]]) -> None:
        async with self._context.store.write() as connection:
            await outbox.mark_sent(connection, [(row.id, event_id, sent_at) for row, event_id, sent_at in batch])
            if any(row.kind == "picture" for row, _, _ in batch):
                await pictures.delete_finished(connection)
