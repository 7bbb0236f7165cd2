"""What was read is known, and a timer that waits for a sync waits for one, whatever happens to the clock."""

from datetime import UTC, datetime, timedelta

from bot.pipeline.inbound.read_progress import ReadProgress

NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)


def test_requested_sync_is_not_requested_for_ever_when_the_clock_is_put_back() -> None:
    seconds = 0.0
    progress = ReadProgress(monotonic=lambda: seconds)
    progress.expect_syncs()
    progress.begin_sync(NOON)
    progress.record_sync()
    progress.request_sync(NOON + timedelta(seconds=1))
    assert progress.is_sync_requested
    seconds = 1.0
    progress.begin_sync(NOON - timedelta(hours=1))
    progress.record_sync()
    assert not progress.is_sync_requested
