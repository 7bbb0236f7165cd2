"""Saves a step of an agreement: its row, reservations and history.

Then calls the hooks of the features that follow it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Terms
from bot.agreements.states import Side, State, Step
from bot.api.feature import Request
from bot.errors import Refused
from bot.store.agreements import agreements as rows
from bot.store.agreements.agreements import Agreement
from bot.store.agreements.history import insert_history_entry
from bot.store.agreements.terms import terms_to_json


def decide_step(
    agreement: Agreement, step: Step, side: Side, *, terms: Terms | None = None, revision: int | None = None
) -> Negotiation:
    """Return the negotiation after a step. Raises `Refused` with the agreement's number when it is not allowed."""
    try:
        return decide(agreement.negotiation, step, side, revision=revision, terms=terms)
    except Refused as refused:
        raise Refused(refused.key, number=agreement.number, reason=agreement.reason) from None


async def create_agreement(
    request: Request, negotiation: Negotiation, step: Step, by: str, columns: Mapping[str, Any]
) -> Agreement:
    """Save the new agreement of a step, and its reservations. Raises `Refused` when the thing is held."""
    try:
        async with request.db.begin_nested():
            agreement = await rows.create_agreement(request.db, request.now, negotiation, **columns)
    except IntegrityError:
        raise Refused("agreement-taken-meanwhile") from None
    await _record(request, None, agreement, step, by, None)
    return agreement


async def save_step(
    request: Request,
    agreement: Agreement,
    negotiation: Negotiation,
    step: Step,
    reason: str | None,
    **columns: str | None,
) -> Agreement:
    """Save the negotiation after a step, and replace the reservations by those of its times.

    `columns` are further columns of the agreement that change. The history names the person, also a maintainer who is
    no party; a step of the clock has no name. Raises `Refused` when the thing is held.
    """
    # the reason for leaving out some times is not the reason of the whole agreement
    is_about_all = step is not Step.SKIP and (step is not Step.CLEAR or negotiation.state is State.CANCELLED)
    shown = reason if is_about_all else None
    if step is Step.DONE:  # what was missing before a new report is history
        shown = ""
    try:
        async with request.db.begin_nested():
            after = await rows.update_agreement(request.db, agreement, negotiation, request.now, shown, **columns)
    except IntegrityError:
        raise Refused("agreement-taken-meanwhile") from None
    is_party = after.side_of(request.person.handle) is not None
    by_clock = step in (Step.LAPSE, Step.MISS) or not (is_party or step is Step.CLEAR)
    await _record(request, agreement, after, step, "" if by_clock else request.person.handle, reason)
    return after


async def _record(
    request: Request, before: Agreement | None, after: Agreement, step: Step, by: str, reason: str | None
) -> None:
    """Add the step to the history, and call every feature's `on_agreement`."""
    offer = after.negotiation.newest_offer or after.negotiation.standing
    await insert_history_entry(
        request.db,
        agreement_id=after.id,
        at=request.now,
        who=by,
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
    for feature in request.features:
        if feature.on_agreement is not None:
            with request.as_feature(feature):
                await feature.on_agreement(request, before, after)
