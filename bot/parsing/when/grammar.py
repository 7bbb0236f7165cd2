"""The notation of the rules in `rules/`, and the engine that matches them against tokens.

A rule is a pattern and an action: a function that is called with what the pattern captured, and returns the value of
the match, or None where the words do not mean this after all. A pattern reads like the phrase that it stands for:
`[on] [the] next Weekday`.

- A name is a role of a token ("next"), or a nonterminal: the name of other rules ("Duration").
- `[a]` may be missing, `a|b` is one or the other, `!a` says that no `a` stands here.
- What a name with a capital stands for is captured: the value of the token's role, or the value of the nonterminal's
  match; None where it is missing.

The longest match of a nonterminal wins, and of two equally long ones that of the earlier rule.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from bot.parsing.when.tokenizing.tokens import Token

Action = Callable[..., Any]
A = TypeVar("A", bound=Action)


class Context(StrEnum):
    """Which tokens a component needs around it for its rule to apply. Most rules apply anywhere.

    A noun is any word that a number may count or name: "14-16 spillere" (players) and "bane 14-16" (pitch) are no clock
    times.
    """

    ANYWHERE = "anywhere"
    #: No noun behind it: "den 1. bane" is no date. Behind a day only a word that is known to be counted is a noun.
    NOT_BEFORE_NOUN = "not before a noun"
    #: No noun before it or behind it: "14-16".
    NOT_BESIDE_NOUN = "not beside a noun"
    #: A day, a clock time or a part of the day beside it: "fredag aften" is a time, "god aften" is none.
    BESIDE_TIME = "beside a time"
    #: Both: beside a time, and no noun behind it: "fredag 14.00".
    BESIDE_TIME_NOT_BEFORE_NOUN = "beside a time and not before a noun"
    #: A day directly before it: "fredag 14".
    AFTER_DAY = "after a day"
    #: A clock time directly behind it: "17.06 kl. 18".
    BEFORE_CLOCK = "before a clock time"
    #: A clock time directly behind it, and no noun before it: "12-5 kl. 8", but not "bane 1-3 kl. 8".
    BEFORE_CLOCK_NOT_AFTER_NOUN = "before a clock time and not after a noun"
    #: A part of the day directly behind it: "8 om aftenen".
    BEFORE_PART_OF_DAY = "before a part of the day"
    #: Something earlier in the text says that it comes again: "om mandagen og onsdagen".
    IN_RECURRENCE = "in a recurrence"
    #: Nothing earlier in the text says that it comes again: "lørdagen".
    NOT_IN_RECURRENCE = "not in a recurrence"
    #: A word such as "fra", "til", "før" or "undtagen" directly before it: "fra april".
    AFTER_BOUND = "after a bound"
    #: A word such as "før" or "efter" directly before it: "efter 14".
    AFTER_LIMIT = "after a limit"
    #: "eller" directly before it: "kl. 14 eller 15".
    AFTER_OR = "after or"
    #: The text is nothing but this.
    WHOLE_TEXT = "the whole text"
    #: The text is nothing but a time, and begins or ends with it: "14.30".
    EDGE_OF_TIME_PHRASE = "edge of a time phrase"


class Element(NamedTuple):
    """One element of a pattern: a token or a nonterminal with any of the `names`."""

    names: tuple[str, ...]
    is_optional: bool
    is_captured: bool
    is_forbidden: bool


class Match(NamedTuple):
    """The value of a match, and the position of the first token behind it."""

    value: Any
    end: int


class Rule(NamedTuple):
    """A pattern, and the action that gives a match its value."""

    elements: tuple[Element, ...]
    action: Action


class RuleSet:
    """The rules of one file, under the nonterminal or the context that they belong to."""

    def __init__(self) -> None:
        self.rules: list[tuple[str, Rule]] = []

    def nonterminal(self, name: str, *patterns: str) -> Callable[[A], A]:
        """Register a function as the action of rules that other rules use by this name. Used as a decorator."""
        return self._decorator(name, patterns)

    def component(self, *patterns: str, context: Context = Context.ANYWHERE) -> Callable[[A], A]:
        """Register a function as the action of rules that find a component of a time in a text. Used as a decorator."""
        return self._decorator(context, patterns)

    def _decorator(self, name: str, patterns: tuple[str, ...]) -> Callable[[A], A]:
        def add_rules(action: A) -> A:
            self.rules += [(name, Rule(_parse_pattern(pattern), action)) for pattern in patterns]
            return action

        return add_rules


class Grammar:
    """The rules of several files by nonterminal and context."""

    def __init__(self, *rule_sets: RuleSet) -> None:
        self.rules: dict[str, list[Rule]] = {}
        for rule_set in rule_sets:
            for name, rule in rule_set.rules:
                self.rules.setdefault(name, []).append(rule)
        self._first_roles: dict[str, frozenset[str]] = {}
        self._single_tokens: dict[str, bool] = {}
        self.candidates = lru_cache(maxsize=16_384)(self._find_candidates)

    def first_roles(self, name: str) -> frozenset[str]:
        """Return the roles of which the first token of a match must have one (the FIRST set of a nonterminal)."""
        if name not in self.rules:
            return frozenset((name,))
        if name not in self._first_roles:
            sets = (self.first_roles(first) for rule in self.rules[name] for first in _first_names(rule))
            self._first_roles[name] = frozenset[str]().union(*sets)
        return self._first_roles[name]

    def is_single_token(self, name: str) -> bool:
        """Return whether every match of a name is one token long."""
        if name not in self._single_tokens:
            self._single_tokens[name] = False  # while it is found out: a rule may use itself
            elements = [rule.elements for rule in self.rules.get(name, ())]
            self._single_tokens[name] = all(
                len(each) == 1 and not each[0].is_optional and all(map(self.is_single_token, each[0].names))
                for each in elements
            )
        return self._single_tokens[name]

    def _find_candidates(self, name: str, roles: frozenset[str], next_roles: frozenset[str]) -> tuple[Rule, ...]:
        """Return the rules of a nonterminal or context that can begin with tokens of these roles, one after the other.

        Nothing is behind the last token: it has no `next_roles`.
        """
        return tuple(rule for rule in self.rules[name] if self._can_begin(rule.elements, roles, next_roles))

    def _can_begin(self, elements: tuple[Element, ...], roles: frozenset[str], next_roles: frozenset[str]) -> bool:
        for at, element in enumerate(elements):
            if element.is_forbidden:
                continue
            names = [name for name in element.names if not self.first_roles(name).isdisjoint(roles)]
            rest = elements[at + 1 :]
            if names and (not all(map(self.is_single_token, names)) or self._can_go_on(rest, next_roles)):
                return True
            if not element.is_optional:
                return False
        return False

    def _can_go_on(self, elements: tuple[Element, ...], roles: frozenset[str]) -> bool:
        """Return whether the rest of a rule can match nothing, or begin with a token of these roles."""
        for element in elements:
            if element.is_forbidden:
                continue
            if any(not self.first_roles(name).isdisjoint(roles) for name in element.names):
                return True
            if not element.is_optional:
                return False
        return True


class Matcher:
    """Matches a grammar against the tokens of one text. Every result is cached, so that it is computed once."""

    def __init__(self, grammar: Grammar, tokens: Sequence[Token]) -> None:
        self.grammar = grammar
        self.tokens = tokens
        #: The roles of each token, and none behind the last.
        self.roles = [*(frozenset(token.roles) for token in tokens), frozenset[str]()]
        self._results: dict[tuple[str, int], Match | None] = {}

    def longest_match(self, name: str, position: int) -> Match | None:
        """Return the longest match of a nonterminal or context that begins with the token at this position."""
        key = (name, position)
        if key not in self._results:
            self._results[key] = self._find_longest(name, position) if position < len(self.tokens) else None
        return self._results[key]

    def _find_longest(self, name: str, position: int) -> Match | None:
        longest: Match | None = None
        roles = self.roles[position]
        for rule in self.grammar.candidates(name, roles, self.roles[position + 1]) if roles else ():
            found = self._match_elements(rule.elements, 0, position)
            if found is not None and (longest is None or found.end > longest.end):
                value = rule.action(*found.value)
                longest = longest if value is None else Match(value, found.end)
        return longest

    def _match_elements(self, elements: tuple[Element, ...], index: int, position: int) -> Match | None:
        """Return the first way to match the elements from an index on, with the tuple of captured values.

        An optional element is matched if possible.
        """
        if index == len(elements):
            return Match((), position)
        element = elements[index]
        rules, roles = self.grammar.rules, self.roles[position]
        for name in element.names:
            if name in rules:
                found = self.longest_match(name, position)
            else:
                found = Match(self.tokens[position].roles[name], position + 1) if name in roles else None
            if found is None:
                continue
            if element.is_forbidden:
                return None
            if rest := self._match_elements(elements, index + 1, found.end):
                return Match((found.value, *rest.value), rest.end) if element.is_captured else rest
        if element.is_forbidden:
            return self._match_elements(elements, index + 1, position)
        if element.is_optional and (rest := self._match_elements(elements, index + 1, position)):
            return Match((None, *rest.value), rest.end) if element.is_captured else rest
        return None


def _parse_pattern(pattern: str) -> tuple[Element, ...]:
    return tuple(map(_parse_element, pattern.split()))


def _parse_element(written: str) -> Element:
    names = tuple(written.strip("[]!").split("|"))
    is_forbidden = written.startswith("!")
    is_captured = names[0][0].isupper() and not is_forbidden
    return Element(names, written.startswith("["), is_captured, is_forbidden)


def _first_names(rule: Rule) -> list[str]:
    """Return the names that a match of a rule can begin with."""
    names: list[str] = []
    for element in rule.elements:
        if element.is_forbidden:
            continue
        names += element.names
        if not element.is_optional:
            break
    return names
