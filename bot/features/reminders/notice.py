"""Pure: what is to be said about agreements, to whom and when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, product
from typing import Literal
from zoneinfo import ZoneInfo

from bot.api import Agreement, LeadTime, Reminders, Settings, Span, State, first_allowed_time

#: What is said later than this is said to be late.
LATE = timedelta(hours=1)
#: Of a series, the times that begin within this, and in any case a few, are looked at now: the rest come near later.
NEAR, A_FEW_TIMES = timedelta(days=16), 3
#: A nudge comes at least so long before the time it is about, and so long after it was asked.
LAST_CALL, TOO_SOON = timedelta(hours=2), timedelta(hours=1)
#: The second nudge comes after so many times the first one's waiting.
AGAIN = 3
_DAY = timedelta(days=1)

Kind = Literal["before", "day", "week", "nudge"]


@dataclass(frozen=True)
class Notice:
    """Something to be said to whoever is at an `address` (nobody: to the room).

    `kind` is before, nudge, day or week; `what` tells apart what is said of one `subject`, so that it is said once;
    `planned` is when it was meant to be said, `at` when it may be. It is of no use any more when it is `over`.
    """

    subject: str
    what: str
    kind: Kind
    address: str
    planned: datetime
    at: datetime
    over: datetime
    span: Span | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether it should have been said some time ago."""
        return now - self.planned > LATE


@dataclass(frozen=True)
class Village:
    """What all notices depend on: the clocks, the hour of day and week, everybody's settings by address, and now."""

    zone: ZoneInfo
    reminders: Reminders
    room: Settings
    settings: Mapping[str, Settings]
    now: datetime

    def day_of(self, moment: datetime) -> date:
        """The day on the village's clocks."""
        return moment.astimezone(self.zone).date()

    def first_day(self, moment: datetime, days: int) -> date:
        """That day itself, or the Monday of its week when it is about seven."""
        day = self.day_of(moment)
        return day - timedelta(days=day.weekday()) if days == 7 else day

    def settings_at(self, address: str) -> Settings:
        """Those of an address, or the room's."""
        return self.settings.get(address, self.room)


def subject_of(agreement: Agreement) -> str:
    """What an agreement's notices are kept under."""
    return f"agreement {agreement.number}"


def notices_of(agreement: Agreement, addresses: Mapping[str, Iterable[str]], village: Village) -> list[Notice]:
    """Everything that is to be said of one agreement; `addresses` of each of its parties."""
    return [*_reminders(agreement, addresses, village), *_nudges(agreement, addresses, village)]


def spans_near(agreement: Agreement, now: datetime) -> list[Span]:
    """The times of what is agreed that are still to begin, as far as they need to be looked at now."""
    if agreement.state is not State.AGREED:
        return []
    coming = [span for span in agreement.negotiation.terms.spans if span.start > now]
    return [span for at, span in enumerate(coming) if at < A_FEW_TIMES or span.start <= now + NEAR]


def _reminders(agreement: Agreement, addresses: Mapping[str, Iterable[str]], village: Village) -> Iterator[Notice]:
    everybody = [address for party in (agreement.organizer, agreement.attendee) for address in addresses[party]]
    for span in spans_near(agreement, village.now):
        start = span.start
        for address in everybody:
            for name, ahead in _named(village.settings_at(address).before, start, village.zone):
                planned = ahead.reminder_time(start, village.zone)
                at = _allowed(planned, village, address, exact=ahead.at is not None, urgent_until=start)
                if planned < start:
                    what = f"{name} {start:%Y-%m-%dT%H:%M}"
                    yield Notice(subject_of(agreement), what, "before", address, planned, at, start, span)


def _named(before: Iterable[LeadTime], start: datetime, zone: ZoneInfo) -> Iterator[tuple[str, LeadTime]]:
    """The first, second ... at a clock time, and the first, second ... so long before.

    Whoever was reminded the evening before at six is not reminded again when that is made seven.
    """
    ordered = sorted(before, key=lambda ahead: (ahead.at is None, ahead.reminder_time(start, zone)))
    for kind, alike in groupby(ordered, key=lambda ahead: "long" if ahead.at is None else "clock"):
        for nth, ahead in enumerate(alike, start=1):
            yield f"{kind} {nth}", ahead


def _nudges(agreement: Agreement, addresses: Mapping[str, Iterable[str]], village: Village) -> Iterator[Notice]:
    """To whoever holds up an answer: after a while and once more, in good time before what it is about."""
    waiting, patience, since = agreement.negotiation.awaited_sides, village.reminders.nudge, agreement.changed_at
    if not waiting or patience is None:
        return
    newest = agreement.negotiation.newest_offer
    begins = newest.terms.start if newest else None
    planned = [since + patience, since + AGAIN * patience]
    if begins is not None:
        last = begins - LAST_CALL
        planned = [at for at in planned if at <= last] or ([last] if last >= since + TOO_SOON else [])
    for (nth, moment), side in product(enumerate(planned, start=1), waiting):
        for address in addresses[agreement.party(side)]:
            at = _allowed(moment, village, address, exact=False, urgent_until=begins)
            over = begins or moment + _DAY
            if begins is None or village.now < begins:
                what = f"nudge {nth} of {agreement.negotiation.revision} {side}"
                yield Notice(subject_of(agreement), what, "nudge", address, moment, at, over)


def day_of_work(village: Village, address: str, spans: Iterable[Span]) -> list[Notice]:
    """The mornings on which somebody hears of the day's work: those that come, and today's while there is work left."""
    return _mornings(village, "day", address, village.reminders.day, spans, days=1)


def week_of_work(village: Village, spans: Iterable[Span]) -> list[Notice]:
    """The Mondays on which the room hears of the week's work: those that come, and this week's while work is left."""
    return _mornings(village, "week", "", village.reminders.week, spans, days=7)


def _mornings(
    village: Village,
    kind: Kind,
    address: str,
    clock: time | None,
    spans: Iterable[Span],
    *,
    days: int,
) -> list[Notice]:
    """One for the first day of each stretch of days that has work after the clock time on it."""
    if clock is None:
        return []
    this, found = village.first_day(village.now, days), dict[date, Notice]()
    for span in sorted(spans):
        first = village.first_day(span.start, days)
        planned = datetime.combine(first, clock, village.zone).astimezone(UTC)
        if first in found or first < this or span.end <= max(planned, village.now):
            continue
        at = _allowed(planned, village, address, exact=True, urgent_until=max(span.start, planned))
        over = datetime.combine(first + timedelta(days=days), time(), village.zone)
        found[first] = Notice(kind, first.isoformat(), kind, address, planned, at, over)
    return list(found.values())


def _allowed(
    planned: datetime, village: Village, address: str, *, exact: bool, urgent_until: datetime | None = None
) -> datetime:
    """When it may be said. What comes late is held off by quiet hours, and so is what is reckoned and not chosen.

    A clock time that a file or a person chose is meant: the community's hours do not hold it off, a person's own do.
    What would be said too late because of that is said all the same.
    """
    settings = village.settings_at(address)
    is_late = village.now - planned > LATE
    quiet = settings.quiet if is_late or not exact or settings.chosen.quiet is not None else None
    earliest = village.now if is_late else planned
    allowed = first_allowed_time(earliest, quiet, village.zone, urgent_until)
    if allowed == earliest or (urgent_until is not None and allowed >= urgent_until):
        return planned
    return allowed
