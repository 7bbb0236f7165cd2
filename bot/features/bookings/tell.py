"""Tells the parties, in the card's thread, what their agreement has come to."""

from collections.abc import Iterable
from typing import Any

from bot.api import NO, YES, Agreement, Person, Request, Side, in_brief
from bot.features.bookings.card import put_card, waits_of, what_of


async def tell(
    request: Request,
    agreement: Agreement,
    key: str,
    notify: Iterable[Person],
    *,
    asks: bool = False,
    language: str | None = None,
    **more: Any,
) -> None:
    """Say a sentence about an agreement under its card, and notify those who should know.

    One that `asks` can be answered where it stands: whoever has tapped ✅ on the card before cannot do so again.
    `language` is another one than the room's, for what one party alone is told.
    """
    if agreement.card is None:  # left behind when the community moved
        agreement = await put_card(request, agreement)
    assert agreement.card is not None, "it has just been put"
    values = {
        "number": agreement.number,
        "what": what_of(request, agreement, language),
        "time": agreement.negotiation.terms,
        "organizer": request.who(agreement.organizer),
        "attendee": request.who(agreement.attendee),
        "person": request.person,
        "waits": waits_of(request, agreement),
        "reason": agreement.reason or "",
        **more,
    }
    taps = (YES, NO) if asks else ()
    await request.tell(
        key,
        under=agreement.card,
        notify=notify,
        taps=taps,
        revision=agreement.negotiation.answerable_revision if asks else None,
        language=language,
        **values,
    )


async def tell_of_all(request: Request, agreements: Iterable[Agreement], key: str, notify: Iterable[Person]) -> None:
    """Say one sentence about several agreements in the room; each of those who should know is notified once."""
    language = request.community.language
    lines = [
        request.text(
            "line-told",
            language,
            number=agreement.number,
            what=what_of(request, agreement),
            time=agreement.negotiation.terms,
            organizer=request.who(agreement.organizer),
            attendee=request.who(agreement.attendee),
        )
        for agreement in agreements
    ]
    people = list(dict.fromkeys(notify))
    await request.tell(key, notify=people, lines=in_brief(request, lines, language))


def other_party(request: Request, agreement: Agreement) -> Person:
    """The party across the table from the person who spoke."""
    side = agreement.side_of(request.person.handle) or Side.ORGANIZER
    return request.who(agreement.party(side.other))
