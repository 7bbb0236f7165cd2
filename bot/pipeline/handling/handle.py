"""One transaction per inbox row: it is marked done, the feature runs, its answer is queued, or none of it."""

import logging
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.api.asking import Ask
from bot.api.people import person_at
from bot.api.request import Request
from bot.api.settings import default_settings, load_people_settings
from bot.errors import Refused
from bot.pipeline.context import Context
from bot.pipeline.handling import questions as questions
from bot.pipeline.handling import stale
from bot.pipeline.handling.read_command import SuggestCommand
from bot.pipeline.handling.route import Route
from bot.store.database.transient import is_unavailable_error
from bot.store.messages import inbox, outbox, timers
from bot.store.messages.inbox import InboxRow

log = logging.getLogger(__name__)

#: The outcome of timers that could not be handled together: there are new rows now.
SPLIT = "apart"


#: What nobody has said: there is nobody to tell what went wrong with it.
SENDERLESS_KINDS = {"timer", "departure", "move", "calendar", "configured"}


@dataclass(frozen=True)
class HandlingResult:
    """What became of a row: its outcome, and whether timers were set or dropped."""

    outcome: str = "gone"
    timers_changed: bool = False


async def handle_row(context: Context, row: InboxRow) -> HandlingResult:
    """Work on one row. Raises only what makes the whole transaction void, such as a full disk: it is tried again."""
    community = context.rooms.communities[row.place]
    async with context.store.write(community.key) as connection:
        payload = await inbox.mark_handled(connection, row.id, context.clock())
        if payload is None:
            return HandlingResult()  # somebody else did it, or its writer took it back
        request = await _request(context, replace(row, payload=payload), connection)
        handled = await _work(context, request)
        if handled.outcome != inbox.HANDLED:
            await inbox.set_outcome(connection, row.id, handled.outcome)
        if context.replay is not None:
            await context.replay.mark_already_sent(connection, row)
    context.health.count("commands", handled.outcome)
    return handled


async def _work(context: Context, request: Request) -> HandlingResult:
    """Carry it out, or say in the person's language why not."""
    route, row = Route(context, request), request.cause
    if len(row.payload.get("subjects", ())) > 1:
        return await _together(route)
    try:
        try:
            async with request.db.begin_nested():
                await route.follow()
                stale.raise_if_stale(context, request)
        except stale.Stale:
            return await _put_off(context, route.untouched)
        except (Refused, Ask, SuggestCommand) as no:
            if stale.is_stale(context, request):
                return await _put_off(context, route.untouched)
            async with request.db.begin_nested():  # a feature can be wrong about its sentences, too
                return await _say(route, no)
        return HandlingResult(
            "ignored" if request.is_silent and row.kind != "timer" else inbox.HANDLED, request.timers_changed
        )
    except Exception as error:
        if is_unavailable_error(error):
            raise  # the database is in trouble, not the feature: nothing is decided, and it is tried again
        reference = _reference(row)
        log.exception("fault %s while handling a %s in %s", reference, row.kind, request.community.key)
        context.health.count("faults")
        await _apologise(route, reference)
        return HandlingResult("fault")


async def _put_off(context: Context, untouched: Request) -> HandlingResult:
    """It was written too long ago. So was, perhaps, more of the same person's: that is said in one sentence."""

    def route_of(other: InboxRow) -> Route:
        return Route(context, replace(untouched, cause=other, now=context.now_for(other)))

    late = [untouched.cause, *await stale.find_other_stale_rows(context, untouched.cause, route_of)]
    await stale.say_stale(replace(untouched), late)
    return HandlingResult(stale.STALE)


async def _together(route: Route) -> HandlingResult:
    """Timers that fell due together; where one of them fails, each is tried alone, so that the others do not suffer."""
    request = route.request
    try:
        async with request.db.begin_nested():
            await route.follow()
    except Exception as error:
        if is_unavailable_error(error):
            raise
        await timers.split_row(request.db, request.cause, request.now)
        return HandlingResult(SPLIT)
    return HandlingResult(timers_changed=request.timers_changed, outcome=inbox.HANDLED)


async def _apologise(route: Route, reference: str) -> None:
    """In the core's words: whatever a feature calls by the same name may be what is broken."""
    if route.request.cause.kind not in SENDERLESS_KINDS:
        request = route.afresh()
        await request.say("fault", reference=reference)


async def _say(route: Route, no: Refused | Ask | SuggestCommand) -> HandlingResult:
    """What was done is rolled back to the savepoint; this alone is said. To a timer nobody listens."""
    request = route.afresh()
    request.use_feature(route.feature)
    cause = request.cause
    if cause.kind in SENDERLESS_KINDS:
        what = cause.payload.get("name", cause.kind)
        log.warning("%s in %s came to nothing: %s", what, request.community.key, no)
        return HandlingResult("refused")
    match no:
        case Refused():
            await request.say(no.key, **no.values)
        case Ask():
            await questions.ask_question(request, route.call_asked_about(), no)
        case SuggestCommand():
            await questions.ask_suggestion(request, no)
    return HandlingResult("refused" if isinstance(no, Refused) else inbox.ASKED)


async def _request(context: Context, row: InboxRow, connection: AsyncConnection) -> Request:
    community = context.rooms.communities[row.place]
    person = person_at(community, row.sender)
    settings = default_settings(community)
    if row.kind not in SENDERLESS_KINDS:  # what nobody has said is answered to the room
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


def _reference(row: InboxRow) -> str:
    """A short number that the person can pass on and the log can be searched for."""
    return outbox.make_transaction_id(row.source, row.external_id, 0)[-6:].upper()
