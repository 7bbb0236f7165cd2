"""Finds the agreement a command is about; the number may be left out where only one can be meant."""

from collections.abc import Callable, Iterable

from bot.api import Agreement, Ask, Option, Refused, Request, State, find_agreement, list_agreements
from bot.features.bookings.card import what_of

#: More than this many candidates are not offered as taps.
CHOICES = 6

Likely = Callable[[Agreement], bool]


async def choose(
    request: Request,
    number: int | None,
    what: str,
    states: Iterable[State],
    *,
    waiting: bool = False,
    likely: Likely | None = None,
) -> Agreement:
    """The agreement with the number, else the person's only one in these states; asks where there are several.

    `waiting` narrows it to those that wait for the person, `likely` to those that are most likely meant, where there
    are any. Raises `Refused` with "none-to-<what>" where there is none.
    """
    if number is not None:
        return await find_agreement(request, number)
    mine = await list_agreements(request, frozenset(states), request.person.handle)
    if waiting:
        mine = [a for a in mine if a.side_of(request.person.handle) in a.negotiation.awaited_sides]
    mine = list(filter(likely, mine)) or mine if likely else mine
    if not mine:
        raise Refused(f"none-to-{what}")
    if len(mine) > 1:
        raise Ask("number", "ask-number", [Option(_label(request, a), a.number) for a in mine[-CHOICES:]])
    return mine[0]


def _label(request: Request, agreement: Agreement) -> object:
    time = request.time_of(agreement.negotiation.terms).short
    return request.text("label", number=agreement.number, what=what_of(request, agreement, request.language), time=time)
