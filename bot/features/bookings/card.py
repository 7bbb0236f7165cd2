"""The card of an agreement: its text in each state, and the timers of that state."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bot.api import NO, YES, Agreement, Person, Request, Side, State, set_card
from bot.api.agreements import Offer, describe_work, find_series

#: How long after the end of agreed work the bot asks whether it was done.
FOLLOW_UP_AFTER = timedelta(hours=2)


async def render_card(request: Request, agreement: Agreement) -> tuple[str, dict[str, Any]]:
    """Return the text key of the card for the present state of the agreement, and the values of its placeholders.

    An agreement that was one time of a series says so behind what it is about.
    """
    negotiation = agreement.negotiation
    series = await find_series(request, agreement)
    what: object = describe_work(request, agreement)
    if series is not None:
        what = request.text("what-of-series", request.community.language, what=what, series=series.number)
    values = {
        "number": agreement.number,
        "what": what,
        "use": agreement.is_use,
        "time": negotiation.terms,
        "organizer": request.find_person(agreement.organizer),
        "attendee": request.find_person(agreement.attendee),
        "waits": describe_waiting(request, agreement),
        "offers": [{"by": _offered_by(request, agreement, offer), "time": offer.terms} for offer in negotiation.offers],
        "reason": agreement.reason or "",
    }
    return f"card-{_card_kind(agreement)}", values


def _card_kind(agreement: Agreement) -> str:
    """Return the kind of card: the state, or a word for an open offer that changes how the state is shown.

    displaced: the time was taken away, and other times are offered. countered: another time is offered in answer to the
    proposal. change: another time is offered for an agreement that stands.
    """
    negotiation = agreement.negotiation
    if negotiation.state is State.PROPOSED and negotiation.offers[0].by is not Side.ORGANIZER:
        return "displaced"
    if negotiation.state is State.PROPOSED and len(negotiation.offers) > 1:
        return "countered"
    if negotiation.state is State.AGREED and negotiation.newest_offer:
        return "change"
    return str(negotiation.state)


def describe_waiting(request: Request, agreement: Agreement, language: str | None = None) -> object:
    """Return the party whose answer is awaited, or a text that names both parties; "" when no answer is awaited."""
    parties = dict.fromkeys(agreement.party(side) for side in agreement.negotiation.awaited_sides)
    people = [request.find_person(party) for party in parties]
    if len(people) > 1:
        return request.text("both", language or request.community.language, one=people[0], other=people[1])
    return people[0] if people else ""


def _offered_by(request: Request, agreement: Agreement, offer: Offer) -> object:
    """Return the party that made an offer; "" for an offer of the bot, which offers times when a thing is closed."""
    return "" if offer.by is Side.MAINTAINER else request.find_person(agreement.party(offer.by))


async def put_card(request: Request, agreement: Agreement, notify: Iterable[Person] = ()) -> Agreement:
    """Send a new card, with ✅ and ❌ under it when an answer is awaited. Return the agreement with that card."""
    key, values = await render_card(request, agreement)
    taps = (YES, NO) if agreement.negotiation.awaited_side else ()
    subject, revision = str(agreement.number), agreement.negotiation.answerable_revision
    card = await request.show(key, subject, revision, taps=taps, notify=notify, **values)
    return await set_card(request, agreement, card)


async def update_card(request: Request, agreement: Agreement) -> Agreement:
    """Edit the card to show the present state, and set its timers. Send a new card when the room has none."""
    await set_timers(request, agreement)
    if agreement.card is None:
        return await put_card(request, agreement)
    key, values = await render_card(request, agreement)
    await request.change(
        agreement.card, key, str(agreement.number), agreement.negotiation.answerable_revision, **values
    )
    return agreement


async def set_timers(request: Request, agreement: Agreement) -> None:
    """Set the timer of the present state, and drop the others.

    A proposal lapses at the start of its last offered time; agreed work is asked about some time after its end, and a
    use is over with its last time.
    """
    subject, negotiation = str(agreement.number), agreement.negotiation
    await request.forget(subject)
    if negotiation.state is State.PROPOSED:
        await request.remind("unanswered", subject, max(offer.terms.start for offer in negotiation.offers))
    elif negotiation.state is State.AGREED and agreement.is_use:
        await request.remind("followup", subject, negotiation.terms.spans[-1].end)
    elif negotiation.state is State.AGREED:
        await request.remind("followup", subject, negotiation.terms.end + FOLLOW_UP_AFTER)
