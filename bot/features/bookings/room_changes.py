"""Tells the room about its agreements when a party has left it, or when the community has moved to another room."""

from bot.api import Request, State, list_agreements
from bot.api.agreements import count_agreements
from bot.features.bookings.overview import OPEN_STATES, describe_agreements, say_open
from bot.features.bookings.tell import other_party, tell_parties

_CANCELLABLE = (State.PROPOSED, State.AGREED)


async def tell_about_departure(request: Request) -> None:
    """Tell the other parties, in one message, that their agreements with the party that left still stand."""
    language = request.community.language
    agreements = await list_agreements(request, OPEN_STATES, request.person.handle)
    others = [other_party(request, agreement) for agreement in agreements]
    can_cancel = any(agreement.state in _CANCELLABLE for agreement in agreements)
    if len(agreements) == 1:
        await tell_parties(request, agreements[0], "told-left", others, other=others[0], can_cancel=can_cancel)
    elif agreements:
        lines = describe_agreements(request, agreements, language)
        await request.tell("left-list", notify=others, person=request.person, lines=lines, can_cancel=can_cancel)


async def list_in_new_room(request: Request) -> None:
    """List the agreements in the new room: their cards are in the old one. Each gets a new card when it changes."""
    if await count_agreements(request, OPEN_STATES):
        await say_open(request, "new-room")
