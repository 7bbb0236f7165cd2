"""Finds the agreement that a command is about. The number may be left out when only one agreement fits."""

from collections.abc import Callable, Iterable

from bot.api import Agreement, Ask, Option, Refused, Request, State, find_agreement, list_agreements
from bot.features.bookings.card import describe_work

#: How many agreements a question offers as taps. They are the newest ones.
MAX_OFFERED_AGREEMENTS = 6

IsLikely = Callable[[Agreement], bool]


async def choose_agreement(
    request: Request,
    number: int | None,
    action: str,
    states: Iterable[State],
    *,
    only_awaited: bool = False,
    is_likely: IsLikely | None = None,
) -> Agreement:
    """Return the agreement with the number, else the person's only agreement in these states.

    Raise Ask when several fit. `only_awaited` keeps only agreements that wait for the person's answer. `is_likely`
    selects the most likely ones, if any are. Raises Refused with "none-to-<action>" when none fits.
    """
    if number is not None:
        return await find_agreement(request, number)
    agreements = await list_agreements(request, frozenset(states), request.person.handle)
    if only_awaited:
        agreements = [a for a in agreements if a.side_of(request.person.handle) in a.negotiation.awaited_sides]
    if is_likely:
        agreements = list(filter(is_likely, agreements)) or agreements
    if not agreements:
        raise Refused(f"none-to-{action}")
    if len(agreements) > 1:
        newest = agreements[-MAX_OFFERED_AGREEMENTS:]
        options = [Option(_describe_option(request, agreement), agreement.number) for agreement in newest]
        raise Ask("number", "ask-number", options)
    return agreements[0]


def _describe_option(request: Request, agreement: Agreement) -> object:
    time, work = request.time_of(agreement.negotiation.terms).short, describe_work(request, agreement, request.language)
    return request.text("label", number=agreement.number, what=work, time=time)
