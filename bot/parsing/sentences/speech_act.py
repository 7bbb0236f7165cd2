"""Ranks the speech acts that a sentence may be, the likeliest first."""

from bot.languages.speech_acts import QUESTIONS, SpeechAct
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.signals import Signals

#: Speech acts in the order in which they are likely when their words are in one sentence: "we need to cancel, please
#: move it" is first of all no wish for new work.
_IN_ROOM = (
    SpeechAct.SKIP,
    SpeechAct.CALL_OFF,
    SpeechAct.MOVE,
    SpeechAct.OPEN,
    SpeechAct.CLOSE,
    SpeechAct.REPORT_MISSING,
    SpeechAct.REPORT_DONE,
    SpeechAct.WANT,
    SpeechAct.APPROVE,
    SpeechAct.NO,
    SpeechAct.YES,
)
_UNDER_CARD = (
    SpeechAct.SKIP,
    SpeechAct.CALL_OFF,
    SpeechAct.REPORT_MISSING,
    SpeechAct.REPORT_DONE,
    SpeechAct.MOVE,
    SpeechAct.NO,
    SpeechAct.APPROVE,
    SpeechAct.YES,
)
_QUESTIONS = (
    SpeechAct.HELP,
    SpeechAct.WHY,
    SpeechAct.WHO,
    SpeechAct.HOW_MUCH,
    SpeechAct.WHETHER_FREE,
    SpeechAct.WHEN,
    SpeechAct.WHAT,
)


def rank_acts(
    signals: Signals, *, names_work: bool, names_time: bool, moves_time: bool, under_card: bool
) -> list[SpeechAct]:
    """Return the speech acts of a sentence, the likeliest first.

    `names_work`: it names a task. `names_time`: it names a time. `moves_time`: it moves a time ("en time senere").
    `under_card`: it was written in the thread of a card.
    """
    said = set(signals.acts)
    if SpeechAct.OPEN in said:
        said.discard(SpeechAct.CLOSE)
    if SpeechAct.REPORT_DONE in said and _moves_weakly(signals):  # "først færdig om en time"
        said.discard(SpeechAct.MOVE)
    if moves_time or (under_card and names_time):
        said.add(SpeechAct.MOVE)
    calls_off_by_inability = signals.is_inability and SpeechAct.CALL_OFF not in said
    if signals.is_inability:
        said.add(SpeechAct.NO)
    reports = said & {SpeechAct.REPORT_DONE, SpeechAct.REPORT_MISSING, SpeechAct.APPROVE}
    if names_work and not under_card and (not reports or signals.is_question):
        said.add(SpeechAct.WANT)
    if under_card:
        acts = [act for act in _UNDER_CARD if act in said]
        answer = next((act for act in (SpeechAct.NO, SpeechAct.YES) if act in signals.acts), None)
        if answer and SpeechAct.MOVE in acts and SpeechAct.MOVE not in signals.acts and not moves_time:
            acts.remove(answer)  # the command for an answer offers another time that comes with it
            acts.insert(acts.index(SpeechAct.MOVE), answer)
        return [*acts, SpeechAct.CALL_OFF] if calls_off_by_inability else acts
    acts = [act for act in _IN_ROOM if act in said]
    if calls_off_by_inability:
        acts.append(SpeechAct.CALL_OFF)
    asked = [act for act in _QUESTIONS if act in said]
    if signals.asks_first or (signals.is_question and asked and not _begins_with_wish(signals)):
        return asked + acts
    return acts + asked


def _begins_with_wish(signals: Signals) -> bool:
    """Return whether the words of a wish come before those of every question: "kan du se, om bane 1 er ledig?" asks.

    Words on both sides of a wish are no question: "gulvet er klamt, kan det blive vasket?"
    """
    wishes = signals.words_of([SpeechAct.WANT, SpeechAct.MOVE, SpeechAct.CALL_OFF])
    asked = [
        found.start
        for found in signals.words_of(QUESTIONS)
        if not any(found.start < wish.start and wish.end < found.end for wish in wishes)
    ]
    return bool(wishes) and (not asked or min(wish.start for wish in wishes) < min(asked))


def _moves_weakly(signals: Signals) -> bool:
    """Return whether all words of a move only say when something is: "først"."""
    weak = finder_of(signals.language).weak_move.find_all(signals.text)
    words = signals.words_of([SpeechAct.MOVE])
    return bool(words) and all(any(map(found.overlaps, weak)) for found in words)
