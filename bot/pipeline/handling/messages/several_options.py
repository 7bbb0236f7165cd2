"""Completes the command of a question by several of its options: "1 og 3", "alle undtagen 2"."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.api.arguments.text import CHOICE
from bot.api.feature import Request
from bot.errors import Refused
from bot.languages.speech_acts import YES_OR_NO
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.unread import find_content, find_risks
from bot.parsing.unread_words import quotable
from bot.pipeline.context import Context
from bot.pipeline.handling.messages.options import Choice, Selection, choices_of, select
from bot.pipeline.handling.read_command import CommandCall
from bot.pipeline.handling.stored_calls import (
    CALLS,
    LINES,
    restore_call,
    restore_call_of_option,
    restore_listed_call,
)
from bot.store.messages.questions import Question


@dataclass(frozen=True)
class Completed:
    """The commands that an answer completes. `is_confirmed`: they were listed, and the answer is a yes to them all."""

    calls: list[CommandCall]
    is_confirmed: bool = False


def select_calls(context: Context, request: Request, question: Question, text: str) -> Completed | None:
    """Return the commands of several options, or of those that a text leaves over: "1 og 3", "alle undtagen 2".

    They are listed before anything is done. Raises `Refused` where the text leaves open what is meant.
    """
    languages = request.community.languages
    if CALLS in question.said:
        selection = select(_listed_choices(question), text, languages, allows_many=True)
        if selection is None or not selection.places:
            return None
        calls = [restore_listed_call(request, question.said[CALLS][place]) for place in selection.places]
        for call in calls:
            call.must_confirm = True
        return Completed(calls)
    choices = choices_of(question.options)
    selection = select(choices, text, languages) if question.wanted and len(choices) > 1 else None
    if selection is None:
        return None
    if not selection.places:
        raise Refused("answer-not-understood")
    if selection.is_rest and not selection.of_all and len(selection.places) > 1:
        noticed = find_risks(text, languages)
        raise Refused("noticed-negation", word=noticed[0].words if noticed else text)
    is_hedged = any(finder_of(code).hedge.find(text) for code in languages)  # "bane 1, tror jeg"
    return _complete_selected(context, request, question, selection, is_hedged=is_hedged)


def refuse_unread_choice(question: Question, text: str, languages: Sequence[str]) -> None:
    """Raise `Refused` for an answer to a list that begins with a yes or a no, or chooses, and was not understood."""
    for code in languages:
        finder = finder_of(code)
        begins = (
            *(finder.acts[act] for act in YES_OR_NO),
            finder.only,
            finder.excludes,
            finder.adds,
            finder.all_of_them,
        )
        found = [each for patterns in begins for each in patterns.find_all(text)]
        if "?" not in text and any(not find_content(text[: each.start], (code,)) for each in found):
            key = "correction-not-understood" if question.is_yes_or_no else "choice-not-understood"
            raise Refused(key, unread=quotable(text, 120))


def _complete_selected(
    context: Context, request: Request, question: Question, selection: Selection, *, is_hedged: bool
) -> Completed | None:
    kind = restore_call(context, request, question).command.kinds[question.wanted]
    if len(selection.places) > 1 and kind is CHOICE:
        raise Refused("choose-one")
    calls = []
    for place in selection.places:
        call = restore_call_of_option(context, request, question, question.options[place])
        call.must_confirm = call.must_confirm or selection.is_rest or is_hedged or len(selection.places) > 1
        calls.append(call)
    return Completed(calls)


def _listed_choices(question: Question) -> list[Choice]:
    """Return the commands that a question lists, as people name them."""
    calls, lines = question.said[CALLS], question.said.get(LINES, [])
    numbers = [call["said"].get("number") for call in calls]
    if len(lines) != len(calls):  # stored by an earlier version
        lines = [""] * len(calls)
    return [Choice(line, number if type(number) is int else None) for line, number in zip(lines, numbers, strict=True)]
