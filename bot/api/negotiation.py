"""Agreements for features: proposed, answered, looked up, each step checked by the rules and written in the history."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Offer, Terms, start_negotiation
from bot.agreements.states import Side, State, Step
from bot.api.request import Request
from bot.api.series import drop_occurrences
from bot.config.community import Person, Task, Thing
from bot.errors import Refused
from bot.store.agreements import agreements as rows
from bot.store.agreements import history
from bot.store.agreements.agreements import Agreement
from bot.store.agreements.history import HistoryEntry, insert_history_entry
from bot.store.agreements.terms import terms_to_json


async def propose(
    request: Request, *, attendee: Person, terms: Terms, thing: Thing | None = None, task: Task | None = None
) -> Agreement:
    """Ask somebody for something at a time: a new agreement, holding its thing (REQUEST, RFC 5546 section 3.2.2).

    Raises `Refused` when one asks oneself, the time is past, too much is unanswered, or the thing is held (ask
    `obstacles` first, which says by whom, and what else is in the way).
    """
    if attendee.handle == request.person.handle:
        raise Refused("agreement-with-oneself")
    _check_time(request, terms)
    await _check_patience(request)
    try:
        async with request.db.begin_nested():
            made = await rows.create_agreement(
                request.db,
                request.now,
                start_negotiation(terms),
                community=request.community.key,
                feature=request.feature,
                thing=thing.key if thing else None,
                task=task.key if task else None,
                organizer=request.person.handle,
                attendee=attendee.handle,
            )
    except IntegrityError:
        raise Refused("agreement-taken-meanwhile") from None
    await _taken(request, None, made, Step.PROPOSE, request.person.handle, None)
    return made


async def correct_proposal(
    request: Request, agreement: Agreement, *, attendee: Person, terms: Terms, thing: Thing | None, task: Task | None
) -> Agreement:
    """Let the person say otherwise what they asked for, while nobody has answered; the agreement after it.

    Raises `Refused` when it is not theirs, was answered, or the thing is held.
    """
    side = agreement.side_of(request.person.handle)
    if side is None:
        raise _not_a_party(request, agreement)
    if attendee.handle == request.person.handle:
        raise Refused("agreement-with-oneself")
    _check_time(request, terms)
    talk = _decided(agreement, Step.CORRECT, side, terms, None)
    about = {"attendee": attendee.handle, "thing": thing.key if thing else None, "task": task.key if task else None}
    return await save_step(request, agreement, talk, Step.CORRECT, None, **about)


async def take_step(
    request: Request,
    agreement: Agreement,
    step: Step,
    *,
    terms: Terms | None = None,
    revision: int | None = None,
    reason: str | None = None,
) -> Agreement:
    """Let the person take a step in an agreement; the agreement after it.

    `revision` is the one they answered, `terms` what a counter offers. Raises `Refused` when the step is not theirs,
    came too late, or wants a time at which the thing is held.
    """
    side = agreement.side_of(request.person.handle)
    if side is None:
        raise _not_a_party(request, agreement)
    if step is Step.COUNTER and terms is not None:
        _check_time(request, terms)
    talk = _decided(agreement, step, side, terms, revision)
    return await save_step(request, agreement, talk, step, reason)


async def skip_occurrences(
    request: Request, agreement: Agreement, starts: Collection[datetime], reason: str | None
) -> Agreement:
    """Leave some times out of a series (CANCEL with RECURRENCE-ID, RFC 5546 section 3.2.5); all is to cancel it."""
    left = drop_occurrences(request, agreement.negotiation.terms, starts)
    return await take_step(request, agreement, Step.SKIP, terms=left, reason=reason)


async def detach_occurrences(
    request: Request, agreement: Agreement, starts: Collection[datetime]
) -> tuple[Agreement, Agreement]:
    """Make some times of a series an agreement of their own, which stands as the series did: the rest, and the new one.

    By the person, or by the clock in a timer. The new one has no card until it is shown.
    """
    terms = agreement.negotiation.terms
    side = agreement.side_of(request.person.handle) or Side.CLOCK
    talk = _decided(agreement, Step.PART, side, drop_occurrences(request, terms, starts), None)
    assert talk.standing is not None, "what is agreed stands"
    mine = drop_occurrences(request, terms, [span.start for span in terms.spans if span.start not in starts])
    assert mine is not None, "the times are times of the series"
    rest = await save_step(request, agreement, talk, Step.PART, None)
    own = Negotiation(State.AGREED, 0, Offer(0, talk.standing.by, mine), ())
    made = await _make(request, own, agreement, series=agreement.id, recurrence=mine.start)
    await _taken(request, None, made, Step.PART, "" if side is Side.CLOCK else request.person.handle, None)
    return rest, made


async def _make(request: Request, talk: Negotiation, like: Agreement, **more: Any) -> Agreement:
    names = ("community", "feature", "thing", "task", "organizer", "attendee")
    return await rows.create_agreement(
        request.db, request.now, talk, **{name: getattr(like, name) for name in names}, **more
    )


async def take_clock_step(request: Request, agreement: Agreement, step: Step) -> Agreement:
    """Let the clock take its step: LAPSE or MISS."""
    return await save_step(request, agreement, decide(agreement.negotiation, step, Side.CLOCK), step, None)


async def find_agreement(request: Request, number: int | str, *, of_any_feature: bool = False) -> Agreement:
    """The agreement with a number in this room. Raises `Refused` where there is none, or it is another feature's."""
    found = await rows.find_by_number(request.db, request.community.key, int(number))
    if found is None or not (of_any_feature or found.feature == request.feature):
        raise Refused("agreement-unknown", number=number)
    return found


async def find_series(request: Request, agreement: Agreement) -> Agreement | None:
    """The series that an agreement was one time of, None for one that never was."""
    return await rows.find_by_id(request.db, agreement.series) if agreement.series else None


async def list_agreements(
    request: Request, states: frozenset[State], party: str | None = None, *, of_any_feature: bool = False
) -> list[Agreement]:
    """The room's agreements in some states, of one party where it is named; the feature's own, or everybody's."""
    found = await rows.find_agreements(request.db, request.community.key, states, party)
    return [agreement for agreement in found if of_any_feature or agreement.feature == request.feature]


async def find_history(request: Request, agreement: Agreement) -> list[HistoryEntry]:
    """How an agreement came about, oldest first."""
    return await history.find_history(request.db, agreement.id)


async def set_card(request: Request, agreement: Agreement, card: int) -> Agreement:
    """Remember which card shows an agreement. A community that moves leaves its cards behind: then there is none."""
    await rows.set_card(request.db, agreement.id, card)
    return replace(agreement, card=card)


async def _check_patience(request: Request) -> None:
    """Proposals hold their time: whoever could make any number of them would have the whole summer."""
    limit = request.community.limits.proposals
    if limit is None:
        return
    unanswered = await rows.find_agreements(
        request.db, request.community.key, frozenset({State.PROPOSED}), request.person.handle
    )
    if sum(one.organizer == request.person.handle for one in unanswered) >= limit:
        raise Refused("agreement-too-many-open", limit=limit)


def _check_time(request: Request, terms: Terms) -> None:
    if terms.end <= terms.start:
        raise ValueError(f"it would end before it begins: {terms}")
    if terms.start <= request.now:
        raise Refused("time-is-past", time=terms)


def _not_a_party(request: Request, agreement: Agreement) -> Refused:
    parties = {
        "organizer": request.find_person(agreement.organizer),
        "attendee": request.find_person(agreement.attendee),
    }
    return Refused("agreement-not-a-party", number=agreement.number, **parties)


def _decided(agreement: Agreement, step: Step, side: Side, terms: Terms | None, revision: int | None) -> Negotiation:
    try:
        return decide(agreement.negotiation, step, side, revision=revision, terms=terms)
    except Refused as no:
        raise Refused(no.key, number=agreement.number, reason=agreement.reason) from None


async def save_step(
    request: Request, agreement: Agreement, talk: Negotiation, step: Step, reason: str | None, **about: str | None
) -> Agreement:
    """Write what a step led to and hold what it is about now; a step of the clock has no name, a maintainer's has."""
    try:
        async with request.db.begin_nested():
            of_all = step is not Step.SKIP and (step is not Step.CLEAR or talk.state is State.CANCELLED)
            kept = reason if of_all else None  # it says why some times are left out, not why all are
            after = await rows.update_agreement(request.db, agreement, talk, request.now, kept, **about)
    except IntegrityError:
        raise Refused("agreement-taken-meanwhile") from None
    is_party = after.side_of(request.person.handle) is not None
    by_clock = step in (Step.LAPSE, Step.MISS) or not (is_party or step is Step.CLEAR)
    who = "" if by_clock else request.person.handle
    await _taken(request, agreement, after, step, who, reason)
    return after


async def _taken(
    request: Request, before: Agreement | None, after: Agreement, step: Step, who: str, reason: str | None
) -> None:
    """Write the step in the history, and let every feature of the room put right what hangs on the agreement."""
    await _record(request, after, step, who, reason)
    for feature in request.features:
        if feature.on_agreement is not None:
            with request.as_feature(feature):
                await feature.on_agreement(request, before, after)


async def _record(request: Request, after: Agreement, step: Step, who: str, reason: str | None) -> None:
    offer = after.negotiation.newest_offer or after.negotiation.standing
    await insert_history_entry(
        request.db,
        agreement_id=after.id,
        at=request.now,
        who=who,
        address=request.cause.sender,
        step=str(step),
        state=str(after.state),
        revision=after.negotiation.revision,
        start=offer.terms.start if offer else None,
        end=offer.terms.end if offer else None,
        terms=terms_to_json(offer.terms) if offer and offer.terms.is_series else None,
        reason=reason,
        inbox_id=request.cause.id,
    )
