"""The column type for moments."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A column of moments: aware in Python; naive UTC in the database, where both kinds of database sort it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware datetime to naive UTC. Raise ValueError for a naive one, which is a programming mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone is ambiguous")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Convert naive UTC to an aware datetime."""
        return None if value is None else value.replace(tzinfo=UTC)
