"""What is said when the room changes: somebody leaves it, or everybody moves to another one."""

from bot.api import Request, State, list_agreements
from bot.features.bookings.overview import LIVE, lines_of, list_in
from bot.features.bookings.tell import other_party, tell

#: In these an agreement can still be called off.
_OPEN = (State.PROPOSED, State.AGREED)


async def tell_of_leaver(request: Request) -> None:
    """A party has left: their agreements stand, and whoever has them with them learns it, in one message."""
    language = request.community.language
    theirs = await list_agreements(request, LIVE, request.person.handle)
    others = [other_party(request, agreement) for agreement in theirs]
    if len(theirs) == 1:
        can_cancel = theirs[0].state in _OPEN
        await tell(request, theirs[0], "told-left", others, other=others[0], can_cancel=can_cancel)
    elif theirs:
        lines = lines_of(request, theirs, language)
        can_cancel = any(agreement.state in _OPEN for agreement in theirs)
        await request.tell("left-list", notify=others, person=request.person, lines=lines, can_cancel=can_cancel)


async def tell_where_we_stand(request: Request) -> None:
    """The cards are in the room that was left: here is the list, and whatever changes gets a card of its own again."""
    found = await list_agreements(request, LIVE)
    if found:
        await list_in(request, found, "new-room")
