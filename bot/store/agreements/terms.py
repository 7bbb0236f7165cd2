"""Terms as JSON, for the columns `standing` and `offers` of agreements and `terms` of history."""

from datetime import datetime
from typing import Any

from bot.agreements.negotiation import Terms
from bot.span import Span


def terms_to_json(terms: Terms) -> dict[str, Any]:
    """Return the terms with moments in ISO 8601; a series has its rule and all its times as well."""
    first_time = {"start": terms.start.isoformat(), "end": terms.end.isoformat()}
    if not terms.is_series:
        return first_time
    times = [[span.start.isoformat(), span.end.isoformat()] for span in terms.times]
    return {**first_time, "rule": terms.rule, "times": times}


def terms_from_json(data: dict[str, Any]) -> Terms:
    """Return the terms that `terms_to_json` has written."""
    times = tuple(Span(_parse(start), _parse(end)) for start, end in data.get("times", ()))
    return Terms(_parse(data["start"]), _parse(data["end"]), data.get("rule", ""), times)


def _parse(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
