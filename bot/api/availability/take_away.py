"""Takes a thing away for a time: clears the agreements that need it then.

To clear an agreement is to take its times away. The agreement is cancelled, a series loses single times, or both
parties are offered another time.
"""

from collections.abc import Callable, Sequence

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Terms
from bot.agreements.states import Side, State, Step
from bot.api.agreements.occurrences import detach_occurrences
from bot.api.agreements.save_step import save_step
from bot.api.agreements.series import drop_occurrences
from bot.api.availability.free_times import find_next_free
from bot.api.availability.reservations import find_reservations
from bot.api.feature import Request
from bot.api.request.hook_types import AffectedAgreement, ClearedAgreement
from bot.config.community import Thing
from bot.languages.catalogue import Text
from bot.span import Span
from bot.store.agreements.agreements import Agreement

#: Returns whether the thing is taken away at a time.
_IsLost = Callable[[Span], bool]

_OPEN_STATES = frozenset({State.PROPOSED, State.AGREED})


async def find_affected_agreements(request: Request, thing: Thing, window: Span) -> list[AffectedAgreement]:
    """Return every agreement and proposal about a thing that has a time in a window, by number.

    Times that have begun are not affected: work that is going on is finished.
    """
    is_lost = _lost_in(request, window)
    reservations = await find_reservations(request, thing, window)
    agreements = {reservation.agreement.id: reservation.agreement for reservation in reservations}
    affected = [
        AffectedAgreement(agreement, _lost_times(agreement.negotiation, is_lost))
        for agreement in agreements.values()
        if agreement.state in _OPEN_STATES
    ]
    return sorted((one for one in affected if one.times), key=lambda one: one.agreement.number)


async def clear_agreements(
    request: Request,
    thing: Thing,
    window: Span,
    affected: Sequence[AffectedAgreement],
    why: Text,
    *,
    move: bool = False,
) -> list[ClearedAgreement]:
    """Take their times in a window from these agreements, and call `on_cleared` of each feature to tell the parties.

    Call it after the reason has become an obstacle (`Feature.obstacles`), so that no other time in the window is
    offered. A series loses only its affected times. With `move`, both parties are offered the next free time for each
    lost one; it stands when both accept. Moving needs a feature with `on_cleared`, a series without open offers, and a
    free time within a year; otherwise the time is lost.
    """
    is_lost = _lost_in(request, window)
    cleared: list[ClearedAgreement] = []
    for one in affected:
        negotiation = one.agreement.negotiation
        can_move = move and _has_hook(request, one.agreement)
        is_settled_series = (
            negotiation.terms.is_series and one.agreement.state is State.AGREED and not negotiation.offers
        )
        if can_move and is_settled_series:
            cleared += await _move_each_time(request, thing, one, is_lost, why)
        else:
            instead = await _find_other_terms(request, thing, one.agreement) if can_move else None
            cleared.append(await _clear(request, one, is_lost, why, instead))
    await _tell_of_cleared(request, cleared)
    return cleared


async def _move_each_time(
    request: Request, thing: Thing, affected: AffectedAgreement, is_lost: _IsLost, why: Text
) -> list[ClearedAgreement]:
    """Detach each affected time of a series as a new agreement, and offer another time for it."""
    series, moved = affected.agreement, list[ClearedAgreement]()
    for time in affected.times:
        series, detached = await detach_occurrences(request, series, [time.start])
        instead = await _find_other_terms(request, thing, detached)
        moved.append(await _clear(request, AffectedAgreement(detached, (time,)), is_lost, why, instead))
    return [ClearedAgreement(series, (), why), *moved]


async def _find_other_terms(request: Request, thing: Thing, agreement: Agreement) -> Terms | None:
    """Return the terms to offer instead; None for a series, and when no time is free."""
    terms = agreement.negotiation.terms
    if terms.is_series:
        return None
    free = await find_next_free(request, thing, terms.span, task=request.community.task(agreement.task or ""))
    return Terms.once(free) if free else None


async def _clear(
    request: Request, affected: AffectedAgreement, is_lost: _IsLost, why: Text, instead: Terms | None
) -> ClearedAgreement:
    def remaining_terms(terms: Terms) -> Terms | None:
        lost = [span.start for span in terms.spans if is_lost(span)]
        return drop_occurrences(request, terms, lost) if lost else terms

    agreement = affected.agreement
    negotiation = decide(agreement.negotiation, Step.CLEAR, Side.MAINTAINER, remaining=remaining_terms, terms=instead)
    after = await save_step(request, agreement, negotiation, Step.CLEAR, str(why))
    return ClearedAgreement(after, affected.times, why)


def _lost_in(request: Request, window: Span) -> _IsLost:
    return lambda span: request.now < span.start and span.overlaps(window)


def _lost_times(negotiation: Negotiation, is_lost: _IsLost) -> tuple[Span, ...]:
    return tuple(sorted({span for terms in negotiation.open_terms for span in terms.spans if is_lost(span)}))


def _has_hook(request: Request, agreement: Agreement) -> bool:
    return any(agreement.feature in feature.names and feature.on_cleared for feature in request.features)


async def _tell_of_cleared(request: Request, cleared: Sequence[ClearedAgreement]) -> None:
    """Call the hook of each agreement's feature. When the feature has no hook, tell the parties in the core's words."""
    for name in dict.fromkeys(one.agreement.feature for one in cleared):
        of_feature = [one for one in cleared if one.agreement.feature == name]
        feature = next((feature for feature in request.features if name in feature.names), None)
        if feature is not None and feature.on_cleared is not None:
            with request.as_feature(feature):
                await feature.on_cleared(request, of_feature)
        else:
            for one in of_feature:
                await _tell_parties(request, one)


async def _tell_parties(request: Request, cleared: ClearedAgreement) -> None:
    agreement = cleared.agreement
    parties = [request.find_person(agreement.organizer), request.find_person(agreement.attendee)]
    await request.tell(
        "cleared",
        under=agreement.card,
        notify=parties,
        number=agreement.number,
        time=agreement.negotiation.terms,
        why=cleared.why,
        parties=parties,
        cancelled=cleared.is_cancelled,
    )
