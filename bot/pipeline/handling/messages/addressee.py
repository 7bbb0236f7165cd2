"""Decides whether a message is meant as the answer to the question that is open for its sender."""

import re
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto

from bot.api.arguments.names import TASK, THING
from bot.api.feature import Request
from bot.api.request.question import YES
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import fold
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.unread import is_cut_weekday
from bot.parsing.unread_words import Sentence, split_words
from bot.store.messages import outbox
from bot.store.messages.questions import Question

#: For so long after a question, a message without the bot's name answers it. After that, the bot asks for a yes first.
DIRECT_PERIOD = timedelta(minutes=10)

_MENTION = re.compile(r"\s*@\w")
#: "Peter, …" and "Peter: …", but not "Bane 2, …".
_FIRST_NAME = re.compile(r"\s*([^\W\d_]{2,}(?:-[^\W\d_]+)?)\s*[,:]\s*\w")


class Addressee(Enum):
    """To whom a message is said, as seen from an open question.

    BOT: to the bot, as a reply to the question or by its name. LIKELY_BOT: into the room, right after the question.
    LATE: into the room, long after it. UNCLEAR: into the room, after other talk. OTHERS: to other people.
    """

    BOT = auto()
    LIKELY_BOT = auto()
    LATE = auto()
    UNCLEAR = auto()
    OTHERS = auto()

    @property
    def is_certain(self) -> bool:
        """Whether an answer is carried out without asking first."""
        return self in (Addressee.BOT, Addressee.LIKELY_BOT)


async def find_addressee(request: Request, question: Question, text: str, *, is_addressed: bool) -> Addressee:
    """Return to whom a message is said that does not reply to the question. `is_addressed`: the bot's name is in it."""
    subject = f"question/{question.id}"
    if is_addressed or await _is_reply_to_bot(request):
        has_asked_since = await outbox.has_asked_since(request.db, request.place, subject, YES)
        return Addressee.UNCLEAR if has_asked_since else Addressee.BOT
    if is_to_somebody_else(request, text) or not await _is_where_asked(request, subject):
        return Addressee.OTHERS
    if _is_busy(request, text):  # "torsdag kl. 9 skal jeg til lægen"
        return Addressee.OTHERS
    if question.is_interrupted or await outbox.has_asked_since(request.db, request.place, subject, YES):
        return Addressee.UNCLEAR
    return Addressee.LATE if request.now - question.asked_at > DIRECT_PERIOD else Addressee.LIKELY_BOT


async def _is_reply_to_bot(request: Request) -> bool:
    """Return whether a message replies to one of the bot's, such as "… forstod jeg ikke"."""
    event = request.cause.payload.get("reply_to")
    row = await outbox.find_by_event(request.db, request.cause.place, event) if event else None
    return row is not None and row.subject is None


async def _is_where_asked(request: Request, subject: str) -> bool:
    """Return whether a message stands where the question was asked: in the room, or in the same thread.

    A reply to somebody else's message is said to that person. A reply to the message that was answered with the
    question is as good as one to the question.
    """
    asked = await outbox.find_where_asked(request.db, request.place, subject)
    if asked is None or request.place != request.cause.place:  # the community has moved to another room
        return True
    payload = request.cause.payload
    if payload.get("reply_to"):
        return bool(payload["reply_to"] == asked.cause)
    if request.card is not None or asked.card is not None:
        return request.card == asked.card
    return payload.get("thread") in (asked.thread, asked.cause)


def _is_busy(request: Request, text: str) -> bool:
    """Return whether a message says that its sender is busy: "torsdag kl. 9 skal jeg til lægen"."""
    return any(finder_of(code).busy.find(text) is not None for code in request.community.languages)


def is_to_somebody_else(request: Request, text: str) -> bool:
    """Return whether a message is said to another person: it mentions one, or begins with a name."""
    if request.cause.payload.get("mentions") or _MENTION.match(text):
        return True
    words = [word.folded for word in split_words(text[:60])]
    own = request.person.handle
    for person in request.community.people:
        name = [word.folded for word in split_words(person.name)]
        if person.handle != own and name and words[: len(name)] == name and len(words) > len(name):
            return True
    found = _FIRST_NAME.match(text)
    return found is not None and not _is_known(request, found[1])


def is_talk(unread: str, languages: Sequence[str]) -> bool:
    """Return whether the words beside an answer are rather said to people: "vi ses", "vi kommer", "nøglen"."""
    return is_statement(unread, languages) or any(finder_of(code).to_somebody.find(unread) for code in languages)


def is_statement(text: str, languages: Sequence[str]) -> bool:
    """Return whether a text tells what is so, or what people do: "bane 1 ser godt ud", "vi kommer"."""
    signals = find_signals(text, languages)
    if finder_of(signals.language).statement.find(text) is not None:
        return True
    reported = signals.words_of([SpeechAct.APPROVE, SpeechAct.REPORT_DONE, SpeechAct.REPORT_MISSING])
    return any(len(found.parts) > 1 for found in reported)


def _is_known(request: Request, word: str) -> bool:
    """Return whether a word before a comma has a meaning for the bot, so that it is not taken for a first name."""
    folded, reading = fold(word), request.reading_context
    if any(finder_of(code).knows(folded) for code in reading.languages) or is_cut_weekday(folded, reading.languages):
        return True
    sentence = Sentence(word, reading.languages)
    return any(kind.read(sentence, reading) is not None for kind in (THING, TASK)) or folded in {
        first for kind in (THING, TASK) for first in kind.first_words(reading)
    }
