"""Sets the timers: one for each agreement, one for each person's work of the day, and one for the work of the week.

Each timer is set to the time of its next notice. That time depends on the agreements, the sent notices and the
settings, so the timers are set again whenever one of these changes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.api import Agreement, Request, Span, State, find_settings, list_agreements
from bot.api.people import Settings
from bot.features.reminders.notice import (
    Notice,
    NoticeContext,
    compute_agreement_notices,
    compute_day_notices,
    compute_week_notices,
    subject_of,
)
from bot.features.reminders.sent import find_unsent, record_notices

#: The only timer of the feature, so that all notices that are due together are one message.
TIMER = "tell"
AGREED = frozenset({State.AGREED})
#: The states in which people can be reminded of a time or of an answer that they owe.
OPEN_STATES = frozenset({State.PROPOSED, State.AGREED, State.DONE})
#: How far ahead work is read to find its next notice: a few weeks, a season, all.
_LOOK_AHEADS = (timedelta(weeks=4), timedelta(weeks=26), None)
#: The notice about a week is planned on its Monday.
_LONGEST_LEAD = timedelta(days=8)


async def load_context(request: Request, parties: Iterable[str]) -> NoticeContext:
    """Return the context of notices now, with the settings of some parties."""
    community, people = request.community, [request.find_person(party) for party in sorted({*parties})]
    settings = await find_settings(request, *people)
    room_settings = Settings(community.language, community.quiet, community.reminders.before)
    return NoticeContext(community.time_zone, community.reminders, room_settings, settings, request.now)


def parties_of(agreements: Iterable[Agreement]) -> set[str]:
    """Return both parties of each agreement."""
    return {party for agreement in agreements for party in (agreement.organizer, agreement.attendee)}


def addresses_of(request: Request, agreement: Agreement) -> dict[str, tuple[str, ...]]:
    """Return the addresses of each party of an agreement."""
    return {party: request.find_person(party).addresses for party in (agreement.organizer, agreement.attendee)}


async def update_for_step(request: Request, before: Agreement | None, after: Agreement) -> None:
    """Set the timers again after a step of an agreement.

    Reminders that were due before the time was agreed are skipped, and snoozed reminders are dropped.
    """
    parties = parties_of([after, *([before] if before else [])])
    context = await load_context(request, parties)
    agreed_before = _agreed_spans(before)
    await set_agreement_timer(request, after, context, skip_past=lambda notice: notice.span not in agreed_before)
    if before is not None:
        for address in {address for party in parties for address in request.find_person(party).addresses}:
            await request.forget(snooze_subject(after.number, address))
    if agreed_before != _agreed_spans(after):
        attendees = {after.attendee, *((before.attendee,) if before else ())}
        await set_work_timers(request, attendees, context, step=(before, after))


async def update_for_file(request: Request) -> None:
    """Set all timers again after a change of the community's file. Notices that were sent are not sent again."""
    agreements = await list_agreements(request, OPEN_STATES, of_any_feature=True)
    context = await load_context(request, parties_of(agreements))
    for agreement in agreements:
        await set_agreement_timer(request, agreement, context)
    attendees = {agreement.attendee for agreement in agreements if agreement.state is State.AGREED}
    await set_work_timers(request, attendees, context)


async def update_for_settings(request: Request) -> None:
    """Set the person's timers again after they changed their settings. Their reminders that were due are skipped."""
    party = request.person.handle
    agreements = await list_agreements(request, OPEN_STATES, party, of_any_feature=True)
    context = await load_context(request, {*parties_of(agreements), party})
    for agreement in agreements:
        await set_agreement_timer(
            request, agreement, context, skip_past=lambda notice: notice.address == request.cause.sender
        )
    await set_work_timers(request, {party}, context)


async def set_agreement_timer(
    request: Request, agreement: Agreement, context: NoticeContext, *, skip_past: Callable[[Notice], bool] | None = None
) -> None:
    """Set the timer for the next notice of an agreement. Skip those reminders of the past that `skip_past` selects."""
    unsent = await find_unsent(request, compute_agreement_notices(agreement, addresses_of(request, agreement), context))
    if skip_past is not None:
        past = [notice for notice in unsent if notice.kind == "before" and notice.planned <= context.now]
        skipped = [notice for notice in past if skip_past(notice)]
        await record_notices(request, skipped, sent=False)
        unsent = [notice for notice in unsent if notice not in skipped]
    await _set_timer(request, subject_of(agreement), unsent)


async def set_work_timers(
    request: Request,
    attendees: Collection[str],
    context: NoticeContext,
    *,
    step: tuple[Agreement | None, Agreement] | None = None,
) -> None:
    """Set the timers for the notices about the work of a day, one for each party, and about the work of the week.

    When a `step` adds work to a day or week whose notice would have been sent earlier, the notice is skipped and not
    sent late.
    """
    for party in attendees:
        addresses = request.find_person(party).addresses
        of_day = {f"day {address}": partial(compute_day_notices, context, address) for address in addresses}
        await _set_work_timers_of(request, party, of_day, step)
    await _set_work_timers_of(request, None, {"week": partial(compute_week_notices, context)}, step)


async def find_agreed_until(request: Request, until: datetime | None, attendee: str | None = None) -> list[Agreement]:
    """Return the agreements with a time from this week on and before `until` (None: ever), of one attendee or all."""
    today = request.local(request.now).date()
    monday = request.moment(today - timedelta(days=today.weekday()))
    window = Span(monday, until) if until else Span.since(monday)
    found = await list_agreements(request, AGREED, attendee, of_any_feature=True, window=window)
    return [agreement for agreement in found if attendee in (None, agreement.attendee)]


def spans_of(agreed: Iterable[Agreement]) -> list[Span]:
    """Return all times of agreements."""
    return [span for agreement in agreed for span in agreement.negotiation.terms.spans]


def snooze_subject(number: int, address: str) -> str:
    """Return the subject of the timer for an agreement that the person at an address has snoozed."""
    return f"later {number} {address}"


async def _set_work_timers_of(
    request: Request,
    attendee: str | None,
    notices_by_subject: Mapping[str, Callable[[Iterable[Span]], list[Notice]]],
    step: tuple[Agreement | None, Agreement] | None,
) -> None:
    """Set the timer of each subject for its next notice about the work of an attendee, or of everybody (None).

    Notices of the past that did not exist before the step are skipped. The next notice is mostly near, so the
    agreements of the next weeks are read first, once for all subjects.
    """
    remaining = dict(notices_by_subject)
    for look_ahead in _LOOK_AHEADS:
        until = request.now + look_ahead if look_ahead else None
        agreed = await find_agreed_until(request, until, attendee)
        spans_before, spans = spans_of(_before_step(agreed, attendee, step)), spans_of(agreed)
        for subject, compute_notices in [*remaining.items()]:
            unsent = await find_unsent(request, compute_notices(spans))
            keys_before = {notice.key for notice in compute_notices(spans_before)}
            skipped = [notice for notice in unsent if notice.key not in keys_before and notice.planned <= request.now]
            await record_notices(request, skipped, sent=False)
            unsent = [notice for notice in unsent if notice not in skipped]
            # Until then no agreement that was not read has an earlier notice.
            if until is None or any(notice.send_at < until - _LONGEST_LEAD for notice in unsent):
                await _set_timer(request, subject, unsent)
                del remaining[subject]
        if not remaining:
            return


def _before_step(
    agreed: list[Agreement], attendee: str | None, step: tuple[Agreement | None, Agreement] | None
) -> list[Agreement]:
    """Return the agreed agreements as they were before a step."""
    if step is None:
        return agreed
    before, after = step
    others = [agreement for agreement in agreed if agreement.number != after.number]
    was_agreed = before is not None and _agreed_spans(before) and attendee in (None, before.attendee)
    return [*others, before] if was_agreed and before is not None else others


async def _set_timer(request: Request, subject: str, unsent: list[Notice]) -> None:
    if unsent:
        await request.remind(TIMER, subject, min(notice.send_at for notice in unsent))
    else:
        await request.forget(subject)


def _agreed_spans(agreement: Agreement | None) -> tuple[Span, ...]:
    """Return the times of an agreement if it is agreed, else an empty tuple."""
    return agreement.negotiation.terms.spans if agreement and agreement.state is State.AGREED else ()
