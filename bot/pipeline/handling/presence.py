"""Handles people who join and leave the room: greets it, and lets features tell a party that the other one left."""

from bot.api.request.person import absence_fact
from bot.pipeline.handling.row_handling import RowHandling
from bot.store.facts import delete_fact, get_fact, set_fact
from bot.store.messages import inbox


async def handle_arrival(handling: RowHandling) -> None:
    """Greet the room when the bot itself arrived; of a person, forget that they were absent."""
    request = handling.request
    if request.cause.sender:
        await delete_fact(request.db, absence_fact(request.community, request.person))
    else:
        await request.say("greeting", greeting=request.community.greeting or "")


async def handle_departure(handling: RowHandling) -> None:
    """Note that a person is absent, and tell the features once.

    A person with several addresses is absent when the last of them has left. Who has come back by now is not absent.
    """
    request = handling.request
    addresses = {*request.person.addresses, request.cause.sender}
    is_here = request.cause.payload.get("present") or await inbox.has_returned(request.db, request.cause, addresses)
    absence = absence_fact(request.community, request.person)
    if is_here or await get_fact(request.db, absence):
        return
    await set_fact(request.db, absence, request.now.isoformat())
    await handling.call_features("on_leave")
