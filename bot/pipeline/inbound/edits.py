"""Takes in what people change about what they wrote: before it is handled, only the last word counts."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.agreements.history import find_steps_of_cause
from bot.store.messages import inbox
from bot.store.messages.edits import MessageVersion, find_target, find_versions
from bot.store.messages.inbox import Incoming
from bot.store.messages.questions import find_questions_of_row


def is_valid_edit(family: list[MessageVersion], incoming: Incoming) -> bool:
    """Whether a correction is one (client-server API, "Validity of replacement events").

    Only who wrote a message can correct it, a correction cannot be corrected, and what was taken back is gone. What we
    did not write down was talk, or never reached us: whoever corrects it speaks for themselves alone.
    """
    if not family:
        return True
    original = family[-1]
    is_theirs = original.row.sender == incoming.sender and original.row.kind == "message"
    return is_theirs and original.outcome != inbox.WITHDRAWN


async def withdraw(connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
    """Forget what its writer took back before it was handled; whether anything follows from it afterwards."""
    earlier = await find_target(connection, incoming)
    if earlier is None:
        return False
    by_its_writer = replace(incoming, sender=earlier.row.sender)
    for one in (earlier, *await find_versions(connection, by_its_writer)):
        if one.outcome is None:
            await inbox.mark_withdrawn(connection, one.row.id, now)
    if earlier.outcome is None or earlier.row.sender != incoming.sender:
        return False  # by the caretaker of the room, who tidies up: what was agreed is agreed
    led_to_something = await find_steps_of_cause(connection, earlier.row.id) or await find_questions_of_row(
        connection, earlier.row.id
    )
    return bool(led_to_something) and await inbox.insert_once(connection, incoming, now) is not None
