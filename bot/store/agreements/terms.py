"""Terms as JSON, for the columns that keep them."""

from datetime import datetime
from typing import Any

from bot.agreements.negotiation import Terms
from bot.span import Span


def terms_to_json(terms: Terms) -> dict[str, Any]:
    """Moments in ISO 8601; of a series the rule and every time as well."""
    first = {"start": terms.start.isoformat(), "end": terms.end.isoformat()}
    if not terms.is_series:
        return first
    times = [[span.start.isoformat(), span.end.isoformat()] for span in terms.times]
    return {**first, "rule": terms.rule, "times": times}


def terms_from_json(known: dict[str, Any]) -> Terms:
    """The terms again."""
    times = tuple(Span(_moment(start), _moment(end)) for start, end in known.get("times", ()))
    return Terms(_moment(known["start"]), _moment(known["end"]), known.get("rule", ""), times)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
