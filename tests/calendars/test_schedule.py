"""A calendar is polled when it is due, whatever happens to the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.calendars.schedule import delay_until_next_poll, is_due

NOW = datetime(2026, 6, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_in", "due"),
    [(None, True), (timedelta(0), True), (timedelta(minutes=1), False), (timedelta(days=1), False)],
)
def test_calendar_is_due_at_its_time(due_in: timedelta | None, due: bool) -> None:
    assert is_due(None if due_in is None else NOW + due_in, NOW) is due


def test_calendar_that_was_planned_before_the_clock_was_put_back_is_due() -> None:
    longest = max(delay_until_next_poll("https://klub.example/x.ics", 20, 1e9) for _ in range(100))
    assert not is_due(NOW + longest, NOW)
    assert is_due(NOW + longest, NOW - timedelta(days=2))
