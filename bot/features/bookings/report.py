"""What happens after it was agreed: done, confirmed, disputed, called off."""

from bot.api import Refused, Request, State, Step, take_step
from bot.features.bookings.card import refresh
from bot.features.bookings.choose import choose
from bot.features.bookings.tell import other_party, tell


async def done(request: Request, number: int | None) -> None:
    """`!færdig 1`: the one who did it says so, and the one it was for is asked to confirm."""
    agreement = await choose(request, number, "done", (State.AGREED, State.MISSED, State.DISPUTED))
    after = await take_step(request, agreement, Step.DONE)
    after = await refresh(request, after)
    await tell(request, after, "told-done", [other_party(request, after)], asks=True)


async def confirm(request: Request, number: int | None) -> None:
    """`!bekræft 1`: the same as ✅ on work that was reported done."""
    await _settle(request, number, Step.CONFIRM, None)


async def dispute(request: Request, number: int | None, reason: str | None) -> None:
    """`!mangler 1 hjørnet ved klubhuset`: it was reported done, and is not."""
    if reason is None:
        raise Refused("dispute-needs-reason")
    await _settle(request, number, Step.DISPUTE, reason)


async def cancel(request: Request, number: int | None, reason: str | None) -> None:
    """`!aflys 2 regnvejr`: either side calls it off, and the other learns why."""
    agreement = await choose(request, number, "cancel", (State.PROPOSED, State.AGREED))
    after = await take_step(request, agreement, Step.CANCEL, reason=reason)
    after = await refresh(request, after)
    await tell(request, after, "told-cancel", [other_party(request, after)])


async def _settle(request: Request, number: int | None, step: Step, reason: str | None) -> None:
    agreement = await choose(request, number, str(step), (State.DONE,), waiting=True)
    after = await take_step(request, agreement, step, reason=reason)
    after = await refresh(request, after)
    await tell(request, after, f"told-{step}", [other_party(request, after)])
