"""Reads a message that corrects what the bot has understood: "ja, men kl. 15", "nej, bane 3", "hellere lørdag"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.api.arguments.agreement_number import AgreementReferenceKind
from bot.api.arguments.kind import Argument
from bot.api.arguments.names import PERSON, TASK, THING
from bot.api.arguments.text import CHOICE, TEXT
from bot.api.feature import Request
from bot.api.request.reading_context import ReadingContext
from bot.languages.registry import find_language
from bot.languages.speech_acts import SpeechAct
from bot.parsing.answer import is_pleasantry
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import FoundPattern, blank_out
from bot.parsing.sentences.signals import Signals, find_signals
from bot.parsing.sentences.unread import find_content, find_risks
from bot.parsing.unread_words import Sentence, quotable, split_words
from bot.pipeline.handling.messages.offered_time import keep_offer
from bot.pipeline.handling.read_command import CommandCall, read_missing_arguments

#: Words of these speech acts may stand beside a correction. With those of others, the message says something new.
_BESIDE = frozenset({SpeechAct.YES, SpeechAct.NO, SpeechAct.MOVE, SpeechAct.THANK, SpeechAct.GREET, SpeechAct.DROP})

#: A correction without a yes, a no or a word for moving has no more other words: "på bane 3".
_MAX_WORDS_BESIDE = 1


@dataclass(frozen=True)
class Correction:
    """What a message says about a command that the bot has asked about.

    `call` is the corrected command; None when the message corrects nothing. `unread` are the words with a meaning that
    were not read. `begins_with` is the yes or the no in front, None without one. `is_plain`: it is said like a
    correction, and not like talk in which a time or a thing is named.
    """

    call: CommandCall | None
    unread: str
    begins_with: SpeechAct | None
    is_plain: bool


def read_correction(call: CommandCall, text: str, request: Request) -> Correction:
    """Read a message as a correction of a command."""
    reading = request.reading_context
    begins_with = _first_answer(text, reading.languages)
    signals = find_signals(text, reading.languages)
    new = CommandCall(call.feature, call.command, {argument.name: None for argument in _kept(call)})
    offer = keep_offer(text, reading, signals.language)

    def cross_out(sentence: Sentence) -> None:
        sentence.unread = blank_out(sentence.unread, [*signals.words_of(_BESIDE), *begins_with.values()])

    read_missing_arguments(new, offer, reading, cross_out)
    unread = _blank_joints(new.unread_text, reading)
    is_read = not find_risks(unread, reading.languages) and (
        is_pleasantry(unread, reading.languages) or not find_content(unread, reading.languages)
    )
    content = "" if is_read else text
    values = {name: value for name, value in new.values.items() if value is not None}
    changed = None
    if values and new.problem is None and not _says_something_new(signals):
        changed = _correct(call, values, new, adds=_adds(offer, values, call, reading))
    is_marked = bool(begins_with) or offer != text or SpeechAct.MOVE in signals.acts
    is_plain = not signals.is_to_somebody and (is_marked or len(split_words(unread)) <= _MAX_WORDS_BESIDE)
    return Correction(changed, quotable(content, 120), next(iter(begins_with), None), is_plain)


def _kept(call: CommandCall) -> list[Argument]:
    """Return the arguments that a correction does not name: reasons, and what was chosen for the time before."""
    return [argument for argument in call.command.arguments if argument.kind in (TEXT, CHOICE)]


def _blank_joints(unread: str, reading: ReadingContext) -> str:
    """Return the unread words without those that join a correction to the answer: "men kun", "også"."""
    for code in reading.languages:
        finder = finder_of(code)
        for patterns in (finder.only, finder.adds, finder.contrast, finder.acts[SpeechAct.MOVE]):
            unread = blank_out(unread, patterns.find_all(unread))
    return unread


def _says_something_new(signals: Signals) -> bool:
    beside = _BESIDE | ({SpeechAct.WANT} if SpeechAct.MOVE in signals.acts else set())
    return any(act not in beside and act is not SpeechAct.APPROVE for act in signals.acts)


def _first_answer(text: str, languages: Sequence[str]) -> dict[SpeechAct, FoundPattern]:
    """Return the yes or the no with which a message begins, and its words."""
    for code in languages:
        for act in (SpeechAct.YES, SpeechAct.NO):
            for found in finder_of(code).acts[act].find_all(text):
                if not find_content(text[: found.start], (code,)):
                    return {act: found}
    return {}


def _adds(text: str, values: Mapping[str, object], call: CommandCall, reading: ReadingContext) -> bool:
    """Return whether a message names something more, and nothing else instead: "ja, og også bane 3"."""
    if any(finder_of(code).adds.find(text) for code in reading.languages):
        return True
    kinds = call.command.kinds
    joins = {find_language(code).writing.time.conjunction for code in reading.languages}
    names_work = all(kinds[name] in (THING, TASK) for name in values)
    return names_work and any(word.folded in joins for word in split_words(text)[:2])


def _correct(call: CommandCall, values: dict[str, Any], new: CommandCall, *, adds: bool) -> CommandCall | None:
    """Return the call with the new values, or with both when the message `adds`; None when it has them already."""
    kinds = call.command.kinds
    merged = {name: value for name, value in call.values.items() if kinds[name] is not CHOICE}
    names_work = any(kinds[name] in (THING, TASK, PERSON) for name in values)
    if any(isinstance(kinds[name], AgreementReferenceKind) for name in values):  # the number says all
        merged = {name: value for name, value in merged.items() if kinds[name] not in (THING, TASK, PERSON)}
    elif names_work:
        merged = {name: value for name, value in merged.items() if not isinstance(kinds[name], AgreementReferenceKind)}
    several = dict(new.several)
    for name, value in values.items():
        earlier = call.values.get(name)
        named = several.get(name, [value])
        if earlier is not None and not isinstance(kinds[name], AgreementReferenceKind):
            named = [kinds[name].complete(earlier, each) for each in named]
        if adds and earlier is not None:
            named = [earlier, *(each for each in named if each != earlier)]
        merged[name] = named[0]
        if len(named) > 1:
            several[name] = named
    if merged == call.values and not several:
        return None
    return replace(call, values=merged, several=several, must_confirm=True, confirmed="", text="")
