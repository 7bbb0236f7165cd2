"""Reads a message as the answer to a yes-or-no question: a yes, a no, or words that leave it undecided."""

from collections.abc import Sequence

from bot.api.feature import Request
from bot.errors import Refused
from bot.languages.speech_acts import YES_OR_NO, SpeechAct
from bot.parsing.answer import yes_or_no
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.unread import find_content, find_risks
from bot.store.messages.questions import Question

#: More words beside "lad det bare være" say something else, too.
_MAX_WORDS_BESIDE_DROP = 3


def read_yes_or_no(text: str, request: Request) -> bool | None:
    """Return the yes or no of a text that says nothing else."""
    languages = request.community.languages
    if (exact := yes_or_no(text, languages)) is not None:
        return exact
    signals = find_signals(text, languages)
    says = set(signals.acts) & YES_OR_NO
    if len(says) != 1 or signals.is_question:
        return None
    act = says.pop()
    if act is SpeechAct.YES and finder_of(signals.language).hedge.find(text) is not None:
        return None
    rest = blank_out(text, signals.words_of([act, SpeechAct.THANK, SpeechAct.GREET]))
    has_more = find_content(rest, languages) or find_risks(rest, languages, allows_inability=act is SpeechAct.NO)
    return None if has_more else act is SpeechAct.YES


def notice_hedge(text: str, languages: Sequence[str]) -> None:
    """Raise `Refused` for an answer to a yes-or-no question that only says that it is not decided: "det burde gå"."""
    signals = find_signals(text, languages)
    hedges = finder_of(signals.language).hedge.find_all(text)
    rest = blank_out(text, [*hedges, *signals.words_of([*YES_OR_NO, SpeechAct.THANK])])
    if hedges and not signals.is_question and not find_content(rest, languages) and not find_risks(rest, languages):
        raise Refused("noticed-hedge", word=text[hedges[0].start : hedges[0].end])


def drops_matter(request: Request, question: Question, text: str) -> bool:
    """Return whether a text only says that the matter of a question is dropped: "lad det bare være"."""
    languages = request.community.languages
    signals = find_signals(text, languages)
    if SpeechAct.DROP not in signals.acts or (question.is_yes_or_no and read_yes_or_no(text, request) is not None):
        return False
    rest = blank_out(text, signals.words_of([SpeechAct.DROP, SpeechAct.NO, SpeechAct.THANK, SpeechAct.YES]))
    return not find_risks(rest, languages) and len(find_content(rest, languages).split()) <= _MAX_WORDS_BESIDE_DROP
