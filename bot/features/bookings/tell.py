"""Tells parties about their agreements, in the card's thread or in the room, and asks a person to confirm a step."""

from collections.abc import Iterable
from typing import Any

from bot.api import NO, YES, Agreement, Person, Request, Side, Step, shorten_list
from bot.api.agreements import describe_work
from bot.features.bookings.card import describe_waiting, put_card


async def tell_parties(
    request: Request,
    agreement: Agreement,
    key: str,
    notify: Iterable[Person],
    *,
    asks: bool = False,
    language: str | None = None,
    **values: Any,
) -> None:
    """Send a text about an agreement in the thread of its card, and notify people.

    With `asks` the message gets its own ✅ and ❌: a person who has tapped ✅ on the card cannot tap it there again.
    `language` is for a text to one party alone; the default is the room's.
    """
    if agreement.card is None:  # the card is in the room that the community has left
        agreement = await put_card(request, agreement)
    assert agreement.card is not None, "it has just been put"
    all_values = {
        "number": agreement.number,
        "what": describe_work(request, agreement, language),
        "time": agreement.negotiation.terms,
        "organizer": request.find_person(agreement.organizer),
        "attendee": request.find_person(agreement.attendee),
        "person": request.person,
        "waits": describe_waiting(request, agreement),
        "reason": agreement.reason or "",
        **values,
    }
    taps = (YES, NO) if asks else ()
    if agreement.is_own:  # whoever did it need not be told
        notify = [person for person in notify if person.handle != request.person.handle]
    await request.tell(
        key,
        under=agreement.card,
        notify=notify,
        taps=taps,
        revision=agreement.negotiation.answerable_revision if asks else None,
        language=language,
        **all_values,
    )


async def tell_about_several(
    request: Request, agreements: Iterable[Agreement], key: str, notify: Iterable[Person]
) -> None:
    """Send one text about several agreements to the room, and notify each person once."""
    language = request.community.language
    lines = [
        request.text(
            "line-told",
            language,
            number=agreement.number,
            what=describe_work(request, agreement),
            time=agreement.negotiation.terms,
            organizer=request.find_person(agreement.organizer),
            attendee=request.find_person(agreement.attendee),
        )
        for agreement in agreements
    ]
    people = list(dict.fromkeys(notify))
    await request.tell(key, notify=people, lines=shorten_list(request, lines, language))


def other_party(request: Request, agreement: Agreement) -> Person:
    """Return the other party of the requesting person; the attendee when that person is no party."""
    side = agreement.side_of(request.person.handle) or Side.ORGANIZER
    return request.find_person(agreement.party(side.other))


def confirm_step(
    request: Request, after: Agreement, step: Step, before: Agreement, instead: tuple[str, dict[str, Any]] | None = None
) -> None:
    """Ask whether to take a step, where `request.must_confirm` is set. `before` is the agreement without it.

    `instead` is the command that is carried out after the yes, with its arguments, if it is another one.
    """
    request.confirm(
        f"do-{step}",
        instead=instead,
        number=after.number,
        what=describe_work(request, after, request.language),
        time=before.negotiation.newest_terms,
        other=other_party(request, after),
        reason=after.reason or "",
    )
