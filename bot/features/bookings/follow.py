"""What the clock does: unanswered proposals lapse, agreed work is asked about, and silence becomes "missed"."""

from datetime import timedelta

from bot.api import Request, State, Step, find_agreement, let_pass
from bot.features.bookings.card import refresh
from bot.features.bookings.tell import tell

#: How long after it was asked about, work that nobody spoke of counts as missed.
PATIENCE = timedelta(days=3)


async def let_lapse(request: Request, subject: str) -> None:
    """The time came and nobody had said yes."""
    agreement = await find_agreement(request, subject)
    if agreement.state is State.PROPOSED:
        after = await let_pass(request, agreement, Step.LAPSE)
        after = await refresh(request, after)
        await tell(request, after, "told-lapse", [request.who(after.organizer)])


async def ask_whether_done(request: Request, subject: str) -> None:
    """The time is over and nobody has said that it was done."""
    agreement = await find_agreement(request, subject)
    if agreement.state is State.AGREED:
        await tell(request, agreement, "ask-done", [request.who(agreement.attendee)])
        await request.remind("missed", subject, request.now + PATIENCE)


async def give_up(request: Request, subject: str) -> None:
    """Nobody has spoken."""
    agreement = await find_agreement(request, subject)
    if agreement.state is State.AGREED:
        after = await let_pass(request, agreement, Step.MISS)
        after = await refresh(request, after)
        await tell(request, after, "told-miss", [request.who(after.organizer), request.who(after.attendee)])
