"""Matches rules against signs: a rule is a pattern of roles, and what it means when a sentence says it.

A pattern reads like the phrase it stands for: `[on] [the] next Weekday`. A word in brackets may be missing, `a|b` is
one or the other, `!c` says that there is no c here. A name with a capital is handed to the function (None when it is
missing): the value of a sign, or what the rules of that name understood. The longest match of a group wins, the
earlier rule on a tie.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from bot.parsing.when.tokens import Token

Action = Callable[..., Any]
M = TypeVar("M", bound=Action)


class Element(NamedTuple):
    """One place of a pattern."""

    names: tuple[str, ...]
    is_optional: bool
    is_captured: bool
    is_forbidden: bool


class Match(NamedTuple):
    """What was understood, and the number of the sign behind it."""

    value: Any
    end: int


@dataclass(frozen=True)
class Rule:
    """A pattern and its meaning. The meaning may answer None: said like this, it is not that."""

    elements: tuple[Element, ...]
    action: Action


class Grammar:
    """Groups of rules by name."""

    def __init__(self) -> None:
        self.groups: dict[str, list[Rule]] = {}
        self._starts: dict[str, frozenset[str]] = {}
        self._possible: dict[tuple[str, frozenset[str]], list[Rule]] = {}

    def says(self, group: str, *patterns: str) -> Callable[[M], M]:
        """Decorate the meaning of what these patterns say."""

        def add(meaning: M) -> M:
            rules = self.groups.setdefault(group, [])
            rules += [Rule(tuple(map(_element, pattern.split())), meaning) for pattern in patterns]
            return meaning

        return add

    def starts(self, name: str) -> frozenset[str]:
        """The roles that a sign must have one of for this group to begin with it."""
        if name not in self.groups:
            return frozenset((name,))
        if name not in self._starts:
            found = (self.starts(first) for rule in self.groups[name] for first in _firsts(rule))
            self._starts[name] = frozenset[str]().union(*found)
        return self._starts[name]

    def possible(self, group: str, roles: frozenset[str]) -> list[Rule]:
        """The rules of a group that can begin with a sign that has these roles."""
        key = (group, roles)
        if key not in self._possible:
            self._possible[key] = [rule for rule in self.groups[group] if self._begins(rule, roles)]
        return self._possible[key]

    def _begins(self, rule: Rule, roles: frozenset[str]) -> bool:
        return any(not self.starts(first).isdisjoint(roles) for first in _firsts(rule))


class Matcher:
    """The signs of one text, being read by a grammar; what was tried once is remembered."""

    def __init__(self, grammar: Grammar, signs: Sequence[Token]) -> None:
        self.grammar = grammar
        self.tokens = signs
        self._known: dict[tuple[str, int], Match | None] = {}

    def longest_match(self, group: str, at: int) -> Match | None:
        """The longest match of a group that begins with this sign."""
        key = (group, at)
        if key not in self._known:
            told = at < len(self.tokens) and self.tokens[at].roles
            self._known[key] = self._longest(group, at) if told else None
        return self._known[key]

    def _longest(self, group: str, at: int) -> Match | None:
        best: Match | None = None
        for rule in self.grammar.possible(group, frozenset(self.tokens[at].roles)):
            found = self._follow(rule.elements, 0, at)
            if found is not None and (best is None or found.end > best.end):
                value = rule.action(*found.value)
                best = best if value is None else Match(value, found.end)
        return best

    def _follow(self, elements: tuple[Element, ...], place: int, at: int) -> Match | None:
        """The first way through the rest of a pattern; what is optional is taken where it can be."""
        if place == len(elements):
            return Match((), at)
        element = elements[place]
        if element.is_forbidden:
            blocked = any(self._step(name, at) for name in element.names)
            return None if blocked else self._follow(elements, place + 1, at)
        for step in (self._step(name, at) for name in element.names):
            if step and (rest := self._follow(elements, place + 1, step.end)):
                return Match((step.value, *rest.value) if element.is_captured else rest.value, rest.end)
        if element.is_optional and (rest := self._follow(elements, place + 1, at)):
            return Match((None, *rest.value) if element.is_captured else rest.value, rest.end)
        return None

    def _step(self, name: str, at: int) -> Match | None:
        if name in self.grammar.groups:
            return self.longest_match(name, at)
        if at < len(self.tokens) and name in self.tokens[at].roles:
            return Match(self.tokens[at].roles[name], at + 1)
        return None


def _element(written: str) -> Element:
    names = tuple(written.strip("[]!").split("|"))
    refused = written.startswith("!")
    return Element(names, written.startswith("["), names[0][0].isupper() and not refused, refused)


def _firsts(rule: Rule) -> list[str]:
    firsts: list[str] = []
    for element in rule.elements:
        if element.is_forbidden:
            continue
        firsts += element.names
        if not element.is_optional:
            break
    return firsts
