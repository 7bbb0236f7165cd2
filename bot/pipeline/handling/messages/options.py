"""Finds the options of a question that an answer names: "2", "den første", "1 og 3", "alle undtagen 2"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language
from bot.parsing.answer import sign_of
from bot.parsing.normalise import fold
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import FoundPattern, blank_out
from bot.parsing.sentences.unread import find_risks
from bot.parsing.unread_words import Sentence, Word, split_words

#: "1-3" names no more options than this.
_MAX_RANGE = 12
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Choice:
    """An option as people name it: by its label, and by its number (an agreement's), or else its place in the list."""

    label: str
    number: int | None = None


@dataclass(frozen=True)
class Selection:
    """The options that an answer chooses, as places in the list, counted from 0.

    There are no places when the answer leaves open which options it means: "begge" of three. `is_rest`: the answer
    names the options that it does not choose ("ikke 2"). `of_all`: it also says that it chooses all others ("alle
    undtagen 2").
    """

    places: tuple[int, ...]
    is_rest: bool = False
    of_all: bool = False


def choices_of(options: Sequence[list[Any]]) -> list[Choice]:
    """Return the options of a question as people name them. An option whose value is a number is an agreement."""
    return [Choice(label, value if type(value) is int else None) for _, label, value, *_ in options]


def find_option(options: Sequence[list[Any]], text: str, languages: Sequence[str]) -> list[Any] | None:
    """Return the one option that a text names by its number, its place in the list, its emoji or its label.

    When the options are agreements, a number is the number of an agreement.
    """
    answer = text.strip().strip(".)#!")
    for place, choice in enumerate(choices_of(options)):
        number = choice.number if choice.number is not None else place + 1
        emoji = options[place][0]
        if answer == str(number) or is_same_emoji(emoji, answer) or answer.casefold() == choice.label.casefold():
            return options[place]
    found = _read_place(answer, len(options), languages)
    return options[found] if found is not None else None


def find_by_numbers(options: Sequence[list[Any]], text: str, languages: Sequence[str]) -> list[Any] | None:
    """Return the option of several values whose label has the numbers of a text: "1 og 3" of "bane 1 og bane 3"."""
    for code in languages:
        said = [item.strip(" .!#") for item in _items(text, code)]
        fitting = [option for option in options if _NUMBER.findall(option[1]) == sorted(said)]
        if len(said) > 1 and len(fitting) == 1:
            return fitting[0]
    return None


def find_by_words(options: Sequence[list[Any]], text: str, languages: Sequence[str]) -> list[Any] | None:
    """Return the only option whose label begins with the words of a text: "alle" of "Alle 3 alligevel"."""
    words = [word.folded for word in split_words(text)]
    if not words or "?" in text or any(word.isdigit() for word in words):
        return None
    fitting = [each for each in options if [w.folded for w in split_words(each[1])][: len(words)] == words]
    return fitting[0] if len(fitting) == 1 else None


def select(
    choices: Sequence[Choice], text: str, languages: Sequence[str], *, allows_many: bool = False
) -> Selection | None:
    """Return the options that a text chooses; None for a question, and for a text that says anything else.

    With `allows_many`, words that fit several options choose all of them: "onsdag" of a list of two Wednesdays.
    """
    if "?" in text:
        return None
    for code in languages:
        finder = finder_of(code)
        excluded = finder.excludes.find_all(text)
        every = finder.all_of_them.find_all(text)
        first = excluded[0] if excluded else None
        named = blank_out(text[: first.start] if first else text, [*every, *finder.only.find_all(text)])
        places = _read_list(choices, named, code, allows_many=allows_many)
        if places is None or (every and places):
            continue
        if first is None:
            if every:  # "begge" of three leaves open which
                return Selection(tuple(range(len(choices))) if _is_count(text, len(choices), code) else ())
            if places:
                return Selection(tuple(places))
            continue
        behind = blank_out(text[first.end :], _shifted(excluded, first.end))
        without = _read_list(choices, behind, code, allows_many=allows_many)
        if without and (every or not places):
            rest = tuple(place for place in range(len(choices)) if place not in without)
            return Selection(rest, is_rest=True, of_all=bool(every))
    return None


def _shifted(found: Sequence[FoundPattern], by: int) -> list[FoundPattern]:
    later = [each for each in found if each.start >= by]
    return [FoundPattern(tuple((start - by, end - by) for start, end in each.parts)) for each in later]


def _is_count(text: str, count: int, code: str) -> bool:
    """Return whether a word for all fits the number of options: "begge" is two of them."""
    both = finder_of(code).both_of_them.find_all(text)
    return not both or count == 2


def _read_list(choices: Sequence[Choice], text: str, code: str, *, allows_many: bool) -> list[int] | None:
    """Return the places that a list names, none for a text without words; None when the text says anything else."""
    places: list[int] = []
    stem: tuple[str, ...] = ()
    for item in _items(text, code):
        words = [word for word in split_words(item) if not _is_filler(word.folded, code)]
        if not words:
            continue
        spoken = tuple(word.folded for word in words)
        if len(spoken) == 1 and spoken[0].isdigit() and stem:  # "bane 1 og 2"
            spoken = (*stem, *spoken)
        found = _read_item(choices, item, spoken, code, allows_many=allows_many)
        if found is None:
            return None
        stem = spoken[:-1] if len(spoken) > 1 and spoken[-1].isdigit() and not _is_sign(spoken[:-1], code) else ()
        places += [place for place in found if place not in places]
    return places


def _read_item(
    choices: Sequence[Choice], item: str, spoken: tuple[str, ...], code: str, *, allows_many: bool
) -> list[int] | None:
    if found := _range(code).fullmatch(item.strip(" .,#")):
        first, last = int(found[1]), int(found[2])
        if not first < last <= first + _MAX_RANGE:
            return None
        each = [_place_of(choices, number) for number in range(first, last + 1)]
        return None if None in each else [place for place in each if place is not None]
    number = _number_in(spoken, code)
    if number is not None:
        place = _place_of(choices, number)
        return None if place is None else [place]
    place = _read_place(item, len(choices), (code,))
    if place is not None:
        return [place]
    fitting = [at for at, choice in enumerate(choices) if _is_in_label(spoken, choice.label, code)]
    return fitting if len(fitting) == 1 or (fitting and allows_many) else None


def _number_in(spoken: tuple[str, ...], code: str) -> int | None:
    """Return the number of "2", "nr. 2" and "aftale 2"; None for anything else."""
    is_number = spoken[-1].isdigit() and (len(spoken) == 1 or _is_sign(spoken[:-1], code))
    return int(spoken[-1]) if is_number else None


def _is_sign(words: Sequence[str], code: str) -> bool:
    """Return whether words only say that the number of an option or of an agreement follows."""
    language = find_language(code)
    signs = (*language.phrases.number_sign, *language.phrases.agreement, *language.sentence_words.option_words)
    return all(word in {fold(sign).strip(".") for sign in signs} for word in words)


def _place_of(choices: Sequence[Choice], number: int) -> int | None:
    if any(choice.number is not None for choice in choices):
        return next((at for at, choice in enumerate(choices) if choice.number == number), None)
    return number - 1 if 0 < number <= len(choices) else None


def _is_in_label(spoken: tuple[str, ...], label: str, code: str) -> bool:
    """Return whether the words stand in a row in a label, perhaps inflected: "bane 2", "slåningen"."""
    is_inflected = Sentence("", (code,)).is_inflected
    words = [word.folded for word in split_words(label)]
    return any(
        all(
            said == word if said.isdigit() else is_inflected(said, word)
            for said, word in zip(spoken, words[at:], strict=False)
        )
        for at in range(len(words) - len(spoken) + 1)
    )


def _is_filler(word: str, code: str) -> bool:
    words = finder_of(code).words
    return word in finder_of(code).filler and word not in {fold(each) for each in (*words.ordinals, *words.nicknames)}


def _items(text: str, code: str) -> Iterator[str]:
    """Yield the items of a list, without the words and marks that join them."""
    ends = [0, *(at for found in _joints(code).finditer(text) for at in found.span()), len(text)]
    for at, (start, end) in enumerate(pairwise(ends)):
        if at % 2 == 0:
            yield text[start:end]


@lru_cache(maxsize=16)
def _joints(code: str) -> re.Pattern[str]:
    language = find_language(code)
    words = any_of((language.writing.time.conjunction, *language.sentence_words.list_joints))
    return re.compile(rf"\s*(?:[,+&;/\n]|\b{words}\b)\s*", re.I)


@lru_cache(maxsize=16)
def _range(code: str) -> re.Pattern[str]:
    language = find_language(code)
    signs = any_of((*language.phrases.number_sign, *language.phrases.agreement))
    to = any_of(language.phrases.moved_to)
    return re.compile(rf"(?:\b{signs}\w*\s+)*#?(\d{{1,4}})\s*(?:[-–]|\b{to}\b)\s*#?(\d{{1,4}})", re.I)


def _read_place(answer: str, count: int, languages: Sequence[str]) -> int | None:
    """Return the index of the option that a text names: "den første", "nr 2", "treeren", "tidligst muligt"."""
    for code in languages:
        words = finder_of(code).words
        places = {fold(word): number for word, number in {**words.ordinals, **words.nicknames}.items()}
        sign = {fold(each).strip(".") for each in (*find_language(code).phrases.number_sign, *words.option_words)}
        if any(word.folded in sign for word in split_words(answer)):
            places |= {fold(word): number for word, number in words.numbers.items()}
        soonest = finder_of(code).soonest.find_all(answer)
        if soonest and not find_risks(blank_out(answer, soonest), languages):
            return 0 if count else None
        index = _read_one_place(split_words(answer), places, sign, code)
        number = index if index is None or index >= 0 else count + index + 1
        if number is not None and 0 < number <= count and "?" not in answer:
            return number - 1
    return None


def _read_one_place(words: list[Word], places: dict[str, int], sign: set[str], code: str) -> int | None:
    """Return the one place that words name beside filler words, counted from 1, or from -1 at the end."""
    named = [word for word in words if word.folded in places or word.folded.isdigit()]
    rest = [word for word in words if word not in named]
    if len(named) != 1 or not all(word.folded in sign or word.folded in finder_of(code).filler for word in rest):
        return None
    if named[0].folded.isdigit():  # a bare number among other words is no place in the list
        return int(named[0].folded) if any(word.folded in sign for word in rest) else None
    return places[named[0].folded] or None


def is_same_emoji(emoji: str, tapped: str) -> bool:
    """Return whether two emoji mean the same. Clients differ in variation selectors, and some send 👍 for ✅."""
    without_selectors = {emoji.replace("\ufe0f", ""), tapped.replace("\ufe0f", "")}
    signs = {sign_of(emoji), sign_of(tapped)}
    return len(without_selectors) == 1 or (len(signs) == 1 and None not in signs)
