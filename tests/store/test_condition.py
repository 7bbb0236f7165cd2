"""Trouble is told when it begins, seldom while it lasts, and when it is over; a machine that asks hears it at once."""

import logging

import pytest

from bot.store.database.health import DatabaseHealth

FULL = "The disk is full, 0.1 MB are free."


class Told:
    """A condition, what it told the program, and its time."""

    def __init__(self) -> None:
        self.noticed: list[str | None] = []
        self.now = 1000.0
        self.condition = DatabaseHealth(self.noticed.append, monotonic=lambda: self.now)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    caplog.set_level(logging.INFO)
    return Told()


def test_trouble_that_lasts_for_a_day_takes_few_lines(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(24 * 3600 // 5):
        told.condition.record_failure("write", FULL)
        told.now += 5
    told.condition.record_success("write")
    lines = [record.getMessage() for record in caplog.records]
    assert lines[:3] == [FULL, f"still, after 1 minutes: {FULL}", f"still, after 3 minutes: {FULL}"]
    assert lines[-1] == "the database works again, after 86400 seconds"
    assert 25 < len(lines) < 40
    assert told.noticed == [FULL, None]


def test_trouble_that_comes_and_goes_takes_few_lines(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(600):
        told.condition.record_failure("write", FULL)
        told.now += 0.1
        told.condition.record_success("write")
    assert len(caplog.records) < 5
    assert told.noticed == [FULL, None] * 600


def test_another_cause_is_told_and_another_number_is_none(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    told.condition.record_failure("write", FULL)
    told.now += 11
    told.condition.record_failure("write", "The disk is full, 0.2 MB are free.")
    told.now += 11
    told.condition.record_failure("write", "The file is locked.")
    assert [record.getMessage() for record in caplog.records] == [FULL, "The file is locked."]
    assert told.noticed == [FULL, "The file is locked."]


def test_what_can_be_read_on_a_full_disk_does_not_end_the_trouble(told: Told) -> None:
    told.condition.record_failure("write", FULL)
    told.condition.record_success("read")
    assert told.noticed == [FULL]
    told.condition.record_failure("read", FULL)
    told.condition.record_success("write")
    assert told.noticed == [FULL, None]


def test_what_could_not_be_read_is_over_when_it_can(told: Told) -> None:
    told.condition.record_failure("read", FULL)
    told.condition.record_success("read")
    assert told.noticed == [FULL, None]
