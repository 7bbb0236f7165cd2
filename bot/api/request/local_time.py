"""Converts between moments in UTC, the local time of the community, and times as people wrote them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.agreements.negotiation import Terms
from bot.api.request.base import RequestBase
from bot.api.request.reading_context import ReadingContext
from bot.api.request.written_time import WrittenTime
from bot.parsing.when import When
from bot.span import Span

_DAY = timedelta(days=1)


class LocalTime(RequestBase):
    """The part of a request that converts times with the community's time zone."""

    @property
    def reading_context(self) -> ReadingContext:
        """The context for reading the message. In it "i morgen" is the day after the message was written."""
        written_at = self.local(min(self.cause.sent_at, self.now))
        mentions = tuple(self.cause.payload.get("mentions", ()))
        return ReadingContext(self.community, self.language, written_at, mentions, is_under_card=bool(self.subject))

    def moment(self, local: datetime | date) -> datetime:
        """Return the moment (UTC) of a local time, the first one when clocks show it twice.

        For a date: its midnight.
        """
        if not isinstance(local, datetime):
            local = datetime.combine(local, time())
        return local.replace(tzinfo=self.community.time_zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """Return the local time of a moment, without a zone."""
        return moment.astimezone(self.community.time_zone).replace(tzinfo=None)

    def time(self, start: datetime, end: datetime | None, language: str | None = None) -> WrittenTime:
        """Return a moment, or the time between two, for a text."""
        return self.local_time(self.local(start), self.local(end) if end else None, language)

    def time_of(self, terms: Terms | Span, language: str | None = None) -> WrittenTime:
        """Return a span, the time of an agreement, or all times of a series, for a text."""
        first = self.time(terms.start, terms.end, language)
        if isinstance(terms, Span) or not terms.is_series:
            return first
        last_day = self.local(terms.spans[-1].start).date()
        return replace(first, rule=terms.rule, last=last_day, count=len(terms.spans))

    def local_time(
        self, start: datetime | date, end: datetime | date | None, language: str | None = None
    ) -> WrittenTime:
        """Return a local time, or whole days, for a text; the end is exclusive."""
        return WrittenTime(start, end, language or self.language, self.local(self.now))

    def to_span(self, when: When) -> Span:
        """Return the span of a written time. A deadline begins now; "fredag til kl. 12" begins with its day.

        A time without an end ends with its day.
        """
        start = self.now if when.start is None else self.moment(when.start)
        if when.start is None and when.ends_on_day and isinstance(when.end, datetime):
            start = max(self.now, self.moment(when.end.date()))
        if when.end is not None:
            return Span(start, self.moment(when.end))
        assert when.start is not None, "a time without an end has a start"
        day = when.start.date() if isinstance(when.start, datetime) else when.start
        return Span(start, self.moment(day + _DAY))

    def to_when(self, terms: Terms | Span) -> When:
        """Return a span, or the terms of a series, as a time that somebody could have written, for an `Option`."""
        rule = terms.rule if isinstance(terms, Terms) else ""
        start, end = self.local(terms.start), self.local(terms.end)
        return When(start, end, rrule=rule or None, has_day=True, has_clock=True)
