"""Handles messages and taps: a command, a sentence, the answer to a question, or words under a card."""

from typing import Any

from bot.api.feature import Feature, Request
from bot.api.request.person import person_at
from bot.errors import Refused
from bot.pipeline.handling.messages.addressee import Addressee, find_addressee
from bot.pipeline.handling.messages.answers import answer_by_tap, answer_by_text
from bot.pipeline.handling.messages.commands import handle_commands
from bot.pipeline.handling.messages.options import find_option
from bot.pipeline.handling.messages.sentences import handle_sentence
from bot.pipeline.handling.messages.several_options import Completed
from bot.pipeline.handling.messages.under_card.words import handle_words_under_card
from bot.pipeline.handling.messages.yes_or_no import read_yes_or_no
from bot.pipeline.handling.read_command import UnknownCommand
from bot.pipeline.handling.reading_limits import is_too_long
from bot.pipeline.handling.row_handling import RowHandling
from bot.pipeline.inbound.addressing import find_addressed
from bot.store.messages import outbox
from bot.store.messages.questions import Question, find_open_question, find_question, mark_interrupted

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
    text = addressed.sentence if addressed else payload["text"]
    if await _answer_question(handling, subject, text, is_addressed=addressed is not None):
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
    completed = await answer_by_tap(handling.context, handling.request, _question_id(subject), payload["key"])
    if completed:
        await _run(handling, completed)


async def _run(handling: RowHandling, completed: Completed) -> None:
    if completed.is_confirmed:
        await handling.run_answered(completed.calls)
    else:
        await handling.run_calls(completed.calls)


async def _answer_question(handling: RowHandling, subject: str | None, text: str, *, is_addressed: bool) -> bool:
    """Read a message as the answer to the question it replies to, or to the open one; return whether it was one."""
    request = handling.request
    is_reply = subject is not None and subject.startswith(_QUESTION)
    if is_too_long(text):
        if is_reply:
            raise Refused("sentence-too-long")
        return False
    question = await _find_replied_question(handling, subject or "", text) if is_reply else await _find_open(handling)
    feature = handling.context.features.find(question.feature) if question else None
    if question is None or feature is None:
        return False
    if is_reply:
        addressee = Addressee.BOT
    else:
        addressee = await find_addressee(request, question, text, is_addressed=is_addressed)
    handling.use_feature(feature)
    completed = await answer_by_text(handling.context, request, question, text, addressee)
    if completed:
        await _run(handling, completed)
    elif request.is_silent and not is_addressed:
        await _note_own_talk(request)
    return bool(completed) or not request.is_silent


async def _note_own_talk(request: Request) -> None:
    """Note that the person who was asked talks to others: their next words may be for those."""
    if not request.cause.payload.get("thread"):
        await mark_interrupted(request.db, request.place, request.now, asked=request.cause.sender)


async def _find_open(handling: RowHandling) -> Question | None:
    request = handling.request
    return await find_open_question(request.db, request.place, request.cause.sender, request.now)


async def _find_replied_question(handling: RowHandling, subject: str, text: str) -> Question | None:
    """Return the question of a subject if the sender was asked, or everybody was.

    Raises `Refused` for a closed one, and for a plain answer to a question to somebody else.
    """
    stored = await find_question(handling.request.db, _question_id(subject))
    if stored is None:
        return None
    question, is_open = stored
    request = handling.request
    if question.asked not in (request.cause.sender, ""):
        option = find_option(question.options, text, request.community.languages)
        if is_open and (option is not None or read_yes_or_no(text, request) is not None):
            raise Refused("question-not-yours", person=person_at(request.community, question.asked))
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
