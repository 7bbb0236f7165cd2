"""Computes the notices of agreements: what to send, to whom and when. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, product
from typing import Literal
from zoneinfo import ZoneInfo

from bot.api import Agreement, Span, State
from bot.api.people import LeadTime, Reminders, Settings, first_allowed_time

#: A notice sent later than this after its planned time says that it is late.
LATE_AFTER = timedelta(hours=1)
#: A series gets notices for its times that begin within this period, but at least for this number of times. The later
#: times get their notices when they are nearer.
LOOK_AHEAD, MIN_TIMES = timedelta(days=16), 3
#: A nudge about an offered time is sent at least this long before that time.
LAST_NUDGE_BEFORE = timedelta(hours=2)
#: When the last time for a nudge is less than this after the offer was made, no nudge is sent.
MIN_TIME_TO_ANSWER = timedelta(hours=1)
#: The second nudge is sent after this many times the waiting time of the first.
SECOND_NUDGE_FACTOR = 3
_DAY = timedelta(days=1)

Kind = Literal["before", "day", "week", "nudge"]


@dataclass(frozen=True)
class Notice:
    """Something to send once to the person at an `address`, or to the room when `address` is empty.

    `key` tells the notices of one `subject` apart, so that each is sent once. `planned` is the time in the settings,
    `send_at` the time at which quiet hours allow it. From `ends_at` on the notice is of no use.
    """

    subject: str
    key: str
    kind: Kind
    address: str
    planned: datetime
    send_at: datetime
    ends_at: datetime
    span: Span | None = None

    def is_late(self, now: datetime) -> bool:
        """Return whether the planned time was so long ago that the message has to say so."""
        return now - self.planned > LATE_AFTER


@dataclass(frozen=True)
class NoticeContext:
    """What all notices of a community depend on: its time zone, its reminders, everybody's settings, and now."""

    zone: ZoneInfo
    reminders: Reminders
    room_settings: Settings
    settings_by_address: Mapping[str, Settings]
    now: datetime

    def local_day(self, moment: datetime) -> date:
        """Return the day of a moment in the community's time zone."""
        return moment.astimezone(self.zone).date()

    def first_day_of_period(self, moment: datetime, days: int) -> date:
        """Return the first day of the period with a moment: for 1 `days` its day, for 7 the Monday of its week."""
        day = self.local_day(moment)
        return day - timedelta(days=day.weekday()) if days == 7 else day

    def settings_at(self, address: str) -> Settings:
        """Return the settings of the person at an address; of the room when the address is empty."""
        return self.settings_by_address.get(address, self.room_settings)


def subject_of(agreement: Agreement) -> str:
    """Return the subject of an agreement's notices, as it is in the database."""
    return f"agreement {agreement.number}"


def compute_agreement_notices(
    agreement: Agreement, addresses: Mapping[str, Iterable[str]], context: NoticeContext
) -> list[Notice]:
    """Return all reminders and nudges of an agreement, sent or not. `addresses` are those of its parties."""
    return [*_compute_reminders(agreement, addresses, context), *_compute_nudges(agreement, addresses, context)]


def find_coming_spans(agreement: Agreement, now: datetime) -> list[Span]:
    """Return the agreed times that have not begun; of a long series only the next ones."""
    if agreement.state is not State.AGREED:
        return []
    coming = [span for span in agreement.negotiation.terms.spans if span.start > now]
    return [span for index, span in enumerate(coming) if index < MIN_TIMES or span.start <= now + LOOK_AHEAD]


def _compute_reminders(
    agreement: Agreement, addresses: Mapping[str, Iterable[str]], context: NoticeContext
) -> Iterator[Notice]:
    parties = dict.fromkeys((agreement.organizer, agreement.attendee))  # one where a thing is only reserved
    everybody = [address for party in parties for address in addresses[party]]
    for span in find_coming_spans(agreement, context.now):
        for address in everybody:
            for name, lead in _numbered(context.settings_at(address).before, span.start, context.zone):
                planned = lead.reminder_time(span.start, context.zone)
                send_at = _allowed_time(planned, context, address, exact=lead.at is not None, urgent_until=span.start)
                if planned < span.start:
                    key = f"{name} {span.start:%Y-%m-%dT%H:%M}"
                    yield Notice(subject_of(agreement), key, "before", address, planned, send_at, span.start, span)


def _numbered(before: Iterable[LeadTime], start: datetime, zone: ZoneInfo) -> Iterator[tuple[str, LeadTime]]:
    """Number the lead times with a clock time ("clock 1", …) and those with a length ("long 1", …), earliest first.

    The keys of notices are made of these numbers and not of the times. So a person who was reminded the evening before
    at six is not reminded again after changing six to seven.
    """
    ordered = sorted(before, key=lambda lead: (lead.at is None, lead.reminder_time(start, zone)))
    for kind, leads in groupby(ordered, key=lambda lead: "long" if lead.at is None else "clock"):
        for number, lead in enumerate(leads, start=1):
            yield f"{kind} {number}", lead


def _compute_nudges(
    agreement: Agreement, addresses: Mapping[str, Iterable[str]], context: NoticeContext
) -> Iterator[Notice]:
    """Yield the nudges for each party that owes an answer: at most two, all in good time before the work begins."""
    awaited_sides, wait = agreement.negotiation.awaited_sides, context.reminders.nudge
    if not awaited_sides or wait is None:
        return
    newest, asked_at = agreement.negotiation.newest_offer, agreement.changed_at
    start = newest.terms.start if newest else None
    moments = [asked_at + wait, asked_at + SECOND_NUDGE_FACTOR * wait]
    if start is not None:
        last = start - LAST_NUDGE_BEFORE
        has_time = last >= asked_at + MIN_TIME_TO_ANSWER
        moments = [moment for moment in moments if moment <= last] or ([last] if has_time else [])
    for (number, planned), side in product(enumerate(moments, start=1), awaited_sides):
        for address in addresses[agreement.party(side)]:
            send_at = _allowed_time(planned, context, address, exact=False, urgent_until=start)
            ends_at = start or planned + _DAY
            if start is None or context.now < start:
                key = f"nudge {number} of {agreement.negotiation.revision} {side}"
                yield Notice(subject_of(agreement), key, "nudge", address, planned, send_at, ends_at)


def compute_day_notices(context: NoticeContext, address: str, spans: Iterable[Span]) -> list[Notice]:
    """Return a notice for each day with work of the person at an address: coming days, and today if work is left."""
    return _compute_period_notices(context, "day", address, context.reminders.day, spans, days=1)


def compute_week_notices(context: NoticeContext, spans: Iterable[Span]) -> list[Notice]:
    """Return a notice to the room for each week with work: coming weeks, and this week if work is left."""
    return _compute_period_notices(context, "week", "", context.reminders.week, spans, days=7)


def _compute_period_notices(
    context: NoticeContext,
    kind: Kind,
    address: str,
    clock: time | None,
    spans: Iterable[Span],
    *,
    days: int,
) -> list[Notice]:
    """Return a notice on the first day of each period, at a clock time, if work in the period ends after that time."""
    if clock is None:
        return []
    this_period, by_first_day = context.first_day_of_period(context.now, days), dict[date, Notice]()
    for span in sorted(spans):
        first = context.first_day_of_period(span.start, days)
        planned = datetime.combine(first, clock, context.zone).astimezone(UTC)
        if first in by_first_day or first < this_period or span.end <= max(planned, context.now):
            continue
        send_at = _allowed_time(planned, context, address, exact=True, urgent_until=max(span.start, planned))
        ends_at = datetime.combine(first + timedelta(days=days), time(), context.zone)
        by_first_day[first] = Notice(kind, first.isoformat(), kind, address, planned, send_at, ends_at)
    return list(by_first_day.values())


def _allowed_time(
    planned: datetime, context: NoticeContext, address: str, *, exact: bool, urgent_until: datetime | None = None
) -> datetime:
    """Return the time at which the quiet hours allow a notice to be sent.

    `exact` means that the community's file or a person chose the clock time: only the person's own quiet hours postpone
    it. A computed time, or a notice that is late, is postponed by all quiet hours. A notice is not postponed beyond
    `urgent_until`.
    """
    settings = context.settings_at(address)
    is_late = context.now - planned > LATE_AFTER
    quiet = settings.quiet if is_late or not exact or settings.chosen.quiet is not None else None
    earliest = context.now if is_late else planned
    allowed = first_allowed_time(earliest, quiet, context.zone, urgent_until)
    if allowed == earliest or (urgent_until is not None and allowed >= urgent_until):
        return planned
    return allowed
