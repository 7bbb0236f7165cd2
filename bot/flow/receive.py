"""Writes down what came in, together with the position that brought it, and only what the bot may have to act on."""

import re
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.house import House
from bot.store import inbox, outbox
from bot.store.agreements import is_party
from bot.store.inbox import Incoming
from bot.store.meta import set_fact
from bot.store.questions import open_question

#: A command: an exclamation mark and a word. "!!!" and "!?" are only loud.
_COMMAND = re.compile(r"\s*!\s*(?=\w)")


async def receive(house: House, arrived: Sequence[Incoming], *facts: tuple[str, str]) -> set[str]:
    """Keep what matters of `arrived`, in order, and facts (key and value) in the same transaction: the position that
    brought it, and what it changed.

    Returns the places that have work now. Arriving twice is harmless: a row is kept once.
    """
    now = house.clock()
    touched = set()
    async with house.store.write() as connection:
        for incoming in arrived:
            if incoming.kind == "redaction":
                await _withdraw(connection, incoming, house)
            elif await _matters(connection, incoming, house) and await inbox.keep(connection, incoming, now):
                touched.add(incoming.place)
        for fact in facts:
            await set_fact(connection, *fact)
    return touched


def spoken_to(incoming: Incoming, house: House) -> str | None:
    """What is said to the bot without its name or the exclamation mark; None when nothing is."""
    text: str = incoming.payload.get("text", "")
    if found := _COMMAND.match(text):
        return text[found.end() :]
    for name in sorted(house.names, key=len, reverse=True):  # an id begins with a name
        if text[: len(name)].casefold() == name and not text[len(name) : len(name) + 1].isalnum():
            return text[len(name) :].lstrip(" :,!-–")
    # In a reply or a thread clients mention whom they answer, unasked: that alone makes no command.
    if incoming.payload.get("to_us") and not incoming.payload.keys() & {"thread", "reply_to"}:
        return text
    return None


async def _matters(connection: AsyncConnection, incoming: Incoming, house: House) -> bool:
    """Other people's talk is never stored."""
    if incoming.place not in house.communities:
        return False
    match incoming.kind:
        case "message":
            return spoken_to(incoming, house) is not None or await _answers_us(connection, incoming, house)
        case "tap":
            return await _is_ours(connection, incoming.place, incoming.payload["target"])
        case "edit":
            again = await inbox.is_kept(connection, incoming.source, incoming.payload["target"])
            return again or spoken_to(incoming, house) is not None
        case "arrival" | "departure" if incoming.sender:
            return await _concerns_us(connection, incoming, house)
        case _:
            return True


async def _concerns_us(connection: AsyncConnection, incoming: Incoming, house: House) -> bool:
    """Who comes and goes is told to nobody but the parties of their agreements. Where we moved out, so do others."""
    community = house.communities[incoming.place]
    if house.home(incoming.place) != incoming.place:
        return False
    listed = community.person_at(incoming.sender) is not None
    return listed or await is_party(connection, community.key, incoming.sender)


async def _answers_us(connection: AsyncConnection, incoming: Incoming, house: House) -> bool:
    for relation in ("thread", "reply_to"):
        target = incoming.payload.get(relation)
        if target and await _is_ours(connection, incoming.place, target):
            return True
    return await open_question(connection, house.home(incoming.place), incoming.sender, house.clock()) is not None


async def _is_ours(connection: AsyncConnection, place: str, target: str) -> bool:
    """Whether an event is, or may turn out to be, one of ours: the answer to its sending can be slower than people."""
    row = await outbox.find_by_event(connection, place, target)
    return row is not None or await outbox.is_waiting(connection, place)


async def _withdraw(connection: AsyncConnection, incoming: Incoming, house: House) -> None:
    """What its writer took back before it was handled is not handled."""
    await inbox.withdraw(connection, incoming.source, incoming.payload["target"], house.clock())
