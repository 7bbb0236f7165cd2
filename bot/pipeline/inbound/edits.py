"""Checks edits, and applies redactions to messages that are not handled yet (of a message, only the last text counts).

Edits and redactions of messages that were handled are in bot.pipeline.handling.edits_after_handling.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.agreements.history import find_steps_of_cause
from bot.store.messages import inbox
from bot.store.messages.edits import MessageVersion, find_target, find_versions
from bot.store.messages.inbox import Incoming
from bot.store.messages.questions import find_questions_of_row


def is_valid_edit(versions: list[MessageVersion], incoming: Incoming) -> bool:
    """Return whether an edit is valid (client-server API, "Validity of replacement events").

    Only the sender of a message can edit it; an edit cannot be edited; a redacted message is gone. A message that is
    not stored was not for the bot, or never reached it: what the edit says counts as the editor's own words.
    """
    if not versions:
        return True
    original = versions[-1]
    is_own_message = original.row.sender == incoming.sender and original.row.kind == "message"
    return is_own_message and original.outcome != inbox.WITHDRAWN


async def withdraw(connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
    """Withdraw what a redaction removes and was not handled yet; return whether the redaction has to be handled.

    That is so when its target was handled and led to an agreement or a question.
    """
    target = await find_target(connection, incoming)
    if target is None:
        return False
    by_sender = replace(incoming, sender=target.row.sender)
    withdrawn = {
        version.row.id
        for version in (target, *await find_versions(connection, by_sender))
        if version.outcome is None and await inbox.mark_withdrawn(connection, version.row.id, now)
    }
    if target.row.id in withdrawn or target.row.sender != incoming.sender:
        return False  # a moderator who tidies up the room does not cancel agreements
    has_consequences = await find_steps_of_cause(connection, target.row.id) or await find_questions_of_row(
        connection, target.row.id
    )
    return bool(has_consequences) and await inbox.insert_once(connection, incoming, now) is not None
