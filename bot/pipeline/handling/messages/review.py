"""Reviews the unread words of a command before the command runs, so that no part of the message is dropped."""

from collections.abc import Sequence
from operator import attrgetter

from bot.api.arguments.text import TEXT
from bot.api.request.reading_context import ReadingContext
from bot.errors import Refused
from bot.languages.registry import find_language
from bot.languages.speech_acts import YES_OR_NO, SpeechAct
from bot.parsing.known_names import find_names
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import Signals, find_signals
from bot.parsing.sentences.unread import (
    Risk,
    RiskKind,
    blank_alternatives,
    blank_hedges,
    blank_reservations,
    find_content,
    find_risks,
    is_retracted,
)
from bot.parsing.unread_words import quotable, split_words
from bot.pipeline.handling.messages.own_names import hide_names
from bot.pipeline.handling.missing_arguments import find_unknown_values
from bot.pipeline.handling.read_command import CommandCall

#: Speech acts whose reason may say that somebody cannot: "vi kan ikke".
_WITH_INABILITY = frozenset({SpeechAct.NO, SpeechAct.CALL_OFF, SpeechAct.SKIP})
#: Speech acts that stay what they are as a question: "kan I slå bane 1 fredag?".
_ASKABLE = frozenset({SpeechAct.WANT, SpeechAct.MOVE})
#: Speech acts that are done although something else is undecided: a wish, and a report of what is missing.
_MAY_STAND_OPEN = frozenset({SpeechAct.WANT, SpeechAct.REPORT_MISSING})
#: Speech acts that a hedge anywhere in the sentence takes back: "ja, det tror jeg nok".
_DECISIONS = frozenset({SpeechAct.YES, SpeechAct.APPROVE, SpeechAct.REPORT_DONE})

#: Risks that are said back, so that the sender sees that they were noticed. A yes would be no answer to them.
_NOTICED = (
    RiskKind.NEGATION,
    RiskKind.CONDITION,
    RiskKind.ALTERNATIVE,
    RiskKind.NOT_YET,
    RiskKind.CONTRAST,
    RiskKind.HEDGE,
)


class Noticed(Refused):
    """The refusal of a message with a negation, a condition or the like. The answer names the word."""


def review_call(call: CommandCall, reading: ReadingContext, signals: Signals, *, is_typed: bool) -> None:
    """Set `must_confirm`, `content` and `risk` of a call according to its unread words.

    `is_typed`: the command was written with its exclamation mark. Raises `Noticed` for a negation, a condition,
    alternatives, a contrast, a question and for something that is not so yet. Raises `Refused` for any unread words of
    a command that sets the sender's own settings. Of a command that only shows, `content` are unread words that could
    change what is shown.
    """
    if call.command.sets_own:
        _refuse_unread(call, reading, signals)
    if not call.command.changes:
        call.content = "" if call.command.sets_own or not is_typed else _find_left_out(call, reading)
        return
    if call.problem:  # which is said instead
        call.must_confirm = not is_typed
        return
    if is_retracted(call.text, reading.languages):
        raise Refused("no-then")
    acts = call.command.acts
    unread = _find_unread(call, reading)
    if _has_offer(call):  # without the words that join the offer to the answer: "men først"
        unread = blank_reservations(unread, reading.languages)
    is_hedged = False
    if acts & _ASKABLE:  # "kunne I måske slå bane 1?" is polite
        certain = blank_hedges(unread, reading.languages)
        is_hedged, unread = certain != unread, certain
    if any(time.alternatives for time in call.times):
        unread = blank_alternatives(unread, reading.languages)  # which of them is asked
    texts = [name for name in _text_arguments(call) if name in call.values]
    reason = " ".join(str(call.values[name]) for name in texts)
    if SpeechAct.REPORT_MISSING in acts and reason:
        _refuse_bare_negation(reason, reading)
        if is_typed:
            _refuse_leading_negation(call.text, reading)
    if SpeechAct.REPORT_DONE in acts:
        _refuse_unfinished(signals)
    risks = _find_risks(call, f"{unread} {reason}".strip(), reading, signals)
    _refuse_noticed(risks)
    call.risk = call.risk or bool(risks)
    finder = finder_of(signals.language)
    hedges = finder.hedge if acts & _DECISIONS else finder.undecided
    if not acts & _MAY_STAND_OPEN and acts and (hedge := hedges.find(signals.text)):
        raise Noticed("noticed-hedge", word=quotable(signals.text[hedge.start : hedge.end], 40))
    if signals.is_question and acts.isdisjoint(_ASKABLE) and not _has_offer(call):
        raise Noticed("noticed-question", word="?")
    call.content = quotable(find_content(unread, reading.languages), 120)
    if call.risk and not call.content:
        call.content = quotable(reason, 120) or quotable(risks[0].words, 40)
    contradicts = _contradicts(call, signals, reason, reading)
    if is_typed and (other := _find_other_act(call, f"{unread} {reason}", reading)):
        contradicts, call.content = True, call.content or other
    call.must_confirm = (
        contradicts
        or is_hedged
        or call.risk
        or bool(call.content)
        or not is_typed
        or (signals.is_question and bool(acts))
    )
    for name in texts:
        if not is_typed and not find_content(str(call.values[name]), reading.languages):
            del call.values[name]  # only filler words, which are no reason


def _refuse_noticed(risks: Sequence[Risk]) -> None:
    """Raise `Noticed` for the first risk of a kind in which the bot does nothing: a negation, a condition."""
    for risk in risks:
        if risk.kind in _NOTICED:
            raise Noticed(f"noticed-{risk.kind}", word=quotable(risk.words, 40))


def _refuse_unread(call: CommandCall, reading: ReadingContext, signals: Signals) -> None:
    """Raise `Refused` for a question and for unread words: "!sprog ikke engelsk", "!ro 22-7 undtagen fredag".

    A command that lacks an argument asks for that anyway, and words in a TEXT are left to the command.
    """
    if signals.is_question or "?" in call.text:
        raise Noticed("noticed-question", word="?")
    _refuse_noticed(find_risks(call.unread_text, reading.languages))
    content = find_content(call.unread_text, reading.languages)
    is_asked = any(argument.wanted and argument.name not in call.values for argument in call.command.arguments)
    if content and not is_asked:
        raise Refused("unread-part", unread=quotable(content, 120))


def _find_left_out(call: CommandCall, reading: ReadingContext) -> str:
    """Return the unread words of a command that shows something, when they could change what it shows: "20 timer"."""
    unread = _find_unread(call, reading)
    is_why = SpeechAct.WHY in call.command.acts  # "hvorfor kan jeg ikke få bane 2"
    if not find_risks(hide_names(unread, reading), reading.languages, allows_inability=is_why):
        return ""
    return quotable(find_content(unread, reading.languages), 120)


def _refuse_unfinished(signals: Signals) -> None:
    """Raise `Noticed` for a report that says that the work goes on: "hjørnet mangler", "bliver færdig kl. 18"."""
    finder = finder_of(signals.language)
    for_now = finder.for_now.find_all(blank_out(signals.text, finder.courtesy.find_all(signals.text)))
    done = signals.words_of([SpeechAct.REPORT_DONE])
    expected = [  # "should be finished by 6"
        each
        for each in finder.not_yet.find_all(signals.text)
        if any(each.start <= one.start <= each.end + 1 for one in done)
    ]
    expected.sort(key=attrgetter("end"))  # the shortest is quoted: "bliver", not "bliver færdig"
    for found in (*signals.words_of([SpeechAct.REPORT_MISSING]), *for_now, *expected):
        raise Noticed("noticed-not-yet", word=quotable(signals.text[found.start : found.end], 40))


def _refuse_bare_negation(reason: str, reading: ReadingContext) -> None:
    """Raise `Noticed` when nothing is said to be missing: "ikke noget"."""
    for code in reading.languages:
        negation = finder_of(code).negation
        found = negation.find(reason)
        if found is not None and not find_content(blank_out(reason, negation.find_all(reason)), reading.languages):
            raise Noticed("noticed-negation", word=reason[found.start : found.end])


def _refuse_leading_negation(text: str, reading: ReadingContext) -> None:
    """Raise `Noticed` for "mangler ikke hjørnet": it is not missing."""
    for code in reading.languages:
        found = finder_of(code).negation.find(text)
        if found is not None and not text[: found.start].strip(" ,"):
            raise Noticed("noticed-negation", word=text[found.start : found.end])


def _contradicts(call: CommandCall, signals: Signals, reason: str, reading: ReadingContext) -> bool:
    """Return whether the words beside a command speak against it, or go on to something else ("og luk …")."""
    acts, said = call.command.acts, set(signals.acts)
    against = {SpeechAct.YES: SpeechAct.NO, SpeechAct.NO: SpeechAct.YES}
    if any(act in acts and other in said for act, other in against.items()):
        return True
    if SpeechAct.ACKNOWLEDGE in said and acts & {SpeechAct.YES, SpeechAct.APPROVE}:  # "ok, noteret"
        return True
    first = reason.split()[0].casefold() if reason.split() else ""
    goes_on = first in {find_language(code).writing.time.conjunction for code in reading.languages}
    return goes_on or (SpeechAct.DROP in said and SpeechAct.DROP not in acts and bool(reason))


def _find_other_act(call: CommandCall, unread: str, reading: ReadingContext) -> str:
    """Return the first unread word when the command's word means something else with it: the "op" of "luk op".

    Empty in any other case.
    """
    first = unread.split()[0] if unread.split() else ""
    for word in call.feature.words_in(call.command, reading.language) if first and call.command.acts else ():
        for act, found in find_signals(f"{word} {first}", (reading.language,)).acts.items():
            is_whole = any(each.start == 0 and len(each.parts) > 1 for each in found)
            if is_whole and act not in call.command.acts:
                return quotable(first, 40)
    return ""


def _find_unread(call: CommandCall, reading: ReadingContext) -> str:
    """Return the unread text without a name that is asked about anyway ("bane 9"), and a series without "fast tid"."""
    unread = call.unread_text
    if any(time.rrule for time in call.times):
        for code in reading.languages:
            unread = blank_out(unread, finder_of(code).standing.find_all(unread))
    if unknown := find_unknown_values(call, reading):
        unread = unread.replace(unknown, " ", 1)
    return unread


def _find_risks(call: CommandCall, text: str, reading: ReadingContext, signals: Signals) -> list[Risk]:
    acts = call.command.acts
    allows_inability = not acts.isdisjoint(_WITH_INABILITY)
    names = frozenset(word for argument in call.command.arguments for word in argument.kind.first_words(reading))
    risks = find_risks(
        hide_names(text, reading),
        reading.languages,
        allows_inability=allows_inability,
        allows_polite=bool(finder_of(signals.language).find_polite(signals.text)),
    )
    for found in finder_of(signals.language).find_conditional_clauses(signals.text):
        risks.append(Risk(RiskKind.CONDITION, signals.text[found.start : found.end]))
    named = next((word for word in split_words(text) if word.folded in names), None)
    if named and all(risk.kind is not RiskKind.PART for risk in risks):
        risks.append(Risk(RiskKind.PART, text[named.start : named.end]))
    if SpeechAct.CLOSE in acts and (limit := _find_limit(text, reading)):
        risks.append(Risk(RiskKind.PART, limit))
    harmless: set[RiskKind] = set()
    if SpeechAct.REPORT_MISSING in acts:  # what is missing is said with "ikke", with numbers and with names
        harmless |= {RiskKind.NEGATION, RiskKind.CONTRAST, RiskKind.NOT_YET, RiskKind.HEDGE, RiskKind.PART}
    if SpeechAct.REPORT_DONE not in acts:
        harmless.add(RiskKind.NOT_YET)
    if _has_offer(call):  # "ja, men først kl. 15" offers another time
        harmless |= {RiskKind.CONTRAST, RiskKind.CONDITION}
    return [risk for risk in risks if risk.kind not in harmless]


def _find_limit(reason: str, reading: ReadingContext) -> str:
    """Return the words of a reason that close a thing for some people or uses only: "for børn", "for Hylke IF"."""
    people = tuple(name for person in reading.community.people for name in (person.handle, person.name))
    for code in reading.languages:
        finder = finder_of(code)
        if (limit := finder.for_some.find(reason)) is not None:
            return reason[limit.start : limit.end]
        for name in find_names(reason, people):
            leads = [lead for lead in finder.for_whom.find_all(reason) if reason[lead.end : name.start()].isspace()]
            if leads:
                return reason[leads[0].start : name.end()]
    return ""


def _has_offer(call: CommandCall) -> bool:
    """Return whether a yes or a no comes with a time."""
    is_answer = not call.command.acts.isdisjoint(YES_OR_NO)
    return is_answer and any(time.has_clock for time in call.times)


def _text_arguments(call: CommandCall) -> list[str]:
    return [argument.name for argument in call.command.arguments if argument.kind is TEXT]
