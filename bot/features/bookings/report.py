"""Commands for agreed work: report it done, confirm or dispute the report, and cancel the agreement."""

from datetime import datetime

from bot.api import Agreement, Refused, Request, State, Step, take_step
from bot.api.agreements import detach_occurrences, skip_occurrences
from bot.api.arguments import Occurrences
from bot.features.bookings.card import update_card
from bot.features.bookings.choose_agreement import choose_agreement
from bot.features.bookings.tell import other_party, tell_parties
from bot.features.bookings.times.series import describe_days, find_meant_starts


async def report_done(request: Request, number: int | None) -> None:
    """`!færdig 1`: the attendee reports the work as done, and the organizer is asked to confirm the report.

    For a series it is the latest time that has begun.
    """
    states = (State.AGREED, State.MISSED, State.DISPUTED)
    agreement = await choose_agreement(
        request, number, "done", states, is_likely=lambda agreement: _has_begun(request, agreement)
    )
    if agreement.negotiation.terms.is_series and agreement.side_of(request.person.handle):
        agreement = await _detach_latest(request, agreement)
    after = await take_step(request, agreement, Step.DONE)
    after = await update_card(request, after)
    await tell_parties(request, after, "told-done", [other_party(request, after)], asks=True)


async def confirm(request: Request, number: int | None) -> None:
    """`!bekræft 1`: confirm that reported work is done, as ✅ does."""
    await _answer_report(request, number, Step.CONFIRM, None)


async def dispute(request: Request, number: int | None, reason: str | None) -> None:
    """`!mangler 1 hjørnet ved klubhuset`: dispute that reported work is done. Raise Refused without a reason."""
    if reason is None:
        raise Refused("dispute-needs-reason")
    await _answer_report(request, number, Step.DISPUTE, reason)


def _has_begun(request: Request, agreement: Agreement) -> bool:
    """Return whether the agreement is agreed and its time has begun. For a series it is the first time."""
    return agreement.state is State.AGREED and agreement.negotiation.terms.start <= request.now


async def _detach_latest(request: Request, series: Agreement) -> Agreement:
    """Detach the latest time of a series that has begun. Raise Refused when none has begun."""
    begun = [span.start for span in series.negotiation.terms.spans if span.start <= request.now]
    if not begun:
        raise Refused("not-begun", number=series.number, time=series.negotiation.terms)
    remaining, latest = await detach_occurrences(request, series, begun[-1:])
    await update_card(request, remaining)
    return latest


async def cancel(request: Request, number: int | None, which: Occurrences | None, reason: str | None) -> None:
    """`!aflys 2 regnvejr`, `!spring 7 over i uge 29`: a party cancels an agreement, or some times of a series."""
    agreement = await choose_agreement(request, number, "cancel", (State.PROPOSED, State.AGREED))
    if agreement.side_of(request.person.handle) and await _may_mean_some_times(request, agreement, which, reason):
        starts = await find_meant_starts(request, agreement, which, "ask-cancel-which")
        if len(starts) < len(agreement.negotiation.terms.spans):
            await _skip_times(request, agreement, starts, reason)
            return
    after = await take_step(request, agreement, Step.CANCEL, reason=reason)
    after = await update_card(request, after)
    await tell_parties(request, after, "told-cancel", [other_party(request, after)])


async def _may_mean_some_times(
    request: Request, agreement: Agreement, which: Occurrences | None, reason: str | None
) -> bool:
    """Return whether the message may be about single times, so that not more is cancelled than the person meant.

    Raises Refused for single times of a series that is not agreed yet. For an agreement about one time, a day with
    other text counts as the reason: "fredag er der kamp".
    """
    if not agreement.negotiation.terms.is_series:
        return which is not None and not reason
    if agreement.state is State.AGREED:
        return True
    if which is not None and not which.every:
        raise Refused("answer-all-first", number=agreement.number)
    return False


async def _skip_times(request: Request, agreement: Agreement, starts: list[datetime], reason: str | None) -> None:
    after = await skip_occurrences(request, agreement, starts, reason)
    await update_card(request, after)
    skipped = {"count": len(starts), "said": reason or "", **describe_days(request, starts)}
    await tell_parties(request, after, "told-skip", [other_party(request, after)], **skipped)


async def _answer_report(request: Request, number: int | None, step: Step, reason: str | None) -> None:
    agreement = await choose_agreement(request, number, str(step), (State.DONE,), only_awaited=True)
    after = await take_step(request, agreement, step, reason=reason)
    after = await update_card(request, after)
    await tell_parties(request, after, f"told-{step}", [other_party(request, after)])
