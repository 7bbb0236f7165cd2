"""Updates the cards of bookings that lost times to a closure, and tells both parties why, under the card."""

from collections.abc import Sequence

from bot.api import FEW_LINES, Agreement, Request
from bot.api.availability import ClearedAgreement
from bot.features.bookings.card import update_card
from bot.features.bookings.tell import tell_parties


async def update_cards_of_cleared(request: Request, cleared: Sequence[ClearedAgreement]) -> None:
    """Update every card, and tell the parties of each agreement that lost times.

    Both parties are asked about a new time. For a series whose lost times were detached as new agreements, only the
    card is updated.
    """
    for change in cleared:
        agreement = await update_card(request, change.agreement)
        if change.lost:
            await _tell_outcome(request, agreement, change)


async def _tell_outcome(request: Request, agreement: Agreement, change: ClearedAgreement) -> None:
    both = [request.find_person(agreement.organizer), request.find_person(agreement.attendee)]
    outcome = "cancelled" if change.is_cancelled else "moved" if change.is_moved else "some"
    lost, more = change.lost[:FEW_LINES], max(len(change.lost) - FEW_LINES, 0)
    await tell_parties(
        request, agreement, f"cleared-{outcome}", both, asks=change.is_moved, why=change.why, lost=lost, more=more
    )
