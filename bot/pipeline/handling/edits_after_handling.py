"""Handles edits and redactions of messages that the bot has handled before. `inbound/edits.py` has the earlier ones.

Of a message and its edits, the newest version that was acted on decides. Where that was a refusal, or a question that
nobody has answered, nothing was done: the edited message is handled as a new one. Where it made an offer that nobody
has answered, the offer is corrected, if the edited message has nothing but that. Every other edit is too late.
"""

from dataclasses import replace
from typing import Any

from bot.agreements.states import State, Step
from bot.api.request.question import Ask
from bot.errors import Refused
from bot.parsing.answer import is_pleasantry
from bot.pipeline.handling.messages.commands import read_typed_command
from bot.pipeline.handling.messages.handle_message import handle_message
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_missing_arguments
from bot.pipeline.handling.reading_limits import check_length
from bot.pipeline.handling.row_handling import RowHandling
from bot.pipeline.inbound.addressing import find_addressed, find_addressed_text
from bot.store.agreements.agreements import Agreement, find_by_id
from bot.store.agreements.history import find_steps_of_cause
from bot.store.messages import inbox
from bot.store.messages.dropped import find_dropped
from bot.store.messages.edits import UNSEEN, MessageVersion, find_target, find_versions
from bot.store.messages.inbox import InboxRow
from bot.store.messages.questions import close_question, find_questions_of_row

_OFFER_STEPS = frozenset({Step.PROPOSE, Step.CORRECT, Step.COUNTER})
_OPEN_STATES = frozenset({State.PROPOSED, State.AGREED})


async def apply_edit(handling: RowHandling) -> None:
    """Do what an edited message says now. Raises `Refused` when it is too late for that."""
    request = handling.request
    target = request.cause.payload["target"]
    if await find_dropped(request.db, request.cause.source, [target]):  # the message was handled long ago
        raise _too_late()
    versions = await find_versions(request.db, request.cause)
    open_questions: list[int] = []
    for version in versions:
        if version.outcome == inbox.ASKED:
            questions = await find_questions_of_row(request.db, version.row.id)
            if not open_questions and not any(questions.values()):
                raise _too_late()
            open_questions += [question for question, is_open in questions.items() if is_open]
        elif version.outcome == inbox.HANDLED:
            await _correct_offer(handling, version.row, versions, open_questions)
            return
    await _handle_as_new_message(handling, versions, open_questions)


async def _handle_as_new_message(
    handling: RowHandling, versions: list[MessageVersion], open_questions: list[int]
) -> None:
    request = handling.request
    _restore_relations(handling, versions)
    is_command = find_addressed_text(request.cause, handling.context) is not None
    if is_command:
        await _close_questions(handling, open_questions)
    await handle_message(handling)
    if open_questions and not is_command and request.is_silent:  # it is no command any more, and no answer either
        await _close_questions(handling, open_questions)
        await request.say("no-then")


def _restore_relations(handling: RowHandling, versions: list[MessageVersion]) -> None:
    """Give the edit the thread and the reply of the original message, which an edit does not repeat.

    When the original was not for the bot, the answer does not reply to it: it may be somebody else's message.
    """
    cause, original = handling.request.cause, versions[-1]
    if original.outcome == UNSEEN:
        payload = {name: value for name, value in cause.payload.items() if name != "target"}
    else:
        relations = {name: original.row.payload.get(name) for name in ("thread", "reply_to")}
        payload = {**{name: event_id for name, event_id in relations.items() if event_id}, **cause.payload}
    handling.request.cause = replace(cause, payload=payload)


async def _close_questions(handling: RowHandling, questions: list[int]) -> None:
    for question in questions:
        await close_question(handling.request.db, question, handling.request.now)


async def _correct_offer(
    handling: RowHandling, row: InboxRow, versions: list[MessageVersion], open_questions: list[int]
) -> None:
    """Replace the offer that an earlier version of the message (`row`) made."""
    offer = await _find_unanswered_offer(handling, row)
    if offer is None:
        raise _too_late()
    agreement, step = offer
    check_length(handling.request.cause.payload["text"])
    addressed = find_addressed(handling.request.cause, handling.context)
    if addressed is not None and addressed.before:
        raise Refused("unread-part", unread=addressed.before)
    if addressed is not None and len(addressed.commands) > 1:
        raise Refused("edited-more")
    text = addressed.text if addressed else None
    await _close_questions(handling, open_questions)
    if step is not Step.COUNTER:
        await handling.run_command(_read_corrected_proposal(handling, agreement, text))
    elif (earlier_text := find_addressed_text(row, handling.context)) is not None:
        await handling.run_command(_read_corrected_counter(handling, agreement, earlier_text, text))
    else:
        await _correct_counter_under_card(handling, versions, text)


async def _find_unanswered_offer(handling: RowHandling, row: InboxRow) -> tuple[Agreement, Step] | None:
    """Return the agreement to which a message added the newest offer, and the step that did so."""
    request = handling.request
    steps = await find_steps_of_cause(request.db, row.id)
    agreement = await find_by_id(request.db, steps[-1].agreement_id) if steps else None
    if agreement is None or agreement.state not in _OPEN_STATES or Step(steps[-1].step) not in _OFFER_STEPS:
        return None
    newest, side = agreement.negotiation.newest_offer, agreement.side_of(request.person.handle)
    if newest is None or newest.revision != steps[-1].revision or newest.by is not side:
        return None
    return agreement, Step(steps[-1].step)


def _read_corrected_proposal(handling: RowHandling, agreement: Agreement, text: str | None) -> CommandCall:
    """Return the command that corrects a proposal, with the values that the message has now.

    `text` is None when the proposal was made by the answer to a question, such as "kl. 14".
    """
    reading, feature = handling.request.reading_context, handling.context.features.find(agreement.feature)
    edited = _read_command(handling, text) if text is not None else None
    correctable = [edited.command] if edited else [c for c in feature.commands if c.corrected_by] if feature else []
    corrected_by = correctable[0].corrected_by if correctable else None
    command = feature.command(corrected_by) if feature and corrected_by else None
    if feature is None or command is None or (edited is not None and edited.feature is not feature):
        raise _too_late()
    call = CommandCall(feature, command, {"number": agreement.number})
    if edited is None:
        read_missing_arguments(call, handling.request.cause.payload["text"], reading)
        is_empty = len(call.values) == 1 and not call.problem
        if is_empty or not is_pleasantry(call.unread_text, reading.community.languages):
            raise _too_late()
    else:
        call.values.update(edited.values)
        call.unread_text, call.problem = edited.unread_text, edited.problem
    handling.call = call
    _check_unknown_values(handling, call, edited)
    return call


def _check_unknown_values(handling: RowHandling, call: CommandCall, edited: CommandCall | None) -> None:
    """Raise `Refused` or `Ask` for a value that does not exist. Taken for omitted, it would silently stay as it was."""
    if call.problem:
        raise Refused(call.problem[0], **call.problem[1])
    reading = handling.request.reading_context
    for argument in edited.command.arguments if edited else ():
        if argument.wanted and argument.name not in call.values:
            unknown = argument.kind.find_unknown(call.unread_text, reading)
            if unknown:
                options = argument.kind.options(reading)
                raise Ask(argument.name, argument.kind.question, options, unknown=unknown)


def _read_corrected_counter(
    handling: RowHandling, agreement: Agreement, earlier_text: str, text: str | None
) -> CommandCall:
    """Return the edited counter-offer. Raises `Refused` when it is another command, or about another agreement."""
    earlier = _read_command(handling, earlier_text)
    call = _read_command(handling, text) if text is not None else None
    if call is None or call.command is not earlier.command:
        raise _too_late()
    if call.values.setdefault("number", agreement.number) != agreement.number:
        raise _too_late()
    return call


async def _correct_counter_under_card(handling: RowHandling, versions: list[MessageVersion], text: str | None) -> None:
    """Replace a counter-offer written under the card: "kl. 9 passer bedre", edited to "kl. 10"."""
    if text is None:
        _restore_relations(handling, versions)
        await handle_message(handling)
    if handling.request.is_silent:
        raise _too_late()


def _read_command(handling: RowHandling, text: str) -> CommandCall:
    try:
        call = read_typed_command(handling.context.features, handling.request.reading_context, text)
    except SuggestCommand:  # a yes to the suggestion would be a new command beside the one that is corrected
        raise Refused("what-was-that") from None
    if call.several:
        raise Refused("edited-more")
    if call.must_confirm:  # what is corrected has to be clear to the last word
        raise Refused("unread-part", unread=call.content or text)
    return call


def _too_late() -> Refused:
    return Refused("edited-too-late")


async def apply_redaction(handling: RowHandling) -> None:
    """Close the open question of a deleted command. An offer stays, and its sender is told how to cancel it."""
    request = handling.request
    message = await find_target(request.db, request.cause)
    if message is None:
        return
    questions = await find_questions_of_row(request.db, message.row.id)
    await _close_questions(handling, [question for question, is_open in questions.items() if is_open])
    for step in await find_steps_of_cause(request.db, message.row.id):
        agreement = await find_by_id(request.db, step.agreement_id)
        if agreement is not None and _is_offer_open(agreement, step):
            request.card = agreement.card
            await request.say("taken-back-too-late", number=agreement.number)


def _is_offer_open(agreement: Agreement, step: Any) -> bool:
    """Return whether the offer that a step made is accepted, or can still be."""
    negotiation = agreement.negotiation
    revisions = [offer.revision for offer in (negotiation.standing, *negotiation.offers) if offer]
    return agreement.state in _OPEN_STATES and Step(step.step) in _OFFER_STEPS and step.revision in revisions
