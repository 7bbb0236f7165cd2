"""What a closing does to bookings: their cards show it, and both parties are told why, once, under the card."""

from collections.abc import Sequence

from bot.api import A_FEW, Agreement, Cleared, Request
from bot.features.bookings.card import refresh
from bot.features.bookings.tell import tell


async def give_way(request: Request, cleared: Sequence[Cleared]) -> None:
    """What was moved is asked of both; what is left of a series whose times were moved is only shown."""
    for one in cleared:
        after = await refresh(request, one.agreement)
        if one.lost:
            await _tell(request, after, one)


async def _tell(request: Request, agreement: Agreement, one: Cleared) -> None:
    both = [request.who(agreement.organizer), request.who(agreement.attendee)]
    how = "cancelled" if one.is_cancelled else "moved" if one.is_moved else "some"
    lost, more = one.lost[:A_FEW], max(len(one.lost) - A_FEW, 0)
    await tell(request, agreement, f"cleared-{how}", both, asks=one.is_moved, why=one.why, lost=lost, more=more)
