"""Tells which command a sentence in the thread of an agreement's card can mean, by the state of the agreement."""

from collections.abc import Awaitable, Callable, Iterable

from bot.api import Agreement, Request, Side, State, find_agreement, list_agreements
from bot.features.bookings.choose_agreement import MAX_READ_AGREEMENTS

IsExpected = Callable[[Request, str], Awaitable[bool]]


def _when(
    is_possible: Callable[[Request, Agreement], bool], states: Iterable[State], *, or_awaited: bool = False
) -> IsExpected:
    """Return a function for `Command.is_expected`. Outside a card's thread any agreement of the person counts.

    Only agreements in `states` can be possible, and with `or_awaited` those that wait for the person's answer.
    """
    likely = frozenset(states)

    async def is_expected(request: Request, subject: str) -> bool:
        if subject:
            return is_possible(request, await find_agreement(request, subject))
        person = request.person.handle
        if or_awaited and await list_agreements(request, frozenset(State), person, awaited_party=person, limit=1):
            return True
        own = await list_agreements(request, likely, person, order="newest", limit=MAX_READ_AGREEMENTS)
        return any(is_possible(request, agreement) for agreement in own)

    return is_expected


def _is_party(request: Request, agreement: Agreement) -> bool:
    return agreement.side_of(request.person.handle) is not None


def _is_awaited(request: Request, agreement: Agreement) -> bool:
    return agreement.side_of(request.person.handle) in agreement.negotiation.awaited_sides


def _may_decline(request: Request, agreement: Agreement) -> bool:
    return _is_awaited(request, agreement) or (agreement.state is State.DONE and _is_organizer(request, agreement))


def _is_organizer(request: Request, agreement: Agreement) -> bool:
    return agreement.side_of(request.person.handle) is Side.ORGANIZER


def _may_report(request: Request, agreement: Agreement) -> bool:
    is_open = agreement.state in (State.AGREED, State.MISSED, State.DISPUTED)
    return is_open and not agreement.is_use and agreement.side_of(request.person.handle) is Side.ATTENDEE


def _has_begun(request: Request, agreement: Agreement) -> bool:
    return agreement.negotiation.terms.start <= request.now


def _may_judge(request: Request, agreement: Agreement) -> bool:
    return agreement.state is State.DONE and _is_organizer(request, agreement)


def _may_dispute(request: Request, agreement: Agreement) -> bool:
    return agreement.state in (State.DONE, State.DISPUTED) and _is_organizer(request, agreement)


def _is_reason_awaited(request: Request, agreement: Agreement) -> bool:
    return agreement.state is State.DISPUTED and not agreement.reason and _is_organizer(request, agreement)


def _may_change(request: Request, agreement: Agreement) -> bool:
    return agreement.state in (State.PROPOSED, State.AGREED) and _is_party(request, agreement)


def _is_settled(request: Request, agreement: Agreement) -> bool:
    return agreement.state is State.AGREED and agreement.negotiation.newest_offer is None


_OPEN = (State.PROPOSED, State.AGREED)

can_answer = _when(_is_awaited, (), or_awaited=True)
can_decline = _when(_may_decline, (State.DONE,), or_awaited=True)
can_report_done = _when(_may_report, (State.AGREED, State.MISSED, State.DISPUTED))
can_judge_report = _when(_may_judge, (State.DONE,))
can_dispute = _when(_may_dispute, (State.DONE, State.DISPUTED))
is_reason_awaited = _when(_is_reason_awaited, (State.DISPUTED,))
can_change = _when(_may_change, _OPEN)
is_settled = _when(_is_settled, (State.AGREED,))
has_begun = _when(_has_begun, (State.AGREED,))
