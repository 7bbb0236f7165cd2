"""The steps that people take in an agreement: propose, correct, counter, accept, decline and the others."""

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Offer, Terms, start_negotiation
from bot.agreements.states import Side, State, Step
from bot.api.agreements.save_step import create_agreement, decide_step, save_step
from bot.api.feature import Request
from bot.config.community import Person, Task, Thing
from bot.errors import Refused
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import Agreement, count_agreements


async def propose(
    request: Request,
    *,
    attendee: Person,
    terms: Terms,
    thing: Thing | None = None,
    task: Task | None = None,
    purpose: str | None = None,
) -> Agreement:
    """Propose a time to somebody: create an agreement, which reserves its thing (REQUEST, RFC 5546 section 3.2.2).

    Without a task the organizer wants to use the thing, for a `purpose` in their own words.

    Raises `Refused` when people propose to themselves, the time is past, too many of the person's proposals are
    unanswered, or the thing is held. Call `find_obstacles` before: it says who holds the thing, and returns every other
    obstacle.
    """
    if attendee.handle == request.person.handle:
        raise Refused("agreement-with-oneself")
    _check_time(request, terms)
    await _check_open_proposals(request)
    return await _create(request, start_negotiation(terms), attendee, thing, task, purpose)


async def reserve(request: Request, *, terms: Terms, thing: Thing, purpose: str | None = None) -> Agreement:
    """Reserve a thing for the requesting person's own use: create an agreement that stands without anybody's answer.

    The person is both its organizer and its attendee. Raises `Refused` when the time is past, or the thing is held.
    """
    _check_time(request, terms)
    negotiation = Negotiation(State.AGREED, 0, Offer(0, Side.ORGANIZER, terms), ())
    return await _create(request, negotiation, request.person, thing, None, purpose)


async def _create(
    request: Request,
    negotiation: Negotiation,
    attendee: Person,
    thing: Thing | None,
    task: Task | None,
    purpose: str | None,
) -> Agreement:
    """Create an agreement of the requesting person with the attendee."""
    columns = {
        "community": request.community.key,
        "feature": request.feature,
        "thing": thing.key if thing else None,
        "task": task.key if task else None,
        "organizer": request.person.handle,
        "attendee": attendee.handle,
        "purpose": purpose,
    }
    return await create_agreement(request, negotiation, Step.PROPOSE, request.person.handle, columns)


async def correct_proposal(
    request: Request, agreement: Agreement, *, attendee: Person, terms: Terms, thing: Thing | None, task: Task | None
) -> Agreement:
    """Replace the requesting person's own proposal, which nobody has answered yet. Returns the corrected agreement.

    Raises `Refused` when the proposal is somebody else's, was answered, or the thing is held.
    """
    side = _side_of_person(request, agreement)
    if attendee.handle == request.person.handle:
        raise Refused("agreement-with-oneself")
    _check_time(request, terms)
    negotiation = decide_step(agreement, Step.CORRECT, side, terms=terms)
    columns = {
        "attendee": attendee.handle,
        "thing": thing.key if thing else None,
        "task": task.key if task else None,
        "purpose": None if task else agreement.purpose,
    }
    return await save_step(request, agreement, negotiation, Step.CORRECT, None, **columns)


async def take_step(
    request: Request,
    agreement: Agreement,
    step: Step,
    *,
    terms: Terms | None = None,
    revision: int | None = None,
    reason: str | None = None,
) -> Agreement:
    """Take a step in an agreement for the requesting person. Returns the agreement after the step.

    `revision` is the revision that the person answered (None: the newest), `terms` are the terms of a counter. Raises
    `Refused` when the person may not take the step, when it came too late, or when it needs a time at which the thing
    is held.
    """
    side = _side_of_person(request, agreement)
    if step is Step.COUNTER and terms is not None:
        _check_time(request, terms)
    negotiation = decide_step(agreement, step, side, terms=terms, revision=revision)
    if agreement.is_own and negotiation.newest_offer and negotiation.newest_offer.by is side:
        negotiation = decide(negotiation, Step.ACCEPT, side.other)  # there is nobody else to ask
    return await save_step(request, agreement, negotiation, step, reason)


async def take_clock_step(request: Request, agreement: Agreement, step: Step) -> Agreement:
    """Take a step that is due because time has passed.

    LAPSE for an unanswered proposal, MISS for unreported work, CONFIRM for a use that is over.
    """
    return await save_step(request, agreement, decide_step(agreement, step, Side.CLOCK), step, None)


def _side_of_person(request: Request, agreement: Agreement) -> Side:
    side = agreement.side_of(request.person.handle)
    if side is None:
        organizer, attendee = request.find_person(agreement.organizer), request.find_person(agreement.attendee)
        raise Refused("agreement-not-a-party", number=agreement.number, organizer=organizer, attendee=attendee)
    return side


def _check_time(request: Request, terms: Terms) -> None:
    if terms.end <= terms.start:
        raise ValueError(f"it would end before it begins: {terms}")
    if terms.start <= request.now:
        raise Refused("time-is-past", time=terms)


async def _check_open_proposals(request: Request) -> None:
    """Raise `Refused` when the person has as many unanswered proposals as the community allows.

    Proposals reserve their time, and nobody may reserve the whole summer.
    """
    limit = request.community.limits.proposals
    if limit is None:
        return
    organizer = request.person.handle
    proposed = AgreementFilter(request.community.key, {State.PROPOSED}, organizer=organizer)
    if await count_agreements(request.db, proposed) >= limit:
        raise Refused("agreement-too-many-open", limit=limit)
