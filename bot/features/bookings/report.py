"""What happens after it was agreed: done, confirmed, disputed, called off."""

from datetime import datetime

from bot.api import Agreement, Refused, Request, State, Step, Which, part, skip, take_step
from bot.features.bookings.card import refresh
from bot.features.bookings.choose import choose
from bot.features.bookings.tell import other_party, tell
from bot.features.bookings.times.series import days_of, times_meant


async def done(request: Request, number: int | None) -> None:
    """`!færdig 1`: the one who did it says so, and the one it was for is asked to confirm."""
    states = (State.AGREED, State.MISSED, State.DISPUTED)
    agreement = await choose(request, number, "done", states, likely=lambda one: _has_begun(request, one))
    if agreement.negotiation.terms.is_series and agreement.side_of(request.person.handle):
        agreement = await _latest(request, agreement)
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


def _has_begun(request: Request, agreement: Agreement) -> bool:
    """Agreed, and its time, or the first of a series, has come."""
    return agreement.state is State.AGREED and agreement.negotiation.terms.start <= request.now


async def _latest(request: Request, series: Agreement) -> Agreement:
    """The last time of a series that has begun, as an agreement of its own."""
    begun = [span.start for span in series.negotiation.terms.spans if span.start <= request.now]
    if not begun:
        raise Refused("not-begun", number=series.number, time=series.negotiation.terms)
    rest, own = await part(request, series, begun[-1:])
    await refresh(request, rest)
    return own


async def cancel(request: Request, number: int | None, which: Which | None, reason: str | None) -> None:
    """`!aflys 2 regnvejr`, `!spring 7 over i uge 29`: either side calls it off, of a series some times or all."""
    agreement = await choose(request, number, "cancel", (State.PROPOSED, State.AGREED))
    if agreement.side_of(request.person.handle) and await _is_about_some(request, agreement, which, reason):
        starts = await times_meant(request, agreement, which, "ask-cancel-which")
        if len(starts) < len(agreement.negotiation.terms.spans):
            await _skip(request, agreement, starts, reason)
            return
    after = await take_step(request, agreement, Step.CANCEL, reason=reason)
    after = await refresh(request, after)
    await tell(request, after, "told-cancel", [other_party(request, after)])


async def _is_about_some(request: Request, agreement: Agreement, which: Which | None, reason: str | None) -> bool:
    """Whether some of its times may be meant: never is more called off than was said.

    A day that belongs to a reason ("fredag er der kamp") says nothing about which time of a single one.
    """
    if not agreement.negotiation.terms.is_series:
        return which is not None and not reason
    if agreement.state is State.AGREED:
        return True
    if which is not None and not which.every:
        raise Refused("answer-all-first", number=agreement.number)
    return False


async def _skip(request: Request, agreement: Agreement, starts: list[datetime], reason: str | None) -> None:
    after = await skip(request, agreement, starts, reason)
    await refresh(request, after)
    skipped = {"count": len(starts), "said": reason or "", **days_of(request, starts)}
    await tell(request, after, "told-skip", [other_party(request, after)], **skipped)


async def _settle(request: Request, number: int | None, step: Step, reason: str | None) -> None:
    agreement = await choose(request, number, str(step), (State.DONE,), waiting=True)
    after = await take_step(request, agreement, step, reason=reason)
    after = await refresh(request, after)
    await tell(request, after, f"told-{step}", [other_party(request, after)])
