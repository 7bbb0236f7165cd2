"""Wishes that are too old to be acted on: whoever had them is told so, in one sentence for all of them.

Whether something was a wish at all, or only talk, is found out by carrying it out and taking that back: what the bot
would have said nothing about is no wish, and nobody is told of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.api.asking import Ask
from bot.api.request import Request
from bot.errors import Refused
from bot.parsing.command import quotable
from bot.pipeline.context import Context
from bot.pipeline.handling.read_command import SuggestCommand
from bot.pipeline.handling.route import Route
from bot.store.database.transient import is_unavailable_error
from bot.store.messages import inbox
from bot.store.messages.inbox import InboxRow

#: The outcome of what came too late.
STALE = "stale"

#: What people do that can come too late.
_WISHES = {"message", "tap", "edit"}

#: So many are told at once, and so many of them are listed.
MAX_STALE_ROWS, MAX_LISTED_ROWS = 200, 20
#: More of what somebody wrote is not quoted.
MAX_QUOTE_LENGTH = 80


class Stale(Exception):
    """Something would have come of it, and it was written too long ago."""


def is_stale(context: Context, request: Request) -> bool:
    """Whether what caused a request was written too long ago to be acted on now."""
    return request.cause.kind in _WISHES and request.now - request.cause.sent_at > context.stale_after


def raise_if_stale(context: Context, request: Request) -> None:
    """Raises `TooLate` when something has come of what was written too long ago."""
    if not request.is_silent and is_stale(context, request):
        raise Stale


async def find_other_stale_rows(
    context: Context, row: InboxRow, route_of: Callable[[InboxRow], Route]
) -> list[InboxRow]:
    """What the same person wrote in the same place and is too old as well; it is marked as done.

    What would fail, and what would not have been answered, is left for its own turn.
    """
    request = route_of(row).request
    found = []
    for other in await inbox.find_unhandled_of_sender(request.db, row.place, row.sender, MAX_STALE_ROWS):
        route = route_of(other)
        if is_stale(context, route.request) and await _is_wish(route):
            await inbox.mark_handled(request.db, other.id, request.now)
            await inbox.set_outcome(request.db, other.id, STALE)
            found.append(other)
    return found


async def _is_wish(route: Route) -> bool:
    trial = await route.request.db.begin_nested()
    try:
        await route.follow()
    except (Refused, Ask, SuggestCommand):
        return True
    except Exception as error:
        if is_unavailable_error(error):
            raise
        return False
    finally:
        await trial.rollback()
    return not route.request.is_silent


async def say_stale(request: Request, late: Sequence[InboxRow]) -> None:
    """Say that nothing was done, when it was written, and how to go on."""
    lines = [{"at": one.sent_at, "said": _said(one)} for one in late[:MAX_LISTED_ROWS]]
    sender = replace(request.person, addresses=(request.cause.sender,))
    await request.say("stale", notify=[sender], lines=lines, more=max(0, len(late) - MAX_LISTED_ROWS))


def _said(row: InboxRow) -> str:
    return quotable(str(row.payload.get("text") or row.payload.get("key", "")), MAX_QUOTE_LENGTH)
