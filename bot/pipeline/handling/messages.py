"""Handles messages and taps: a command, the answer to a question, or something about the card they are under."""

from typing import Any

from bot.errors import Refused
from bot.pipeline.handling.questions import answer_by_tap, answer_by_text, find_card_row
from bot.pipeline.handling.read_command import read_command
from bot.pipeline.handling.row_handling import RowHandling
from bot.pipeline.inbound.addressing import find_addressed_text
from bot.store.messages import outbox
from bot.store.messages.questions import Question, find_open_question, find_question

_QUESTION = "question/"


async def handle_message(handling: RowHandling) -> None:
    """Run the command in a message; without one, read it as an answer, or give it to the feature of the card."""
    request = handling.request
    text = find_addressed_text(request.cause, handling.context)
    if text is not None:
        await handling.run_command(read_command(handling.context.features, request.reading_context, text))
        return
    payload = request.cause.payload
    subject = await _find_subject(handling, payload.get("thread"), payload.get("reply_to"))
    if not await _answer_question(handling, subject):
        await _call_feature_of(handling, subject, "on_message", payload["text"])


async def handle_tap(handling: RowHandling) -> None:
    """Answer the question under which somebody tapped, or give the emoji to the feature of the card."""
    payload = handling.request.cause.payload
    subject = await _find_subject(handling, payload["target"])
    if subject is None or not subject.startswith(_QUESTION):
        await _call_feature_of(handling, subject, "on_tap", payload["key"])
        return
    call = await answer_by_tap(handling.context, handling.request, _question_id(subject), payload["key"])
    if call is not None:
        await handling.run_command(call)


async def _answer_question(handling: RowHandling, subject: str | None) -> bool:
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
    call = await answer_by_text(handling.context, request, question, request.cause.payload["text"], is_reply=is_reply)
    if call is not None:
        await handling.run_command(call)
    return call is not None or not request.is_silent


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


async def _call_feature_of(handling: RowHandling, subject: str | None, hook: str, text: str) -> None:
    """Give a message or an emoji to the feature whose card it is under. Under no card it is not for the bot."""
    name, _, subject_in_feature = (subject or "").partition("/")
    feature = handling.context.features.find(name)
    function: Any = getattr(feature, hook) if feature else None
    if feature and function:
        handling.use_feature(feature)
        await function(handling.request, subject_in_feature, text)


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
