"""The send window opens behind a backlog as rows are accepted, and trouble closes it to one row."""

import pytest

from bot.pipeline.outbound.send_window import BACKLOG_ROWS, MAX_OPEN_ROWS, TRUST_SECONDS, SendWindow

START = 1000.0
MANY = 1000


def started_window() -> SendWindow:
    window = SendWindow()
    window.start_run(START)
    return window


def size(window: SendWindow, rows_left: int = MANY) -> int:
    return window.max_open_rows(rows_left, homeserver_is_stable=True)


def accept(window: SendWindow, count: int) -> None:
    for _ in range(count):
        window.record_accepted()


def test_the_first_row_goes_alone() -> None:
    assert size(started_window()) == 1


@pytest.mark.parametrize(("accepted", "open_rows"), [(1, 2), (2, 4), (5, 10), (15, 30), (16, 32), (17, 32), (500, 32)])
def test_the_window_is_twice_the_accepted_rows_and_never_larger_than_the_limit(accepted: int, open_rows: int) -> None:
    window = started_window()
    accept(window, accepted)
    assert size(window) == open_rows <= MAX_OPEN_ROWS


@pytest.mark.parametrize(("rows_left", "open_rows"), [(1, 1), (BACKLOG_ROWS - 1, 1), (BACKLOG_ROWS, 20)])
def test_without_a_backlog_rows_go_one_after_the_other(rows_left: int, open_rows: int) -> None:
    window = started_window()
    accept(window, 10)
    assert size(window, rows_left) == open_rows


def test_a_refusal_closes_the_window_until_the_end_of_the_run() -> None:
    window = started_window()
    accept(window, 10)
    window.record_trouble()
    assert size(window) == 1
    accept(window, 10)
    assert size(window) == 1


def test_an_unstable_homeserver_gets_one_row_at_a_time() -> None:
    window = started_window()
    accept(window, 10)
    assert window.max_open_rows(MANY, homeserver_is_stable=False) == 1
    assert size(window) == 20


def run_once(window: SendWindow, accepted: int, *, trouble: bool = False) -> None:
    window.start_run(START)
    accept(window, accepted)
    if trouble:
        window.record_trouble()
    window.end_run(START)


@pytest.mark.parametrize(("pause", "open_rows"), [(0.0, 32), (TRUST_SECONDS - 0.1, 32), (TRUST_SECONDS, 1)])
def test_after_a_crowd_the_next_run_starts_with_an_open_window_for_some_seconds(pause: float, open_rows: int) -> None:
    window = SendWindow()
    run_once(window, 20)
    window.start_run(START + pause)
    assert size(window) == open_rows


def test_after_trouble_the_next_run_starts_with_one_row_and_opens_again() -> None:
    window = SendWindow()
    run_once(window, 20, trouble=True)
    window.start_run(START)
    assert size(window) == 1
    accept(window, 2)
    assert size(window) == 4


def test_a_run_that_breaks_off_leaves_no_trust() -> None:
    window = SendWindow()
    run_once(window, 20)
    window.start_run(START)
    window.start_run(START)
    assert size(window) == 1


def test_trust_adds_up_over_runs_that_follow_each_other() -> None:
    window = SendWindow()
    for _ in range(3):
        run_once(window, 2)
    window.start_run(START)
    assert size(window) == 12
