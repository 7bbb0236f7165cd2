"""Handles stale rows: messages, taps and edits that were written too long ago, as after a long outage.

Nothing is done, and one answer tells the sender about all of them.

A command and a message with the bot's name are meant for the bot. Whether any other old message was is found out by
handling it and rolling that back. Where the bot would have said nothing, the sender is told nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.api.feature import Request
from bot.parsing.unread_words import quotable
from bot.pipeline.context import Context
from bot.pipeline.handling.route import route_row
from bot.pipeline.handling.row_handling import ANSWERS, RowHandling
from bot.pipeline.inbound.addressing import find_addressed_text
from bot.store.database.transient import is_unavailable_error
from bot.store.messages import inbox
from bot.store.messages.inbox import InboxRow

#: The outcome of a stale row.
STALE = "stale"

#: Only these kinds of rows can be too old.
_KINDS = {"message", "tap", "edit"}

#: One answer is about at most so many rows, and lists at most so many of them.
MAX_STALE_ROWS, MAX_LISTED_ROWS = 200, 20
#: At most so many rows are handled and rolled back in one transaction, for which everybody else waits. The next ones
#: have a turn of their own.
MAX_TRIED_ROWS = 20
#: Characters of a message that are quoted.
MAX_QUOTE_LENGTH = 80


class Stale(Exception):
    """A row was handled that had been written too long ago; it has to be rolled back."""


def is_stale(context: Context, request: Request) -> bool:
    """Return whether the cause of a request was written too long ago to be acted on now."""
    return request.cause.kind in _KINDS and request.now - request.cause.sent_at > context.stale_after


def raise_if_stale(context: Context, request: Request) -> None:
    """Raise `Stale` when a request was answered whose cause was written too long ago."""
    if not request.is_silent and is_stale(context, request):
        raise Stale


async def mark_other_stale_rows(
    context: Context, row: InboxRow, make_handling: Callable[[InboxRow], RowHandling]
) -> list[InboxRow]:
    """Mark the other stale rows of the same sender and place as handled, and return them.

    Rows that would fail, rows that would not be answered, and those behind MAX_TRIED_ROWS are left for their own turn.
    """
    request = make_handling(row).request
    marked, tried = [], 0
    for other in await inbox.find_unhandled_of_sender(request.db, row.place, row.sender, MAX_STALE_ROWS):
        handling = make_handling(other)
        if not is_stale(context, handling.request):
            continue
        is_addressed = other.kind == "message" and find_addressed_text(other, context) is not None
        tried += not is_addressed
        if tried > MAX_TRIED_ROWS:
            break
        if not is_addressed and not await _would_be_answered(handling):
            continue
        payload = await inbox.mark_handled(request.db, other.id, request.now)
        if payload is not None:  # else its sender deleted it in the meantime
            await inbox.set_outcome(request.db, other.id, STALE)
            marked.append(replace(other, payload=payload))
    return marked


async def _would_be_answered(handling: RowHandling) -> bool:
    savepoint = await handling.request.db.begin_nested()
    try:
        await route_row(handling)
    except ANSWERS:
        return True
    except Exception as error:
        if is_unavailable_error(error):
            raise
        return False
    finally:
        await savepoint.rollback()
    return not handling.request.is_silent


async def say_stale(request: Request, rows: Sequence[InboxRow]) -> None:
    """Tell the sender that nothing was done, what was written when, and how to go on."""
    lines = [{"at": row.sent_at, "said": _quote(row)} for row in rows[:MAX_LISTED_ROWS]]
    sender = replace(request.person, addresses=(request.cause.sender,))
    await request.say("stale", notify=[sender], lines=lines, more=max(0, len(rows) - MAX_LISTED_ROWS))


def _quote(row: InboxRow) -> str:
    return quotable(str(row.payload.get("text") or row.payload.get("key", "")), MAX_QUOTE_LENGTH)
