"""Handles one inbox row in one transaction: it is marked done, its feature runs, its answers are queued, or none."""

import logging
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.api.feature import Request
from bot.api.request.person import person_at
from bot.api.request.question import Ask, NeedsConfirmation
from bot.api.request.settings import default_settings, load_people_settings
from bot.errors import Refused
from bot.pipeline.context import Context
from bot.pipeline.handling.questions import (
    ask_about_several,
    ask_confirmation,
    ask_meaning,
    ask_question,
    ask_suggestion,
)
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand
from bot.pipeline.handling.route import route_row
from bot.pipeline.handling.row_handling import ANSWERS, Answer, AskMeaning, AskSeveral, RowHandling
from bot.pipeline.handling.stale import (
    STALE,
    Stale,
    is_stale,
    mark_other_stale_rows,
    raise_if_stale,
    say_stale,
)
from bot.store.database.transient import is_unavailable_error
from bot.store.messages import inbox, outbox, timers
from bot.store.messages.inbox import InboxRow

log = logging.getLogger(__name__)

#: The outcome of several timers in one row that could not be handled together: each has a row of its own now.
SPLIT = "apart"

#: Kinds of rows that nobody has sent: when something goes wrong, there is nobody to tell.
SENDERLESS_KINDS = {"timer", "departure", "move", "calendar", "configured"}


#: Answers to what was not understood, which are counted.
NOT_UNDERSTOOD = {"what-was-that", "what-about", "sentence-too-long", "answer-not-understood"}


@dataclass(frozen=True)
class HandlingResult:
    """The outcome of a row ("gone" if it was done already), and whether timers were set or dropped."""

    outcome: str = "gone"
    timers_changed: bool = False


async def handle_row(context: Context, row: InboxRow) -> HandlingResult:
    """Handle one row under the lock of its community, and return the outcome.

    Faults of a feature are answered and do not raise. What raises, such as a full disk, rolls the whole transaction
    back: the row has to be tried again.
    """
    community = context.rooms.communities[row.place]
    async with context.store.write(community.key) as connection:
        payload = await inbox.mark_handled(connection, row.id, context.clock())
        if payload is None:
            return HandlingResult()  # it was handled elsewhere, or its sender redacted it
        request = await _make_request(context, replace(row, payload=payload), connection)
        result = await _handle_request(context, request)
        if result.outcome != inbox.HANDLED:
            await inbox.set_outcome(connection, row.id, result.outcome)
        if context.replay is not None:
            await context.replay.mark_already_sent(connection, row)
    context.health.count("commands", result.outcome)
    return result


async def _handle_request(context: Context, request: Request) -> HandlingResult:
    handling, row = RowHandling(context, request), request.cause
    if len(row.payload.get("subjects", ())) > 1:
        return await _handle_timers_together(handling)
    try:
        return await _route_or_answer(handling)
    except Exception as error:
        if is_unavailable_error(error):
            raise  # the database is in trouble, not the feature: nothing is decided, and the row is tried again
        reference = _fault_reference(row)
        log.exception("fault %s while handling a %s in %s", reference, row.kind, request.community.key)
        context.health.count("faults")
        await _answer_fault(handling, reference)
        return HandlingResult("fault")


async def _route_or_answer(handling: RowHandling) -> HandlingResult:
    """Run the row's feature in a savepoint. Where it raises an answer, roll back and give the answer."""
    context, request = handling.context, handling.request
    try:
        async with request.db.begin_nested():
            if request.cause.kind not in SENDERLESS_KINDS:
                await handling.use_taught_names()
            await route_row(handling)
            raise_if_stale(context, request)
            await _drop_outdated_timers(handling)
    except Stale:
        return await _answer_stale(handling)
    except ANSWERS as answer:
        if is_stale(context, request):
            return await _answer_stale(handling)
        async with request.db.begin_nested():  # a feature's texts can be faulty, too
            return await _answer(handling, answer)
    is_ignored = request.is_silent and request.cause.kind != "timer"
    return HandlingResult("ignored" if is_ignored else inbox.HANDLED, request.timers_changed)


async def _drop_outdated_timers(handling: RowHandling) -> None:
    """Let timers that have fallen due and wait in the inbox do nothing when they were set again or dropped here."""
    changed = handling.request.changed_timers
    if changed:
        rooms = handling.context.rooms
        here = [place for place in rooms.communities if rooms.current_place(place) == handling.request.place]
        await timers.drop_outdated(handling.request.db, here, changed)


async def _answer_stale(handling: RowHandling) -> HandlingResult:
    """Tell the sender that the row is too old, together with their other rows that are."""
    context, request = handling.context, handling.original_request

    def make_handling(row: InboxRow) -> RowHandling:
        return RowHandling(context, replace(request, cause=row, now=context.now_for(row)))

    rows = [request.cause, *await mark_other_stale_rows(context, request.cause, make_handling)]
    await say_stale(replace(request), rows)
    return HandlingResult(STALE)


async def _handle_timers_together(handling: RowHandling) -> HandlingResult:
    """Handle timers that fell due together. Where one fails, split the row, so that each timer is handled alone."""
    request = handling.request
    try:
        async with request.db.begin_nested():
            await route_row(handling)
            await _drop_outdated_timers(handling)
    except Exception as error:
        if is_unavailable_error(error):
            raise
        await timers.split_row(request.db, request.cause, request.now)
        return HandlingResult(SPLIT)
    return HandlingResult(inbox.HANDLED, request.timers_changed)


async def _answer_fault(handling: RowHandling, reference: str) -> None:
    """Apologise with the guide's text: the feature's texts may be what is faulty."""
    if handling.request.cause.kind not in SENDERLESS_KINDS:
        await handling.make_new_request().say("fault", reference=reference)


async def _answer(handling: RowHandling, answer: Answer) -> HandlingResult:
    """Say why nothing was done, or ask for what is missing. Without a sender it is only logged."""
    request = handling.make_new_request()
    request.use_feature(handling.feature)
    cause = request.cause
    if cause.kind in SENDERLESS_KINDS:
        name = cause.payload.get("name", cause.kind)
        log.warning("%s in %s came to nothing: %s", name, request.community.key, answer)
        return HandlingResult("refused")
    match answer:
        case NeedsConfirmation():
            await ask_confirmation(request, handling.find_asking_call(), answer)
        case AskSeveral():
            await ask_about_several(request, answer.previews)
        case SuggestCommand():
            await ask_suggestion(request, answer)
        case Refused():
            await request.say(answer.key, **answer.values)
            if answer.key in NOT_UNDERSTOOD:
                handling.context.health.count("not_understood")
        case AskMeaning():
            await ask_meaning(request, answer)
        case Ask() if _is_about_said(handling.call, answer):
            await request.say("unread-part", unread=handling.call.content if handling.call else "")
        case Ask():
            await ask_question(request, handling.find_asking_call(), answer)
    return HandlingResult("refused" if isinstance(answer, Refused) else inbox.ASKED)


def _is_about_said(call: CommandCall | None, ask: Ask) -> bool:
    """Return whether a question offers other values for what was said, though a part of the message is unread.

    A tap on one of them would drop that part.
    """
    return call is not None and call.risk and ask.argument in call.values


async def _make_request(context: Context, row: InboxRow, connection: AsyncConnection) -> Request:
    community = context.rooms.communities[row.place]
    person = person_at(community, row.sender)
    settings = default_settings(community)
    if row.kind not in SENDERLESS_KINDS:  # a row without a sender is answered to the room, in its settings
        sender = replace(person, addresses=(row.sender,))
        settings = (await load_people_settings(connection, community, [sender]))[row.sender]
    return Request(
        community=community,
        person=person,
        now=context.now_for(row),
        cause=row,
        db=connection,
        settings=settings,
        feature="guide",
        catalogue=context.features.by_name["guide"].catalogue,
        features=context.features.enabled_in(community),
        place=context.rooms.current_place(row.place),
    )


def _fault_reference(row: InboxRow) -> str:
    """Return a short code that the person can pass on and that the log can be searched for."""
    return outbox.make_transaction_id(row.source, row.external_id, 0)[-6:].upper()
