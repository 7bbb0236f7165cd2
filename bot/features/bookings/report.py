"""Commands for agreed work: report it done, confirm or dispute the report, and cancel the agreement."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.api import (
    Agreement,
    Ask,
    Person,
    Refused,
    Request,
    Side,
    State,
    Step,
    Task,
    Thing,
    When,
    take_step,
)
from bot.api.agreements import describe_work, detach_occurrences, skip_occurrences
from bot.api.arguments import AgreementReference, EveryAgreement, Occurrences, quotable
from bot.features.bookings.card import update_card
from bot.features.bookings.choose_agreement import SaidOfAgreement, choose_agreement, is_at_clock, is_on_day
from bot.features.bookings.tell import confirm_step, other_party, tell_parties
from bot.features.bookings.times.series import describe_days, find_meant_starts

#: The name of a command and the arguments with which it is carried out after a yes.
Instead = tuple[str, dict[str, Any]]

#: The value of the argument `early`: work was done before the time for which it was agreed.
EARLY = "early"

_DAY = timedelta(days=1)


async def report_done(
    request: Request,
    number: AgreementReference | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    day: When | None,
    early: str | None,
) -> None:
    """`!færdig 1`: the attendee reports the work as done, and the organizer is asked to confirm the report.

    For a series it is the latest time that has begun. Raise Refused for work that is done at a later time. Work whose
    time has not begun is asked about, unless `early` is set.
    """
    day = _find_past_clock(request, day)
    is_weekday = day is not None and day.any_week  # "fredag", which may be the last one
    if not is_weekday:
        _refuse_future(request, day)
    said = SaidOfAgreement(number, thing, task, person, day if day and day.has_day else None)
    states = (State.AGREED, State.MISSED, State.DISPUTED)
    agreement = await choose_agreement(request, said, "done", states, begun_first=True, only_work=True)
    if is_weekday and agreement.negotiation.terms.start > request.now:
        _refuse_future(request, day)
    if agreement.negotiation.terms.is_series and agreement.side_of(request.person.handle):
        agreement = await _detach_latest(request, agreement)
    after = await take_step(request, agreement, Step.DONE)
    _confirm_early_report(request, agreement, early)
    confirm_step(request, after, Step.DONE, agreement)
    after = await update_card(request, after)
    await tell_parties(request, after, "told-done", [other_party(request, after)], asks=True)


def _confirm_early_report(request: Request, agreement: Agreement, early: str | None) -> None:
    """Ask whether work is done already whose time has not begun, unless the person has said so."""
    if agreement.state is not State.AGREED or agreement.negotiation.terms.start <= request.now:
        return
    request.must_confirm = request.must_confirm or early is None
    request.confirm(
        "do-done-early",
        instead=("done", {"number": agreement.number, "early": EARLY}),
        number=agreement.number,
        what=describe_work(request, agreement, request.language),
        time=agreement.negotiation.terms,
    )


def _find_past_clock(request: Request, day: When | None) -> When | None:
    """Return the time of a report, with a clock time alone on today's date: "færdig kl. 16" is not tomorrow."""
    now = request.local(request.now)
    if day is None or day.has_day or not isinstance(day.start, datetime) or day.start.date() <= now.date():
        return day
    return replace(day, start=day.start - _DAY, end=day.end - _DAY if day.end else None)


def _refuse_future(request: Request, day: When | None) -> None:
    start = day.start if day else None
    if start is None or day is None:
        return
    now = request.local(request.now)
    is_later = start > now if isinstance(start, datetime) else start > now.date()
    if is_later:
        raise Refused("not-done-yet", time=request.local_time(start, day.end))


async def dispute(
    request: Request,
    number: AgreementReference | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    reason: str | None,
) -> None:
    """`!mangler 1 hjørnet ved klubhuset`: dispute that reported work is done, or say what is missing after a ❌.

    Raise Ask without a reason.
    """
    said = SaidOfAgreement(number, thing, task, person)
    states = (State.DONE, State.DISPUTED)
    agreement = await choose_agreement(request, said, "dispute", states, likely_states=(State.DONE,))
    if reason is None:
        await take_step(request, agreement, Step.DISPUTE)  # raises Refused for one that cannot be disputed
        raise Ask("reason", "ask-missing", instead=("dispute", {"number": agreement.number}))
    if agreement.state is State.DISPUTED and agreement.reason:
        reason = quotable(f"{agreement.reason}; {reason}")
    after = await take_step(request, agreement, Step.DISPUTE, reason=reason)
    confirm_step(request, after, Step.DISPUTE, agreement)
    after = await update_card(request, after)
    await tell_parties(request, after, "told-dispute", [other_party(request, after)])


async def _detach_latest(request: Request, series: Agreement) -> Agreement:
    """Detach the latest time of a series that has begun. Raise Refused when none has begun."""
    begun = [span.start for span in series.negotiation.terms.spans if span.start <= request.now]
    if not begun:
        raise Refused("not-begun", number=series.number, time=series.negotiation.terms)
    remaining, latest = await detach_occurrences(request, series, begun[-1:])
    await update_card(request, remaining)
    return latest


async def cancel(
    request: Request,
    number: AgreementReference | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    which: Occurrences | None,
    day: When | None,
    reason: str | None,
) -> None:
    """`!aflys 2 regnvejr`, `!spring 7 over i uge 29`: a party cancels an agreement, or some times of a series."""
    meant_day = which.when if which else day
    is_chosen_by_day = not isinstance(number, int) and not (which and which.onward)
    said = SaidOfAgreement(number, thing, task, person, meant_day if is_chosen_by_day else None)
    agreement = await choose_agreement(request, said, "cancel", (State.PROPOSED, State.AGREED))
    if not is_at_clock(request, agreement, meant_day):
        raise Refused("not-its-clock", number=agreement.number, time=agreement.negotiation.terms)
    if not is_on_day(request, agreement, meant_day) and not agreement.negotiation.terms.is_series:
        raise Refused("no-such-time", number=agreement.number, time=agreement.negotiation.terms)
    if which is None and day is None and isinstance(number, EveryAgreement):  # the only one that fits is a series
        which = Occurrences(every=True)
    if which is None and day is not None and day.start is not None:
        which = Occurrences(day)
    settled = _settle_open_end(request, agreement, which, reason)
    if agreement.side_of(request.person.handle) and _may_mean_some_times(agreement, which):
        starts = await find_meant_starts(request, agreement, which, "ask-cancel-which")
        if len(starts) < len(agreement.negotiation.terms.spans):
            await _skip_times(request, agreement, starts, reason, settled)
            return
    step = Step.DECLINE if _is_unanswered_by(request, agreement) else Step.CANCEL
    after = await take_step(request, agreement, step, reason=reason)
    confirm_step(request, after, step, agreement, instead=settled)
    after = await update_card(request, after)
    await tell_parties(request, after, f"told-{step}", [other_party(request, after)])


def _settle_open_end(
    request: Request, agreement: Agreement, which: Occurrences | None, reason: str | None
) -> Instead | None:
    """Let the person confirm times without an end, "efter sommerferien", and return the command for all of them."""
    if which is None or which.when is None or not which.when.open_end:
        return None
    request.must_confirm = True
    values: dict[str, Any] = {
        "number": agreement.number,
        "which": Occurrences(replace(which.when, open_end=False), onward=True),
    }
    return "cancel", values | ({"reason": reason} if reason else {})


def _is_unanswered_by(request: Request, agreement: Agreement) -> bool:
    """Return whether the person has not answered the proposal yet: calling it off is a no."""
    is_proposed = agreement.state is State.PROPOSED and len(agreement.negotiation.offers) == 1
    return is_proposed and agreement.side_of(request.person.handle) is Side.ATTENDEE


def _may_mean_some_times(agreement: Agreement, which: Occurrences | None) -> bool:
    """Return whether the message may be about single times, so that not more is cancelled than the person meant.

    Raises Refused for single times of a series that is not agreed yet.
    """
    if not agreement.negotiation.terms.is_series:
        return False
    if agreement.state is State.AGREED:
        return True
    if which is not None and not which.every:
        raise Refused("answer-all-first", number=agreement.number)
    return False


async def _skip_times(
    request: Request, agreement: Agreement, starts: list[datetime], reason: str | None, instead: Instead | None
) -> None:
    after = await skip_occurrences(request, agreement, starts, reason)
    work, days = describe_work(request, agreement, request.language), describe_days(request, starts)
    said = reason or ""
    request.confirm(
        "do-skip", instead=instead, number=agreement.number, what=work, count=len(starts), reason=said, **days
    )
    await update_card(request, after)
    skipped = {"count": len(starts), "said": said, **describe_days(request, starts)}
    await tell_parties(request, after, "told-skip", [other_party(request, after)], **skipped)
