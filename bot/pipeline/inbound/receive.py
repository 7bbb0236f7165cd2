"""Stores what came in, together with the sync position that brought it, and only what the bot may have to act on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.pipeline.context import Context
from bot.pipeline.inbound.addressing import find_addressed_text
from bot.pipeline.inbound.edits import is_valid_edit, withdraw
from bot.pipeline.inbound.rate_limit import Decision, RateLimiter, read_last_sync_time, save_last_sync_time
from bot.store.agreements.agreements import is_party
from bot.store.facts import set_fact
from bot.store.messages import inbox, outbox
from bot.store.messages.edits import UNSEEN, find_versions, insert_edit, merge_into_unhandled
from bot.store.messages.inbox import Incoming
from bot.store.messages.questions import find_open_question, mark_interrupted

#: Outcomes of messages that were not for the bot.
_NOT_FOR_BOT = ("ignored", UNSEEN)


async def receive(
    context: Context,
    batch: Sequence[Incoming],
    position: tuple[str, str] | None = None,
    facts: Sequence[tuple[str, str]] = (),
    extra_writes: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    now: datetime | None = None,
) -> set[str]:
    """Store what matters of a batch, in order, and return the places that have rows to handle now.

    The sync position and other facts (each a key and a value) that the batch came with are stored in the same
    transaction, and `extra_writes` is called in it. An event that is received twice is stored once. `now` is set when
    events are read again after a restore: it is the time at which they were received then.
    """
    now = now or context.clock()
    places = set()
    async with context.store.write() as connection:
        limiter = RateLimiter(connection, context, now, await read_last_sync_time(connection, context, now))
        # redactions come last, so that each finds its target in whatever order both arrived
        for incoming in sorted(batch, key=lambda incoming: incoming.kind == "redaction"):
            if await _store_one(connection, incoming, context, limiter):
                places.add(incoming.place)
        await limiter.save()
        is_time_saved = position is not None and await save_last_sync_time(connection, context, now)
        if position is not None:
            await set_fact(connection, *position)
        for fact in facts:
            await set_fact(connection, *fact)
        if extra_writes is not None:
            await extra_writes(connection)
    if position is not None:
        context.last_sync_at = now
        context.last_sync_saved_at = now if is_time_saved else context.last_sync_saved_at
    return places


async def _store_one(connection: AsyncConnection, incoming: Incoming, context: Context, limiter: RateLimiter) -> bool:
    """Store one message or event; return whether there is something to handle."""
    now = limiter.now
    if incoming.kind == "redaction":
        return incoming.place in context.rooms.communities and await withdraw(connection, incoming, now)
    await _note_talk(connection, incoming, context, now)
    if not await _is_for_bot(connection, incoming, context, now):
        return False
    decision = await limiter.check(incoming)
    if decision is Decision.DROP:
        return False
    if decision is not Decision.ACCEPT:  # the sender has to be told, but their text is not stored
        incoming = replace(incoming, kind="barred", payload={"why": decision.value})
    elif incoming.kind == "edit":
        is_merged = await merge_into_unhandled(connection, incoming, now)
        return is_merged or await insert_edit(connection, incoming, now)
    return await inbox.insert_once(connection, incoming, now) is not None


async def _is_for_bot(connection: AsyncConnection, incoming: Incoming, context: Context, now: datetime) -> bool:
    """Return whether the bot may have to act on something. What people say to each other is never stored."""
    if incoming.place not in context.rooms.communities:
        return False
    match incoming.kind:
        case "message":
            is_addressed = find_addressed_text(incoming, context) is not None
            return is_addressed or await _may_be_answer(connection, incoming, context, now)
        case "tap":
            return await _may_be_own_event(connection, incoming.place, incoming.payload["target"])
        case "edit":
            versions = await find_versions(connection, incoming)
            is_addressed = find_addressed_text(incoming, context) is not None
            is_known = is_addressed or any(version.outcome not in _NOT_FOR_BOT for version in versions)
            return is_known and is_valid_edit(versions, incoming)
        case "arrival" | "departure" if incoming.sender:
            return await _is_of_party(connection, incoming, context)
        case _:
            return True


async def _is_of_party(connection: AsyncConnection, incoming: Incoming, context: Context) -> bool:
    """Return whether a person who came or left may be a party of an agreement.

    Who leaves the former room of a community does not matter: everybody leaves it after the move.
    """
    community = context.rooms.communities[incoming.place]
    if context.rooms.current_place(incoming.place) != incoming.place:
        return False
    is_listed = community.person_at(incoming.sender) is not None
    return is_listed or await is_party(connection, community.key, incoming.sender)


async def _may_be_answer(connection: AsyncConnection, incoming: Incoming, context: Context, now: datetime) -> bool:
    for relation in ("thread", "reply_to"):
        target = incoming.payload.get(relation)
        if target and await _may_be_own_event(connection, incoming.place, target):
            return True
    place = context.rooms.current_place(incoming.place)
    return await find_open_question(connection, place, incoming.sender, now) is not None


async def _note_talk(connection: AsyncConnection, incoming: Incoming, context: Context, now: datetime) -> None:
    """Note that somebody writes to the others in the room: a "ja" that follows may be the answer to that."""
    is_in_thread = "thread" in incoming.payload
    if incoming.kind != "message" or is_in_thread or incoming.place not in context.rooms.communities:
        return
    if find_addressed_text(incoming, context) is None:
        place = context.rooms.current_place(incoming.place)
        await mark_interrupted(connection, place, now, but_asked=incoming.sender)


async def _may_be_own_event(connection: AsyncConnection, place: str, event_id: str) -> bool:
    """Return whether an event is, or may be, one that the bot sent.

    People can react to a message before the homeserver has told the bot its event id. While rows are unsent, any event
    may be one of them.
    """
    if await outbox.has_unsent(connection, place):  # first: a row may be recorded as sent between the two statements
        return True
    return await outbox.find_by_event(connection, place, event_id) is not None
