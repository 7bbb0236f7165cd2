"""An outage is logged when it begins, seldom while it lasts, and when it ends; every change is reported at once."""

import logging

import pytest

from bot.store.database.health import DatabaseHealth

FULL = "The disk is full, 0.1 MB are free."


class Recorder:
    """A DatabaseHealth, the reasons it reported, and its clock."""

    def __init__(self) -> None:
        self.reasons: list[str | None] = []
        self.now = 1000.0
        self.health = DatabaseHealth(self.reasons.append, monotonic=lambda: self.now)


@pytest.fixture
def recorder(caplog: pytest.LogCaptureFixture) -> Recorder:
    caplog.set_level(logging.INFO)
    return Recorder()


def test_outage_of_a_day_takes_few_log_lines(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(24 * 3600 // 5):
        recorder.health.record_failure("write", FULL)
        recorder.now += 5
    recorder.health.record_success("write")
    lines = [record.getMessage() for record in caplog.records]
    assert lines[:3] == [FULL, f"still, after 1 minutes: {FULL}", f"still, after 3 minutes: {FULL}"]
    assert lines[-1] == "the database works again, after 86400 seconds"
    assert 25 < len(lines) < 40
    assert recorder.reasons == [FULL, None]


def test_repeated_short_outages_take_few_log_lines(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(600):
        recorder.health.record_failure("write", FULL)
        recorder.now += 0.1
        recorder.health.record_success("write")
    assert len(caplog.records) < 5
    assert recorder.reasons == [FULL, None] * 600


def test_another_reason_is_logged_but_not_another_number(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    recorder.health.record_failure("write", FULL)
    recorder.now += 11
    recorder.health.record_failure("write", "The disk is full, 0.2 MB are free.")
    recorder.now += 11
    recorder.health.record_failure("write", "The file is locked.")
    assert [record.getMessage() for record in caplog.records] == [FULL, "The file is locked."]
    assert recorder.reasons == [FULL, "The file is locked."]


def test_successful_read_does_not_end_an_outage_of_writing(recorder: Recorder) -> None:
    recorder.health.record_failure("write", FULL)
    recorder.health.record_success("read")
    assert recorder.reasons == [FULL]
    recorder.health.record_failure("read", FULL)
    recorder.health.record_success("write")
    assert recorder.reasons == [FULL, None]


def test_successful_read_ends_an_outage_of_reading(recorder: Recorder) -> None:
    recorder.health.record_failure("read", FULL)
    recorder.health.record_success("read")
    assert recorder.reasons == [FULL, None]
