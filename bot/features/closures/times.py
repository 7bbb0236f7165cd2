"""Closed times in words, and whether one is closed already."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from bot.api import Request, Span


def span_of(request: Request, span: Span, language: str | None = None) -> Any:
    """A time in words; one that begins and ends at midnight is said in days."""
    start, end = request.local(span.start), request.local(span.end)
    if start.time() == end.time() == time():
        return request.said_time(start.date(), end.date(), language)
    return request.time(span.start, span.end, language)


def covered(window: Span, spans: Sequence[Span]) -> bool:
    """Whether nothing of a stretch is left beside others, which are sorted by their start."""
    reached = window.start
    for one in spans:
        if one.start > reached:
            return False
        reached = max(reached, one.end)
    return reached >= window.end
