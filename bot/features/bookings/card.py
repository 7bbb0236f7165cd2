"""What an agreement's card says in each state, and which timers belong to it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bot.api import NO, YES, Agreement, Offer, Person, Request, Side, State, show_as

#: How long after its end an agreement is asked about.
FOLLOW_UP = timedelta(hours=2)


def card_of(request: Request, agreement: Agreement) -> tuple[str, dict[str, Any]]:
    """The sentence that shows an agreement as it is now, and what fills it."""
    talk = agreement.negotiation
    values = {
        "number": agreement.number,
        "what": what_of(request, agreement),
        "time": talk.terms,
        "organizer": request.who(agreement.organizer),
        "attendee": request.who(agreement.attendee),
        "waits": waits_of(request, agreement),
        "offers": [{"by": _by(request, agreement, o), "time": o.terms} for o in talk.offers],
        "reason": agreement.reason or "",
    }
    return f"card-{_face(agreement)}", values


def _face(agreement: Agreement) -> str:
    """Open offers beside or on top of something have a face of their own."""
    talk = agreement.negotiation
    if talk.state is State.PROPOSED and talk.offers[0].by is not Side.ORGANIZER:
        return "displaced"
    if talk.state is State.PROPOSED and len(talk.offers) > 1:
        return "countered"
    if talk.state is State.AGREED and talk.newest_offer:
        return "change"
    return str(talk.state)


def waits_of(request: Request, agreement: Agreement, language: str | None = None) -> object:
    """Whom it waits for: nobody, somebody, or both of them."""
    people = [request.who(agreement.party(side)) for side in agreement.negotiation.awaited_sides]
    if len(people) > 1:
        return request.text("both", language or request.community.language, one=people[0], other=people[1])
    return people[0] if people else ""


def _by(request: Request, agreement: Agreement, offer: Offer) -> object:
    """Who offers it; "" for us, when the thing was closed."""
    return "" if offer.by is Side.KEEPER else request.who(agreement.party(offer.by))


def what_of(request: Request, agreement: Agreement, language: str | None = None) -> str:
    """ "slåning af bane 1", with the names the YAML gives now."""
    thing = request.community.thing(agreement.thing or "")
    task = request.community.task(agreement.task or "")
    thing_name, task_name = (thing.name if thing else agreement.thing), (task.name if task else agreement.task)
    return str(request.text("what", language or request.community.language, thing=thing_name, task=task_name))


async def put_card(request: Request, agreement: Agreement, notify: Iterable[Person] = ()) -> Agreement:
    """A fresh card, with answers to tap where somebody has to answer."""
    key, values = card_of(request, agreement)
    taps = (YES, NO) if agreement.negotiation.awaited_side else ()
    subject, revision = str(agreement.number), agreement.negotiation.answerable_revision
    card = await request.show(key, subject, revision, taps=taps, notify=notify, **values)
    return await show_as(request, agreement, card)


async def refresh(request: Request, agreement: Agreement) -> Agreement:
    """Let the card show what is now, a fresh one where the room has none yet, and move the timers along."""
    await set_timers(request, agreement)
    if agreement.card is None:
        return await put_card(request, agreement)
    key, values = card_of(request, agreement)
    await request.change(
        agreement.card, key, str(agreement.number), agreement.negotiation.answerable_revision, **values
    )
    return agreement


async def set_timers(request: Request, agreement: Agreement) -> None:
    """An unanswered proposal lapses when its last time comes; an agreement is asked about after its end."""
    subject, talk = str(agreement.number), agreement.negotiation
    await request.forget(subject)
    if talk.state is State.PROPOSED:
        await request.remind("unanswered", subject, max(offer.terms.start for offer in talk.offers))
    elif talk.state is State.AGREED:
        await request.remind("followup", subject, talk.terms.end + FOLLOW_UP)
