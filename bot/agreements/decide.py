"""Decides what a step does to a negotiation.

TRANSITIONS alone says which steps are allowed and which state they lead to. The functions here change the offers.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.agreements.negotiation import Negotiation, Offer, Terms
from bot.agreements.states import TRANSITIONS, IfRemains, Side, State, Step
from bot.errors import Refused

#: Takes terms and returns those of their times that remain: the same object when all remain, None when none remains.
RemainingTerms = Callable[[Terms], Terms | None]


def decide(
    negotiation: Negotiation,
    step: Step,
    side: Side,
    *,
    revision: int | None = None,
    terms: Terms | None = None,
    remaining: RemainingTerms | None = None,
) -> Negotiation:
    """Return the negotiation after `side` has taken `step`.

    `revision` is the revision that an answer was given to (None: the newest). The meaning of `terms` depends on the
    step. COUNTER and CORRECT: the terms to offer. SKIP and PART: the remaining terms of the series (None: none remain).
    CLEAR: the terms that the maintainer offers if no offer remains. `remaining` is for CLEAR only and is called with
    the terms of each offer.

    Raises Refused with a key of the core catalogue when the step is not allowed, or came too late.
    """
    transition = _find_transition(negotiation.state, step, side)
    changed = _change_offers(negotiation, step, side, revision, terms, remaining)
    return replace(changed or _close(negotiation), state=_resolve_state(transition, changed))


def _find_transition(state: State, step: Step, side: Side) -> State | IfRemains:
    if not any((step, side) == (allowed_step, allowed_side) for _, allowed_step, allowed_side in TRANSITIONS):
        raise Refused(f"agreement-not-yours-{step}")
    transition = TRANSITIONS.get((state, step, side))
    if transition is None:
        raise Refused(f"agreement-is-{state}")
    return transition


def _resolve_state(transition: State | IfRemains, changed: Negotiation | None) -> State:
    if isinstance(transition, State):
        return transition
    if changed is None:
        state = transition.nothing
    else:
        state = transition.agreed_time if changed.standing else transition.open_offer
    assert state is not None, "the table has a state for every case that can occur"
    return state


def _change_offers(
    negotiation: Negotiation,
    step: Step,
    side: Side,
    revision: int | None,
    terms: Terms | None,
    remaining: RemainingTerms | None,
) -> Negotiation | None:
    """Return the negotiation with the offers that remain after the step, in the old state; None when no offer remains.

    Raises Refused when the offers do not allow the step.
    """
    match step:
        case Step.CORRECT:
            assert terms is not None, "a correction has terms"
            return _correct(negotiation, terms)
        case Step.COUNTER:
            assert terms is not None, "a counter has terms"
            return _counter(negotiation, side, terms)
        case Step.ACCEPT:
            return _accept(negotiation, side, revision)
        case Step.DECLINE:
            return _decline(negotiation, revision)
        case Step.SKIP | Step.PART:
            return _remove_times(negotiation, terms)
        case Step.CLEAR:
            assert remaining is not None, "CLEAR needs to know what remains"
            return _clear(negotiation, remaining, terms)
        case Step.DONE:
            return _report_done(negotiation)
        case Step.CONFIRM | Step.DISPUTE if revision not in (None, negotiation.revision):
            raise Refused("agreement-changed-meanwhile")
        case _:  # CANCEL, CONFIRM, DISPUTE, LAPSE, MISS: no offer is left to answer
            return None


def _close(negotiation: Negotiation) -> Negotiation:
    """Return the negotiation without open offers.

    They stay when none was ever accepted, so that their time can be shown.
    """
    return replace(negotiation, offers=()) if negotiation.standing else negotiation


def _correct(negotiation: Negotiation, terms: Terms) -> Negotiation:
    if any(offer.by is not Side.ORGANIZER for offer in negotiation.offers):
        raise Refused("agreement-changed-meanwhile")
    offer = Offer(negotiation.revision + 1, Side.ORGANIZER, terms)
    return replace(negotiation, revision=offer.revision, offers=(offer,))


def _counter(negotiation: Negotiation, side: Side, terms: Terms) -> Negotiation:
    newest_offer = negotiation.newest_offer
    if newest_offer is None:
        assert negotiation.standing is not None, "an agreement without an open offer has an accepted one"
        if terms == negotiation.standing.terms:
            raise Refused("agreement-same-as-agreed")
    elif terms == newest_offer.terms:
        raise Refused("agreement-same-as-own" if newest_offer.by is side else "agreement-same-time")
    replaces_own = newest_offer is not None and newest_offer.by is side
    below = negotiation.offers[:-1] if replaces_own else negotiation.offers
    offer = Offer(negotiation.revision + 1, side, terms)
    return replace(negotiation, revision=offer.revision, offers=(*below, offer))


def _accept(negotiation: Negotiation, side: Side, revision: int | None) -> Negotiation:
    offer = _find_answered_offer(negotiation, revision)
    if offer.by is side:
        raise Refused("agreement-own-offer")
    if offer.by is Side.MAINTAINER:  # both parties have to accept: from now on it is this side's offer to the other one
        return replace(negotiation, offers=(*negotiation.offers[:-1], replace(offer, by=side)))
    return replace(negotiation, standing=offer, offers=())


def _decline(negotiation: Negotiation, revision: int | None) -> Negotiation | None:
    _find_answered_offer(negotiation, revision)
    offers_below = negotiation.offers[:-1]
    if not offers_below and not negotiation.standing:
        return None
    return replace(negotiation, offers=offers_below)


def _find_answered_offer(negotiation: Negotiation, revision: int | None) -> Offer:
    """Return the newest open offer. Raises Refused when no offer is open, or when another revision was answered."""
    newest_offer = negotiation.newest_offer
    if newest_offer is None:
        raise Refused("agreement-nothing-open")
    if revision is not None and revision != newest_offer.revision:
        raise Refused("agreement-changed-meanwhile")
    return newest_offer


def _remove_times(negotiation: Negotiation, remaining: Terms | None) -> Negotiation | None:
    """Return the negotiation with the remaining times as the accepted offer, under a new revision.

    Raises Refused while a change of the whole series is offered: whether the removed times belong to that offer is
    unknown.
    """
    assert negotiation.standing is not None, "an agreed series has an accepted offer"
    if negotiation.offers:
        raise Refused("agreement-answer-first")
    if remaining is None:
        return None
    standing = replace(negotiation.standing, revision=negotiation.revision + 1, terms=remaining)
    return replace(negotiation, revision=standing.revision, standing=standing)


def _clear(negotiation: Negotiation, remaining: RemainingTerms, maintainers_terms: Terms | None) -> Negotiation | None:
    """Return the negotiation without the cleared times in its accepted offer and its open offers.

    An offer that loses some of its times gets a new revision, since nobody has answered the reduced offer. An offer
    that loses all its times is dropped. When no offer remains, the maintainer's terms (if any) are offered to both
    parties.
    """
    revision = negotiation.revision

    def reduce(offer: Offer | None) -> Offer | None:
        nonlocal revision
        terms = remaining(offer.terms) if offer else None
        if offer is None or terms is None:
            return None
        if terms == offer.terms:
            return offer
        revision += 1
        return replace(offer, revision=revision, terms=terms)

    standing = reduce(negotiation.standing)
    offers = tuple(offer for offer in map(reduce, negotiation.offers) if offer)
    if not standing and not offers:
        if maintainers_terms is None:
            return None
        revision += 1
        offers = (Offer(revision, Side.MAINTAINER, maintainers_terms),)
    return replace(negotiation, revision=revision, standing=standing, offers=offers)


def _report_done(negotiation: Negotiation) -> Negotiation:
    """Return the negotiation with a new revision for the report that the work is done.

    The organizer confirms or disputes that revision, as an offer is accepted or declined by its revision.
    """
    if negotiation.standing and negotiation.standing.terms.is_series:
        raise Refused("agreement-done-which")
    return replace(negotiation, revision=negotiation.revision + 1, offers=())
