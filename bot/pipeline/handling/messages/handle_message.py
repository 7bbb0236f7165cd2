"""Handles messages and taps: a command, a sentence, the answer to a question, or words under a card."""

from typing import Any

from bot.api.feature import Feature
from bot.errors import Refused
from bot.pipeline.handling.messages.answers import answer_by_tap, answer_by_text, find_card_row
from bot.pipeline.handling.messages.commands import handle_commands
from bot.pipeline.handling.messages.sentences import handle_sentence
from bot.pipeline.handling.messages.words_under_card import handle_words_under_card
from bot.pipeline.handling.read_command import UnknownCommand
from bot.pipeline.handling.row_handling import RowHandling
from bot.pipeline.inbound.addressing import find_addressed
from bot.store.messages import outbox
from bot.store.messages.questions import Question, find_open_question, find_question

_QUESTION = "question/"


async def handle_message(handling: RowHandling) -> None:
    """Run the commands in a message, or do what a sentence to the bot says. "!tilmeld …" is a sentence: no command.

    Any other message is read as an answer, or as words about the card that it is under.
    """
    request = handling.request
    payload = request.cause.payload
    addressed = find_addressed(request.cause, handling.context)
    subject = await _find_subject(handling, payload.get("thread"), payload.get("reply_to"))
    feature, subject_in_feature = _split_subject(handling, subject)
    if addressed is not None and addressed.commands:
        request.subject = subject_in_feature or None
        request.card = None if feature is None else request.card
        try:
            await handle_commands(handling, addressed.commands, addressed.before)
        except UnknownCommand:
            if len(addressed.commands) > 1 or addressed.before:
                raise
            await handle_sentence(handling, addressed.text, feature=feature, subject=subject_in_feature)
        return
    if await _answer_question(handling, subject, addressed.sentence if addressed else payload["text"]):
        return
    if addressed is not None:
        await handle_sentence(handling, addressed.sentence, feature=feature, subject=subject_in_feature)
    elif feature is not None and feature.on_message is not None:
        handling.use_feature(feature)
        await feature.on_message(request, subject_in_feature, payload["text"])
    elif feature is not None:
        handling.use_feature(feature)
        await handle_words_under_card(handling, feature, subject_in_feature, payload["text"])


async def handle_tap(handling: RowHandling) -> None:
    """Answer the question under which somebody tapped, or give the emoji to the feature of the card."""
    payload = handling.request.cause.payload
    subject = await _find_subject(handling, payload["target"])
    if subject is None or not subject.startswith(_QUESTION):
        feature, subject_in_feature = _split_subject(handling, subject)
        on_tap: Any = feature.on_tap if feature else None
        if feature and on_tap:
            handling.use_feature(feature)
            await on_tap(handling.request, subject_in_feature, payload["key"])
        return
    calls = await answer_by_tap(handling.context, handling.request, _question_id(subject), payload["key"])
    if calls:
        await handling.run_answered(calls)


async def _answer_question(handling: RowHandling, subject: str | None, text: str) -> bool:
    """Read a message as the answer to the question it replies to, or to the open one; return whether it was one."""
    request = handling.request
    is_reply = subject is not None and subject.startswith(_QUESTION)
    question = await _find_replied_question(handling, subject or "") if is_reply else await _find_open(handling)
    feature = handling.context.features.find(question.feature) if question else None
    if question is None or feature is None:
        return False
    if not is_reply and await find_card_row(request, question) != request.card:
        return False
    handling.use_feature(feature)
    calls = await answer_by_text(handling.context, request, question, text, is_reply=is_reply)
    if calls:
        await handling.run_answered(calls)
    return bool(calls) or not request.is_silent


async def _find_open(handling: RowHandling) -> Question | None:
    request = handling.request
    return await find_open_question(request.db, request.place, request.cause.sender, request.now)


async def _find_replied_question(handling: RowHandling, subject: str) -> Question | None:
    """Return the question of a subject if the sender was asked, or everybody was. Raises `Refused` for a closed one."""
    stored = await find_question(handling.request.db, _question_id(subject))
    if stored is None:
        return None
    question, is_open = stored
    if question.asked not in (handling.request.cause.sender, ""):
        return None
    if not is_open:
        raise Refused("question-over")
    return question


def _split_subject(handling: RowHandling, subject: str | None) -> tuple[Feature | None, str]:
    """Return the feature of a card's subject and the subject in that feature; None and "" under no card."""
    name, _, subject_in_feature = (subject or "").partition("/")
    feature = handling.context.features.find(name)
    return feature, subject_in_feature if feature else ""


async def _find_subject(handling: RowHandling, *event_ids: str | None) -> str | None:
    """Return the subject of the first of these events that the bot sent, and set `request.card` to its card.

    In the thread of a card, the subject is the card's.
    """
    request = handling.request
    for event_id in event_ids:
        row = await outbox.find_by_event(request.db, request.cause.place, event_id) if event_id else None
        if row is not None and row.subject is not None:
            request.card = row.refers_to if row.subject.startswith(_QUESTION) else row.id
            return str(row.subject)
    return None


def _question_id(subject: str) -> int:
    return int(subject.removeprefix(_QUESTION))
