"""Writes closed times in words, and tells whether they cover a span."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from bot.api import Request, Span


def describe_span(request: Request, span: Span, language: str | None = None) -> Any:
    """Return a span in words: in days where it begins and ends at midnight, else with clock times."""
    start, end = request.local(span.start), request.local(span.end)
    if start.time() == end.time() == time():
        return request.local_time(start.date(), end.date(), language)
    return request.time(span.start, span.end, language)


def is_covered(span: Span, by: Sequence[Span]) -> bool:
    """Return whether other spans, sorted by start, cover all of a span."""
    covered_until = span.start
    for other in by:
        if other.start > covered_until:
            return False
        covered_until = max(covered_until, other.end)
    return covered_until >= span.end
