"""A message that is corrected or taken back after it was handled: what is still open follows it, else they are told.

Of a message and its corrections the newest that came to anything counts. Where that was a refusal, or a question nobody
has answered, nothing was done, and the corrected message is a new one. Where it made an offer nobody has answered, the
offer is corrected. Everything else came too late.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.agreements.states import State, Step
from bot.api.asking import Ask
from bot.errors import Refused
from bot.parsing.answer import is_pleasantry
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_command, read_missing_arguments
from bot.pipeline.inbound.receive import find_addressed_text
from bot.store.agreements.agreements import Agreement, find_by_id
from bot.store.agreements.history import find_steps_of_cause
from bot.store.messages import inbox
from bot.store.messages.edits import UNSEEN, MessageVersion, find_target, find_versions
from bot.store.messages.inbox import InboxRow
from bot.store.messages.questions import close_question, find_questions_of_row

if TYPE_CHECKING:
    from bot.pipeline.handling.route import Route

_OFFERS = frozenset({Step.PROPOSE, Step.CORRECT, Step.COUNTER})
_OPEN = frozenset({State.PROPOSED, State.AGREED})


async def apply_edit(route: "Route") -> None:
    """Carry out what a corrected message says now. Raises `Refused` when it comes too late."""
    cause, db = route.request.cause, route.request.db
    family = await find_versions(db, cause)
    unanswered: list[int] = []
    for earlier in family:
        if earlier.outcome == inbox.ASKED:
            asked = await find_questions_of_row(db, earlier.row.id)
            if not unanswered and not any(asked.values()):
                raise _too_late()
            unanswered += [question for question, is_open in asked.items() if is_open]
        elif earlier.outcome == inbox.HANDLED:
            await _correct_offer(route, earlier.row, family, unanswered)
            return
    await _say_anew(route, family, unanswered)


async def _say_anew(route: "Route", family: list[MessageVersion], unanswered: list[int]) -> None:
    """Nothing was done: it is a new message, at the place of the old one."""
    request = route.request
    _stand_at(route, family)
    is_command = find_addressed_text(request.cause, route.context) is not None
    if is_command:
        await _close(route, unanswered)
    await route.message()
    if unanswered and not is_command and request.is_silent:  # it is no command any more, and no answer either
        await _close(route, unanswered)
        await request.say("no-then")


def _stand_at(route: "Route", family: list[MessageVersion]) -> None:
    """A correction does not repeat where the message stands. To what was talk we do not answer: it may be another's."""
    cause = route.request.cause
    if family[-1].outcome == UNSEEN:
        payload = {name: value for name, value in cause.payload.items() if name != "target"}
    else:
        first = family[-1].row.payload
        payload = {**{name: first[name] for name in ("thread", "reply_to") if first.get(name)}, **cause.payload}
    route.request.cause = replace(cause, payload=payload)


async def _close(route: "Route", questions: list[int]) -> None:
    for question in questions:
        await close_question(route.request.db, question, route.request.now)


async def _correct_offer(route: "Route", row: InboxRow, family: list[MessageVersion], unanswered: list[int]) -> None:
    made = await _offer_of(route, row)
    if made is None:
        raise _too_late()
    agreement, step = made
    said = find_addressed_text(route.request.cause, route.context)
    await _close(route, unanswered)
    if step is not Step.COUNTER:
        await route.carry_out(_corrected(route, agreement, said))
    elif (before := find_addressed_text(row, route.context)) is not None:
        await route.carry_out(_countered(route, agreement, before, said))
    else:
        await _talk_anew(route, family, said)


async def _offer_of(route: "Route", row: InboxRow) -> tuple[Agreement, Step] | None:
    """The offer that a message made, while nobody has answered it."""
    request = route.request
    steps = await find_steps_of_cause(request.db, row.id)
    agreement = await find_by_id(request.db, steps[-1].agreement_id) if steps else None
    if agreement is None or agreement.state not in _OPEN or Step(steps[-1].step) not in _OFFERS:
        return None
    newest, side = agreement.negotiation.newest_offer, agreement.side_of(request.person.handle)
    if newest is None or newest.revision != steps[-1].revision or newest.by is not side:
        return None
    return agreement, Step(steps[-1].step)


def _corrected(route: "Route", agreement: Agreement, said: str | None) -> CommandCall:
    """The command that corrects a proposal, with what the message says now."""
    about, feature = route.request.reading_context, route.context.features.find(agreement.feature)
    call = _understood(route, said) if said is not None else None
    correctable = [call.command] if call else [c for c in feature.commands if c.corrected_by] if feature else []
    by = correctable[0].corrected_by if correctable else None
    command = feature.command(by) if feature and by else None
    if feature is None or command is None or (call is not None and call.feature is not feature):
        raise _too_late()
    new = CommandCall(feature, command, {"number": agreement.number})
    if call is None:  # it was the answer to a question that made the proposal: "kl. 14"
        read_missing_arguments(new, route.request.cause.payload["text"], about)
        said_nothing = len(new.values) == 1 and not new.problem
        if said_nothing or not is_pleasantry(new.unread_text, about.community.languages):
            raise _too_late()
    else:
        new.values, new.unread_text, new.problem = {**new.values, **call.values}, call.unread_text, call.problem
    route.call = new
    _refuse_the_impossible(route, new, call)
    return new


def _refuse_the_impossible(route: "Route", new: CommandCall, call: CommandCall | None) -> None:
    """What was said and is not understood must not pass for what was left out."""
    if new.problem:
        raise Refused(new.problem[0], **new.problem[1])
    for argument in call.command.arguments if call else ():
        unknown = (
            argument.kind.find_unknown(new.unread_text, route.request.reading_context)
            if argument.name not in new.values
            else ""
        )
        if unknown and argument.wanted:
            options = argument.kind.options(route.request.reading_context)
            raise Ask(argument.name, argument.kind.question, options, unknown=unknown)


def _countered(route: "Route", agreement: Agreement, before: str, said: str | None) -> CommandCall:
    """The same command for the same agreement."""
    old, call = _understood(route, before), _understood(route, said) if said is not None else None
    if (
        call is None
        or call.command is not old.command
        or call.values.get("number", agreement.number) != agreement.number
    ):
        raise _too_late()
    call.values["number"] = agreement.number
    return call


async def _talk_anew(route: "Route", family: list[MessageVersion], said: str | None) -> None:
    """A better time, said under the card: "kl. 9 passer bedre", corrected to "kl. 10"."""
    if said is None:
        _stand_at(route, family)
        await route.message()
    if route.request.is_silent:
        raise _too_late()


def _understood(route: "Route", said: str) -> CommandCall:
    try:
        return read_command(route.context.features, route.request.reading_context, said)
    except SuggestCommand:  # its yes would be a new command beside the one that is corrected
        raise Refused("what-was-that") from None


def _too_late() -> Refused:
    return Refused("edited-too-late")


async def apply_redaction(route: "Route") -> None:
    """A command that is deleted takes its open question along; an offer stays, and its writer is told how to end it."""
    request = route.request
    earlier = await find_target(request.db, request.cause)
    if earlier is None:
        return
    for question, is_open in (await find_questions_of_row(request.db, earlier.row.id)).items():
        if is_open:
            await close_question(request.db, question, request.now)
    for step in await find_steps_of_cause(request.db, earlier.row.id):
        agreement = await find_by_id(request.db, step.agreement_id)
        if agreement is not None and _still_counts(agreement, step):
            request.card = agreement.card
            await request.say("taken-back-too-late", number=agreement.number)


def _still_counts(agreement: Agreement, step: Any) -> bool:
    talk = agreement.negotiation
    offers = [offer.revision for offer in (talk.standing, *talk.offers) if offer]
    return agreement.state in _OPEN and Step(step.step) in _OFFERS and step.revision in offers
