"""Finds what happens in a week, and on which of its days: agreed, waiting for an answer, closed, or a match."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.api import (
    Agreement,
    EntryKind,
    Obstacle,
    Request,
    Span,
    State,
    Text,
    Thing,
    find_matches,
    find_obstacles_within,
    find_reservations,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Happening:
    """Something on a thing from `start` to `end` (aware, the end exclusive); `number` is that of an agreement."""

    look: EntryKind
    start: datetime
    end: datetime
    what: Text | str
    number: int | None = None

    def is_in(self, span: Span) -> bool:
        """Whether any of it is in a stretch of time."""
        return span.overlaps(self)

    def holds_all(self, span: Span) -> bool:
        """Whether it takes all of one."""
        return self.start <= span.start and span.end <= self.end


@dataclass(frozen=True)
class Days:
    """A week, from Monday on."""

    monday: date

    @property
    def days(self) -> list[date]:
        """Its days."""
        return [self.monday + at * _DAY for at in range(7)]

    @property
    def after(self) -> date:
        """The Monday after it."""
        return self.monday + 7 * _DAY

    @property
    def number(self) -> int:
        """What Danes call it (ISO 8601)."""
        return self.monday.isocalendar().week

    def span(self, request: Request) -> Span:
        """From its first moment to its last."""
        return span_of(request, self.monday, self.after)


def span_of(request: Request, first: date, after: date) -> Span:
    """From the midnight of one day to that of another."""
    return Span(request.moment(first), request.moment(after))


def week_of(day: date) -> Days:
    """The ISO week of a day."""
    return Days(day - day.weekday() * _DAY)


#: Things and what happens on each, in the order of the YAML.
Found = list[tuple[Thing, list[Happening]]]


def on_day(request: Request, week: Days, day: date, found: Found) -> Found:
    """What happens on a day, but for what holds all week; things on which nothing does are left out."""
    span, whole = span_of(request, day, day + _DAY), week.span(request)
    each = [(thing, [one for one in some if one.is_in(span) and not one.holds_all(whole)]) for thing, some in found]
    return [(thing, some) for thing, some in each if some]


def on_whole_week(request: Request, week: Days, found: Found) -> list[tuple[Thing, Happening]]:
    """What holds for all of it."""
    whole = week.span(request)
    return [(thing, one) for thing, some in found for one in some if one.holds_all(whole)]


async def happenings_of(request: Request, thing: Thing, week: Days) -> list[Happening]:
    """Everything on a thing in a week, soonest first."""
    window = week.span(request)
    in_the_way = [one for one in await find_obstacles_within(request, thing, window) if one.kind not in _TOLD]
    played = await find_matches(request, thing, window)
    found = [
        *await _agreed(request, thing, window),
        *(
            Happening(EntryKind.MATCH, one.start, one.end, request.text("what-match", title=one.title))
            for one in played
        ),
        *(_obstacle(request, one) for one in in_the_way),
    ]
    return sorted(found, key=lambda one: (one.start, one.end, one.number or 0))


#: What is in the way because of something that is shown already.
_TOLD = ("booked", "match")


async def _agreed(request: Request, thing: Thing, window: Span) -> list[Happening]:
    agreements = {one.agreement.number: one.agreement for one in await find_reservations(request, thing, window)}
    times = ((agreement, look, span) for agreement in agreements.values() for look, span in _times_of(agreement))
    found = [
        Happening(look, span.start, span.end, _what_of(request, agreement), agreement.number)
        for agreement, look, span in times
    ]
    return [one for one in found if one.is_in(window)]


def _times_of(agreement: Agreement) -> Iterator[tuple[EntryKind, Span]]:
    """The times that stand, and those that are only proposed."""
    talk = agreement.negotiation
    stands = talk.standing.terms.spans if talk.standing else ()
    for span in stands:
        yield EntryKind.AGREED, span
    proposed = dict.fromkeys(span for offer in talk.offers for span in offer.terms.spans if span not in stands)
    for span in proposed:
        yield EntryKind.WAITING, span


def _what_of(request: Request, agreement: Agreement) -> Text:
    task = request.community.task(agreement.task or "")
    return request.text(
        "what-agreed",
        task=task.name if task else agreement.task or "",
        attendee=request.find_person(agreement.attendee).name,
        organizer=request.find_person(agreement.organizer).name,
        is_done=agreement.state in (State.DONE, State.CONFIRMED),
        is_disputed=agreement.state is State.DISPUTED,
    )


def _obstacle(request: Request, obstacle: Obstacle) -> Happening:
    known = obstacle.kind in ("closed", "season")
    what = request.text(f"what-{obstacle.kind}", why=obstacle.note) if known else obstacle.why
    look = EntryKind.CLOSED if obstacle.forbids else EntryKind.OTHER
    return Happening(look, obstacle.start, obstacle.end, what)
