"""Spans: which overlap, and which contain another."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.span import Span

MIDNIGHT = datetime(2026, 6, 9, tzinfo=UTC)


def hours(start: float, end: float) -> Span:
    return Span(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end))


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (hours(8, 10), hours(9, 11), True),
        (hours(8, 10), hours(8, 10), True),
        (hours(8, 12), hours(9, 10), True),
        (hours(8, 10), hours(10, 12), False),
        (hours(8, 10), hours(11, 12), False),
    ],
)
def test_spans_overlap_when_they_have_a_moment_in_common(one: Span, other: Span, overlap: bool) -> None:
    assert one.overlaps(other) is other.overlaps(one) is overlap


@pytest.mark.parametrize(
    ("outer", "inner", "contains"),
    [
        (hours(8, 12), hours(9, 10), True),
        (hours(8, 12), hours(8, 12), True),
        (hours(8, 12), hours(7, 9), False),
        (hours(8, 12), hours(11, 13), False),
    ],
)
def test_a_span_contains_what_lies_in_it(outer: Span, inner: Span, contains: bool) -> None:
    assert outer.contains(inner) is contains


def test_a_span_knows_how_long_it_lasts() -> None:
    assert hours(8, 10.5).duration == timedelta(hours=2.5)
