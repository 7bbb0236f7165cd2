"""Finds the items of a week and of its days: agreed and offered times, matches, closures and other obstacles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.api import Agreement, Match, Obstacle, Request, Span, State, Text, Thing, find_matches
from bot.api.agreements import name_activity
from bot.api.availability import find_obstacles_within, find_reservations
from bot.api.drawing import EntryKind

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CalendarItem:
    """Something that the calendar shows on a thing, from `start` to `end` (exclusive).

    `number` is the number of the agreement, if it is one.
    """

    kind: EntryKind
    start: datetime
    end: datetime
    text: Text | str
    number: int | None = None

    def overlaps(self, span: Span) -> bool:
        """Return whether a part of the item is in a span."""
        return span.overlaps(self)

    def covers(self, span: Span) -> bool:
        """Return whether the item lasts the whole span."""
        return self.start <= span.start and span.end <= self.end


@dataclass(frozen=True)
class IsoWeek:
    """A week from Monday to Sunday (ISO 8601)."""

    monday: date

    @property
    def days(self) -> list[date]:
        """The seven days from Monday to Sunday."""
        return [self.monday + index * _DAY for index in range(7)]

    @property
    def next_monday(self) -> date:
        """The day after the week."""
        return self.monday + 7 * _DAY

    @property
    def number(self) -> int:
        """The number of the week in its year."""
        return self.monday.isocalendar().week

    def span(self, request: Request) -> Span:
        """Return the week as a span in the community's time zone."""
        return span_of_days(request, self.monday, self.next_monday)


def span_of_days(request: Request, first: date, end: date) -> Span:
    """Return the span from the first day to the end, which is exclusive, in the community's time zone."""
    return Span(request.moment(first), request.moment(end))


def iso_week_of(day: date) -> IsoWeek:
    """Return the week of a day."""
    return IsoWeek(day - day.weekday() * _DAY)


#: Things with their items, in the order of the community's file.
ItemsByThing = list[tuple[Thing, list[CalendarItem]]]


def select_items_of_day(request: Request, week: IsoWeek, day: date, items_by_thing: ItemsByThing) -> ItemsByThing:
    """Return the items of a day, without those that last the whole week and without things that have none."""
    span, whole_week = span_of_days(request, day, day + _DAY), week.span(request)
    on_day = [
        (thing, [item for item in items if item.overlaps(span) and not item.covers(whole_week)])
        for thing, items in items_by_thing
    ]
    return [(thing, items) for thing, items in on_day if items]


def select_items_of_week(
    request: Request, week: IsoWeek, items_by_thing: ItemsByThing
) -> list[tuple[Thing, CalendarItem]]:
    """Return the items that last the whole week."""
    span = week.span(request)
    return [(thing, item) for thing, items in items_by_thing for item in items if item.covers(span)]


async def find_items(request: Request, thing: Thing, week: IsoWeek) -> list[CalendarItem]:
    """Return all items on a thing in a week, by start."""
    window = week.span(request)
    obstacles = await find_obstacles_within(request, thing, window)
    items = [
        *await _find_agreement_items(request, thing, window),
        *(_make_match_item(request, match) for match in await find_matches(request, thing, window)),
        *(_make_obstacle_item(request, obstacle) for obstacle in obstacles if obstacle.kind not in _SHOWN_AS_ITEMS),
    ]
    return sorted(items, key=lambda item: (item.start, item.end, item.number or 0))


#: Kinds of obstacles that are left out, because they are shown as agreements and matches.
_SHOWN_AS_ITEMS = ("booked", "buffer", "match")


async def _find_agreement_items(request: Request, thing: Thing, window: Span) -> list[CalendarItem]:
    """Return an item for each agreed or proposed time of the agreements that reserve the thing in a window."""
    reservations = await find_reservations(request, thing, window)
    agreements = {reservation.agreement.number: reservation.agreement for reservation in reservations}
    items = [
        CalendarItem(kind, span.start, span.end, _describe_agreement(request, agreement), agreement.number)
        for agreement in agreements.values()
        for kind, span in _spans_by_kind(agreement)
    ]
    return [item for item in items if item.overlaps(window)]


def _spans_by_kind(agreement: Agreement) -> Iterator[tuple[EntryKind, Span]]:
    """Yield the agreed times, and the times that are only offered."""
    negotiation = agreement.negotiation
    agreed = negotiation.standing.terms.spans if negotiation.standing else ()
    for span in agreed:
        yield EntryKind.AGREED, span
    offered = dict.fromkeys(span for offer in negotiation.offers for span in offer.terms.spans if span not in agreed)
    for span in offered:
        yield EntryKind.WAITING, span


def _describe_agreement(request: Request, agreement: Agreement) -> Text:
    return request.text(
        "what-agreed",
        task=name_activity(request, agreement),
        attendee=request.find_person(agreement.attendee).name,
        organizer=request.find_person(agreement.organizer).name,
        is_done=not agreement.is_use and agreement.state in (State.DONE, State.CONFIRMED),
        is_disputed=agreement.state is State.DISPUTED,
    )


def _make_match_item(request: Request, match: Match) -> CalendarItem:
    return CalendarItem(EntryKind.MATCH, match.start, match.end, request.text("what-match", title=match.title))


def _make_obstacle_item(request: Request, obstacle: Obstacle) -> CalendarItem:
    has_short_text = obstacle.kind in ("closed", "season")
    text = request.text(f"what-{obstacle.kind}", why=obstacle.note) if has_short_text else obstacle.why
    kind = EntryKind.CLOSED if obstacle.forbids else EntryKind.OTHER
    return CalendarItem(kind, obstacle.start, obstacle.end, text)
