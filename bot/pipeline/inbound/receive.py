"""Writes down what came in, together with the position that brought it, and only what the bot may have to act on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.pipeline.context import Context
from bot.pipeline.inbound.addressing import find_addressed_text
from bot.pipeline.inbound.edits import is_valid_edit, withdraw
from bot.pipeline.inbound.rate_limit import RateLimiter, Verdict, read_last_sync_time, save_last_sync_time
from bot.store.agreements.agreements import is_party
from bot.store.facts import set_fact
from bot.store.messages import inbox, outbox
from bot.store.messages.edits import UNSEEN, find_versions, insert_edit, merge_into_unhandled
from bot.store.messages.inbox import Incoming
from bot.store.messages.questions import find_open_question

#: What was never for us.
_TALK = ("ignored", UNSEEN)


async def receive(
    context: Context,
    batch: Sequence[Incoming],
    position: tuple[str, str] | None = None,
    facts: Sequence[tuple[str, str]] = (),
    extra_writes: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    now: datetime | None = None,
) -> set[str]:
    """Keep what matters of `batch`, in order, and in the same transaction the position that brought it and what else
    it brought (facts: key and value).

    `also` writes there what has to be kept or lost together with it.

    Returns the places that have work now. Arriving twice is harmless: a row is kept once. `now` is another moment than
    the present for what came in before, and is read again.
    """
    now = now or context.clock()
    touched = set()
    async with context.store.write() as connection:
        gate = RateLimiter(connection, context, now, await read_last_sync_time(connection, context, now))
        # what is taken back comes last: whatever the order, it is found
        for incoming in sorted(batch, key=lambda one: one.kind == "redaction"):
            if await _take_in(connection, incoming, context, gate):
                touched.add(incoming.place)
        await gate.save()
        noted = position is not None and await save_last_sync_time(connection, context, now)
        if position is not None:
            await set_fact(connection, *position)
        for fact in facts:
            await set_fact(connection, *fact)
        if extra_writes is not None:
            await extra_writes(connection)
    if position is not None:
        context.last_sync_at, context.last_sync_saved_at = now, now if noted else context.last_sync_saved_at
    return touched


async def _take_in(connection: AsyncConnection, incoming: Incoming, context: Context, gate: RateLimiter) -> bool:
    """Whether there is something to be done about it."""
    if incoming.kind == "redaction":
        return incoming.place in context.rooms.communities and await withdraw(connection, incoming, gate.now)
    if not await _matters(connection, incoming, context, gate.now):
        return False
    verdict = await gate.check(incoming)
    if verdict is Verdict.DROP:
        return False
    if verdict is not Verdict.ACCEPT:  # their words are not kept, only that they have to be told
        incoming = replace(incoming, kind="barred", payload={"why": verdict.value})
    elif incoming.kind == "edit":
        return await merge_into_unhandled(connection, incoming, gate.now) or await insert_edit(
            connection, incoming, gate.now
        )
    return await inbox.insert_once(connection, incoming, gate.now) is not None


async def _matters(connection: AsyncConnection, incoming: Incoming, context: Context, now: datetime) -> bool:
    """Other people's talk is never stored."""
    if incoming.place not in context.rooms.communities:
        return False
    match incoming.kind:
        case "message":
            return find_addressed_text(incoming, context) is not None or await _answers_us(
                connection, incoming, context, now
            )
        case "tap":
            return await _is_ours(connection, incoming.place, incoming.payload["target"])
        case "edit":
            family = await find_versions(connection, incoming)
            is_known = find_addressed_text(incoming, context) is not None or any(
                one.outcome not in _TALK for one in family
            )
            return is_known and is_valid_edit(family, incoming)
        case "arrival" | "departure" if incoming.sender:
            return await _concerns_us(connection, incoming, context)
        case _:
            return True


async def _concerns_us(connection: AsyncConnection, incoming: Incoming, context: Context) -> bool:
    """Who comes and goes is told to nobody but the parties of their agreements. Where we moved out, so do others."""
    community = context.rooms.communities[incoming.place]
    if context.rooms.current_place(incoming.place) != incoming.place:
        return False
    listed = community.person_at(incoming.sender) is not None
    return listed or await is_party(connection, community.key, incoming.sender)


async def _answers_us(connection: AsyncConnection, incoming: Incoming, context: Context, now: datetime) -> bool:
    for relation in ("thread", "reply_to"):
        target = incoming.payload.get(relation)
        if target and await _is_ours(connection, incoming.place, target):
            return True
    return (
        await find_open_question(connection, context.rooms.current_place(incoming.place), incoming.sender, now)
        is not None
    )


async def _is_ours(connection: AsyncConnection, place: str, target: str) -> bool:
    """Whether an event is, or may turn out to be, one of ours: the answer to its sending can be slower than people."""
    row = await outbox.find_by_event(connection, place, target)
    return row is not None or await outbox.has_unsent(connection, place)
