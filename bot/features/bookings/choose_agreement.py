"""Finds the agreement that a command is about, by everything that was said of it: number, card, thing, task, day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.api import (
    Agreement,
    Ask,
    MeansEach,
    Option,
    Person,
    Refused,
    Request,
    Span,
    State,
    Task,
    Thing,
    When,
    find_agreement,
    list_agreements,
)
from bot.api.agreements import describe_work
from bot.api.arguments import AgreementReference, EveryAgreement

#: How many agreements a question offers as taps. They are the newest ones.
MAX_OFFERED_AGREEMENTS = 6
#: How many of the newest agreements are read when no day was said.
MAX_READ_AGREEMENTS = 100
_WEEK = timedelta(weeks=1)
#: How much longer than its search window a time without an end lasts: "efter sommerferien".
_OPEN_END = timedelta(days=366)


@dataclass(frozen=True)
class SaidOfAgreement:
    """What a message says of the agreement it is about. `day` is a day, or a longer time, on which it is."""

    number: AgreementReference | None = None
    thing: Thing | None = None
    task: Task | None = None
    person: Person | None = None
    day: When | None = None

    @property
    def names_something(self) -> bool:
        """Whether anything but the number was said."""
        return any((self.thing, self.task, self.person, self.day))


async def choose_agreement(
    request: Request,
    said: SaidOfAgreement,
    action: str,
    states: Iterable[State],
    *,
    only_awaited: bool = False,
    likely_states: Iterable[State] = (),
    begun_first: bool = False,
    only_work: bool = False,
) -> Agreement:
    """Return the agreement that a message is about, else the person's only agreement in these states.

    The number counts first, then the card under which the message was written, then everything else that was said.
    Raise Ask when several fit, and MeansEach when all of them are meant. `only_awaited` keeps only agreements that wait
    for the person's answer. Agreements in `likely_states` are chosen before others, and with `begun_first` those whose
    time has begun. `only_work` leaves out reservations for use. Raises Refused with "none-to-<action>" when the person
    has none, and "none-fits" when none is as it was said, also for one that was named by its number or by its card.
    """
    number = _number_of_card(request) if said.number is None else said.number
    if isinstance(number, int):
        agreement = await find_agreement(request, number)
        if not fits(request, agreement, said):
            raise Refused("other-agreement", **_describe(request, agreement))
        if only_work and agreement.is_use:
            raise Refused("use-is-no-work", **_describe(request, agreement))
        return agreement
    states = frozenset(states)
    fitting = await _find_own(request, said, frozenset(likely_states) or states, only_awaited, only_begun=begun_first)
    if not fitting and (likely_states or begun_first):
        fitting = await _find_own(request, said, states, only_awaited)
    fitting = [agreement for agreement in fitting if not (only_work and agreement.is_use)]
    if not fitting:
        if not said.names_something:
            raise Refused(f"none-to-{action}")
        mine = await _find_own(request, SaidOfAgreement(), states, only_awaited)
        await _refuse_unfitting(request, said, action, mine)
    if isinstance(said.number, EveryAgreement):
        return _choose_every(request, said.number, fitting)
    if said.day is not None and said.day.each:
        _require_each_day(request, said.day, fitting)
    if len(fitting) > 1:
        every = [agreement.number for agreement in fitting]
        raise Ask("number", "ask-number", _make_options(request, fitting), every=every)
    return fitting[0]


def _choose_every(request: Request, every: EveryAgreement, fitting: list[Agreement]) -> Agreement:
    """Return the only agreement that is meant. Raise MeansEach for several, Ask when the said number differs."""
    if every.count not in (None, len(fitting)):
        raise Ask("number", "ask-number", _make_options(request, fitting))
    chosen = [agreement for agreement in fitting if agreement.number not in every.excepted]
    if not chosen:
        raise Refused("none-fits", lines=[option.label for option in _make_options(request, fitting)])
    if len(chosen) > 1:
        raise MeansEach("number", [agreement.number for agreement in chosen])
    return chosen[0]


def _require_each_day(request: Request, day: When, fitting: list[Agreement]) -> None:
    """Raise MeansEach when there are agreements on each of several days in a row, Ask when a day has none."""
    are_full = [any(is_on_day(request, agreement, each) for agreement in fitting) for each in day.each]
    if not all(are_full):
        raise Ask("number", "ask-number", _make_options(request, fitting))
    if len(fitting) > 1:
        raise MeansEach("number", [agreement.number for agreement in fitting])


async def _find_own(
    request: Request, said: SaidOfAgreement, states: frozenset[State], only_awaited: bool, *, only_begun: bool = False
) -> list[Agreement]:
    """Return the person's agreements that fit, by number; without a day only the newest ones."""
    person = request.person.handle
    window = _window_of_day(request, said.day)
    until_now = Span.before(request.now) if only_begun else None
    found = await list_agreements(
        request,
        states,
        person,
        order="newest",
        limit=None if window else MAX_READ_AGREEMENTS,
        thing=said.thing,
        task=said.task,
        window=window or until_now,
        awaited_party=person if only_awaited else None,
    )
    begun = [agreement for agreement in found if not only_begun or _has_begun(request, agreement)]
    return [agreement for agreement in reversed(begun) if fits(request, agreement, said)]


def _has_begun(request: Request, agreement: Agreement) -> bool:
    """Return whether the agreement is agreed and its time has begun. For a series it is the first time."""
    return agreement.state is State.AGREED and agreement.negotiation.terms.start <= request.now


def _window_of_day(request: Request, day: When | None) -> Span | None:
    if day is None or day.start is None or not day.has_day:
        return None
    meanings = _meanings_of(day)
    first, end = min(first for first, _ in meanings), max(end for _, end in meanings)
    return Span(request.moment(first), request.moment(end))


def _meanings_of(day: When) -> list[tuple[date, date]]:
    """Return the first day and the day after the last of each meaning of a day.

    "Fredag" is also the last one, when somebody says that the work of Friday is done.
    """
    meanings = [_dates_of(each) for each in (day, *day.alternatives) if each.start is not None]
    return [*meanings, *((first - _WEEK, end - _WEEK) for first, end in meanings if day.any_week)]


def _dates_of(day: When) -> tuple[date, date]:
    first, end = day.dates
    return (first, end + _OPEN_END) if day.open_end else (first, end)


def _number_of_card(request: Request) -> int | None:
    """Return the number of the agreement under whose card the message was written, None elsewhere."""
    return int(request.subject) if request.subject and request.subject.isdigit() else None


async def _refuse_unfitting(request: Request, said: SaidOfAgreement, action: str, mine: list[Agreement]) -> None:
    """Raise Refused: none of the person's agreements fits the message. The refusal names somebody else's that does."""
    if said.thing and (window := _window_of_day(request, said.day)):
        for agreement in await list_agreements(request, frozenset(State), thing=said.thing, window=window):
            if agreement.side_of(request.person.handle) is None and fits(request, agreement, said):
                raise Refused("agreement-not-a-party", number=agreement.number, **_parties(request, agreement))
    lines = [option.label for option in _make_options(request, mine)]
    raise Refused("none-fits" if mine else f"none-to-{action}", lines=lines)


def _parties(request: Request, agreement: Agreement) -> dict[str, Person]:
    return {
        "organizer": request.find_person(agreement.organizer),
        "attendee": request.find_person(agreement.attendee),
    }


def _make_options(request: Request, agreements: list[Agreement]) -> list[Option]:
    newest = agreements[-MAX_OFFERED_AGREEMENTS:]
    return [Option(_describe_option(request, agreement), agreement.number) for agreement in newest]


def fits(request: Request, agreement: Agreement, said: SaidOfAgreement) -> bool:
    """Return whether an agreement is as it was said: its thing, its task, one of its days, one of its parties."""
    if said.thing is not None and said.thing.key != agreement.thing:
        return False
    if said.task is not None and said.task.key != agreement.task:
        return False
    is_other = said.person is not None and said.person.handle not in (agreement.organizer, agreement.attendee)
    return not is_other and is_on_day(request, agreement, said.day)


def is_on_day(request: Request, agreement: Agreement, day: When | None, *, newest_only: bool = False) -> bool:
    """Return whether one of the times of an agreement, or of its open offers, is on a day (None: on any day).

    A day that comes with a clock time or a part of the day, "fredag formiddag", has to overlap the time.
    A clock time alone has to be within the time. With `newest_only`, only the times of the newest offer count, where
    there is one.
    """
    if day is None or day.start is None:
        return True
    negotiation = agreement.negotiation
    terms = [negotiation.newest_terms] if newest_only else negotiation.open_terms
    spans = [span for each in terms for span in each.spans]
    if not day.has_day:
        is_clock = day.has_clock and isinstance(day.start, datetime)
        return not is_clock or any(_has_clock_time(request, span, day) for span in spans)
    if isinstance(day.start, datetime) and not day.rrule and not day.alternatives:
        first, last = day.start, day.end if isinstance(day.end, datetime) else day.start
        return any(request.local(span.start) <= last and first <= request.local(span.end) for span in spans)
    days = [request.local(span.start).date() for span in spans]
    return any(first <= each < end for each in days for first, end in _meanings_of(day))


def is_at_clock(request: Request, agreement: Agreement, time: When | None) -> bool:
    """Return whether a clock time without a day is in one of the times of an agreement; True for any other time."""
    if time is None or time.has_day or not isinstance(time.start, datetime):
        return True
    spans = [span for terms in agreement.negotiation.open_terms for span in terms.spans]
    return any(_has_clock_time(request, span, time) for span in spans)


def _has_clock_time(request: Request, span: Span, clock: When) -> bool:
    """Return whether a clock time is within a span, on the day of the span or on the next."""
    assert isinstance(clock.start, datetime), "a clock time was said"
    first, last = request.local(span.start), request.local(span.end)
    moment = datetime.combine(first.date(), clock.start.time(), first.tzinfo)
    return any(first <= each <= last for each in (moment, moment + timedelta(days=1)))


def window_of(request: Request, time: When | None) -> Span | None:
    """Return the window that a time names; None without a time, and for a recurring one."""
    names_window = time is not None and (time.start or time.end) and not time.rrule
    return request.to_span(time) if time is not None and names_window else None


def is_within(agreement: Agreement, window: Span | None) -> bool:
    """Return whether one of the times of an agreement overlaps a window (None: any)."""
    return window is None or any(window.overlaps(span) for span in agreement.negotiation.terms.spans)


def _describe(request: Request, agreement: Agreement) -> dict[str, object]:
    return {
        "number": agreement.number,
        "what": describe_work(request, agreement, request.language),
        "time": request.time_of(agreement.negotiation.terms),
    }


def _describe_option(request: Request, agreement: Agreement) -> object:
    time, work = request.time_of(agreement.negotiation.terms).short, describe_work(request, agreement, request.language)
    return request.text("label", number=agreement.number, what=work, time=time)
