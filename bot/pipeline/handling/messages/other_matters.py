"""Finds the speech acts of a sentence that are about something else than the work: a match, a jacket, coffee."""

import re
from itertools import chain

from bot.api.arguments.names import TASK
from bot.languages.speech_acts import YES_OR_NO, SpeechAct
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import FoundPattern
from bot.parsing.sentences.unread import find_content
from bot.parsing.unread_words import Sentence
from bot.pipeline.handling.messages.sentence_reading import SentenceReading, blank_anchor, blank_time, blank_work

#: Words between a verb and the event that it is about: "aflyser lørdagens kamp".
_MAX_GAP = 1
_CLAUSE_MARK = re.compile(r"[,.;!?\n]")


def find_acts_on_others(reading: SentenceReading) -> set[SpeechAct]:
    """Return the speech acts of a sentence that are about something else than the work."""
    acts, said = _find_told_acts(reading) | _find_answers_to_others(reading), {*reading.signals.acts}
    if _names_other_matter(reading):
        if is_unspecific_report(reading):  # "jeg har glemt min jakke"
            acts.add(SpeechAct.REPORT_MISSING)
        if not _refuses(reading):  # "vi kan ikke finde nøglen"
            acts |= {SpeechAct.NO, SpeechAct.CALL_OFF} - (said & {SpeechAct.CALL_OFF})
    if reading.signals.is_inability:
        said |= {SpeechAct.NO, SpeechAct.CALL_OFF}
    return acts & said


def is_unspecific_report(reading: SentenceReading) -> bool:
    """Return whether a report of missing work may be about anything: "der mangler en bold", but not "et hjørne"."""
    finder, sentence = finder_of(reading.signals.language), Sentence(reading.text, reading.context.languages)
    if finder.part_of_work.find(reading.text) is not None or TASK.read(sentence, reading.context) is not None:
        return False
    weak = finder.unspecific_missing.find_all(reading.text)
    words = reading.signals.words_of([SpeechAct.REPORT_MISSING])
    return bool(words) and all(any(map(found.overlaps, weak)) for found in words)


def _find_answers_to_others(reading: SentenceReading) -> set[SpeechAct]:
    """Return the yes and the no of a sentence that answer something else: "nej tak til flere påmindelser"."""
    found = finder_of(reading.signals.language).answer_to.find(reading.text)
    if found is None:
        return set()
    clause = _CLAUSE_MARK.split(reading.text[found.end :])[0]
    rest = blank_time(blank_work(clause, reading.context), reading.context)
    return set(YES_OR_NO) if find_content(rest, reading.context.languages) else set()


def _refuses(reading: SentenceReading) -> bool:
    """Return whether a sentence has a no of its own: "nej", and not only "kan ikke"."""
    negation, text = finder_of(reading.signals.language).negation, reading.text
    refusals = reading.signals.words_of([SpeechAct.NO])
    return any(negation.find(text[found.start : found.end]) is None for found in refusals)


def _names_other_matter(reading: SentenceReading) -> bool:
    finder = finder_of(reading.signals.language)
    is_other = any(patterns.find(reading.text) for patterns in (finder.other_matters, finder.other_objects))
    return is_other and finder.part_of_work.find(reading.text) is None


def _find_told_acts(reading: SentenceReading) -> set[SpeechAct]:
    """Return the acts of a sentence that only tells of something: "kampen er aflyst", "sidste gang de aflyste"."""
    finder, text = finder_of(reading.signals.language), blank_anchor(reading.text, reading.context)
    others = (
        *finder.other_events.find_all(text),
        *(finder.other_objects.find_all(text) if reading.is_under_card else ()),
    )
    events = [event.start for event in others]
    past = finder.in_the_past.find_all(text)
    told = [found for found in finder.told.find_all(text) if _is_of_something_else(text[: found.start], reading)]
    relieved = finder.relief.find(text)

    def is_told(word: FoundPattern) -> bool:
        if relieved is not None and relieved.start < word.end:  # "så slipper vi for at aflyse"
            return True
        if any(map(word.overlaps, told)):
            return True
        since = [text[earlier.end : word.start] for earlier in past if earlier.end <= word.start]
        if any(not _CLAUSE_MARK.search(gap) for gap in since):  # "sidste gang de aflyste"
            return True
        gaps = [text[word.end : event] for event in events if word.end < event]
        return any(len(gap.split()) <= _MAX_GAP and not _CLAUSE_MARK.search(gap) for gap in gaps)

    acts = {SpeechAct.CALL_OFF, SpeechAct.MOVE, SpeechAct.SKIP}
    words = {act: reading.signals.words_of([act]) for act in acts}
    if not told and not any(map(is_told, chain.from_iterable(words.values()))):
        return set()
    return {act for act in acts if all(map(is_told, words[act]))}


def _is_of_something_else(before: str, reading: SentenceReading) -> bool:
    """Return whether a clause begins with something that is no thing, task or time."""
    clause = _CLAUSE_MARK.split(before)[-1]
    rest = blank_time(blank_work(clause, reading.context), reading.context)
    return bool(find_content(rest, reading.context.languages))
