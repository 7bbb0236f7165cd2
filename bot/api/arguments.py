"""What a command can ask for: kinds of argument, each knowing how it is read, offered, kept and brought back."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from bot.api.asking import Option
from bot.api.people import person_at, person_called
from bot.api.said.fill import fill
from bot.api.time import Time
from bot.config.community import Community, Person, Task, Thing
from bot.parsing.command import Sentence, Vocabulary, quotable
from bot.parsing.recurrence import last_day
from bot.parsing.when import FoundTime, When, find_time_phrase

V = TypeVar("V")

#: The emoji that answer a question, in order.
NUMBER_EMOJI = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")
YES, NO = "✅", "❌"


@dataclass(frozen=True)
class ReadingContext:
    """Where and when something is said: what its words mean depends on it. `now` is local and naive."""

    community: Community
    language: str
    now: datetime
    mentions: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the words may be said, the person's own first."""
        return tuple(dict.fromkeys((self.language, *self.community.languages)))


class Kind(Generic[V]):
    """A kind of argument. `rank` says which kinds are read first, so that "bane 1" is no number and no date."""

    question = "ask-text"
    meaning_question = "ask-text"
    reading_order = 9

    def read(self, sentence: Sentence, about: ReadingContext) -> V | None:
        """Find it in a sentence and cross it out."""
        raise NotImplementedError

    def to_json(self, value: V) -> Any:
        """The value as JSON, for a half-said command."""
        return value

    def from_json(self, kept: Any, about: ReadingContext) -> V | None:
        """The value again; None when there is no such thing any more."""
        restored: V | None = kept
        return restored

    def options(self, about: ReadingContext) -> list[Option]:
        """What can be chosen from, where that is few."""
        return []

    def meanings(self, value: V, about: ReadingContext) -> list[Option]:
        """What a value may mean, where that is more than one thing; `which` is the sentence that asks."""
        return []

    def complete(self, earlier: V, said: V) -> V:
        """What is meant by an answer when something was said before that could not be."""
        return said

    def find_unknown(self, rest: str, about: ReadingContext) -> str:
        """The part of what was not understood that seems to have been meant as this: "bane 9"."""
        return ""


class ThingKind(Kind[Thing]):
    """Something that can be booked, by its name or an alias."""

    question, reading_order = "ask-thing", 2

    def read(self, sentence: Sentence, about: ReadingContext) -> Thing | None:
        """A pitch, a hall, a mower."""
        return _take(sentence, about.community.things, _names(about.community.things))

    def to_json(self, value: Thing) -> str:
        """Its key."""
        return value.key

    def from_json(self, kept: str, about: ReadingContext) -> Thing | None:
        """By its key."""
        return about.community.thing(kept)

    def options(self, about: ReadingContext) -> list[Option]:
        """All there are."""
        return [Option(thing.name, thing) for thing in about.community.things]

    def find_unknown(self, rest: str, about: ReadingContext) -> str:
        """A name that begins like one of ours: "bane 9" where there is a "bane 1"."""
        words, first = rest.split(), _vocabulary(_names(about.community.things)).first_words
        for at, word in enumerate(words):
            if {word.casefold(), word.rstrip(",").casefold()} & first:
                return quotable(" ".join(words[at : at + 2]), 40)
        return ""


class TaskKind(Kind[Task]):
    """Work to be done, by its name, an alias or a bent form of either."""

    question, reading_order = "ask-task", 3

    def read(self, sentence: Sentence, about: ReadingContext) -> Task | None:
        """Mowing, marking, fertilising."""
        return _take(sentence, about.community.tasks, _names(about.community.tasks))

    def to_json(self, value: Task) -> str:
        """Its key."""
        return value.key

    def from_json(self, kept: str, about: ReadingContext) -> Task | None:
        """By its key."""
        return about.community.task(kept)

    def options(self, about: ReadingContext) -> list[Option]:
        """All there are."""
        return [Option(task.name, task) for task in about.community.tasks]


class PersonKind(Kind[Person]):
    """Somebody: mentioned, or written as @handle, or by name."""

    question, reading_order = "ask-person", 1

    def read(self, sentence: Sentence, about: ReadingContext) -> Person | None:
        """Whom the message mentions; else the first known name or handle in it."""
        people = about.community.people
        named = _take(sentence, people, tuple((person.handle, person.name) for person in people))
        mentioned = next((person_at(about.community, address) for address in about.mentions), None)
        if mentioned is None:
            return named
        return mentioned if named is None or named.handle == mentioned.handle else named

    def find_unknown(self, rest: str, about: ReadingContext) -> str:
        """An @name that is nobody's here."""
        return next((quotable(word, 40) for word in rest.split() if word.startswith("@") and len(word) > 1), "")

    def to_json(self, value: Person) -> str:
        """Handle, or address where there is none."""
        return value.handle

    def from_json(self, kept: str, about: ReadingContext) -> Person | None:
        """By handle or address."""
        return person_called(about.community, kept)


class AgreementNumberKind(Kind[int]):
    """The number of an agreement."""

    question, reading_order = "ask-number", 0

    def read(self, sentence: Sentence, about: ReadingContext) -> int | None:
        """A number the sentence begins with."""
        return sentence.take_number()


_FLAGS = ("rrule", "deadline", "has_day", "has_clock", "loose", "any_week")


class TimeKind(Kind[When]):
    """A time as people say it; one that cannot be comes back with its error."""

    question, meaning_question, reading_order = "ask-time", "ask-which-day", 4

    def read(self, sentence: Sentence, about: ReadingContext) -> When | None:
        """In the room's language first, then in the other."""
        found = find_time(sentence.left, about)
        if found is None:
            return None
        for start, end in found.char_ranges:
            sentence.cross_out(start, end)
        return found.when

    def meanings(self, value: When, about: ReadingContext) -> list[Option]:
        """The days "næste fredag" may be."""
        each = (replace(one, alternatives=()) for one in (value, *value.alternatives))
        language, now = about.language, about.now
        named = [Option(_in_words(one, language, now), one) for one in each if one.start is not None]
        return named if len(named) > 1 else []

    def complete(self, earlier: When, said: When) -> When:
        """After "fredag", "kl. 10" is Friday at ten; after "fredag kl. 14", "lørdag" is Saturday at two."""
        return fill(said, earlier)

    def to_json(self, value: When) -> dict[str, Any]:
        """Its parts, times in ISO 8601."""
        times = {"start": _iso(value.start), "end": _iso(value.end)}
        flags = {name: getattr(value, name) for name in _FLAGS}
        return {**times, **flags, "alternatives": [self.to_json(other) for other in value.alternatives]}

    def from_json(self, kept: dict[str, Any], about: ReadingContext) -> When:
        """From its parts."""
        others = tuple(self.from_json(other, about) for other in kept["alternatives"])
        times = {"start": _from_iso(kept["start"]), "end": _from_iso(kept["end"])}
        return When(**{**kept, **times, "alternatives": others})


class ChoiceKind(Kind[str]):
    """What is only ever asked about: one of a few words of the feature's own, never read from what people write."""

    def read(self, sentence: Sentence, about: ReadingContext) -> str | None:
        """Nothing."""
        return None


class TextKind(Kind[str]):
    """Whatever is left: a reason, a remark."""

    reading_order = 8

    def read(self, sentence: Sentence, about: ReadingContext) -> str | None:
        """All that nothing else has understood."""
        rest = quotable(sentence.rest)
        sentence.cross_out(0, len(sentence.left))
        return rest or None


THING = ThingKind()
TASK = TaskKind()
PERSON = PersonKind()
AGREEMENT_NUMBER = AgreementNumberKind()
TIME = TimeKind()
TEXT = TextKind()
CHOICE = ChoiceKind()


@dataclass(frozen=True)
class Argument:
    """One argument of a command. One that is `wanted` is asked for when it was not said."""

    name: str
    kind: Kind[Any]
    wanted: bool = True


def find_time(text: str, about: ReadingContext) -> FoundTime | None:
    """The time said in a text, by the language that understands most of it; the first of those that do alike.

    Where several account for as much, the one that finds nothing wrong: "12. oktober" is a slip only in English.

    "Friday at 14:00" has a Danish reading too, today at 14:00, and would be a wrong day.
    """
    readings = []
    for language in about.languages:
        found = find_time_phrase(text, now=about.now, language=language, zone=about.community.time_zone)
        if found and found.when.error is None and _understood(found)[0] == len(text.strip()):
            return found  # no language can understand more
        if found:
            readings.append(found)
    return max(readings, key=_understood, default=None)


def _understood(found: FoundTime) -> tuple[int, bool]:
    """How many characters a reading accounts for, and whether it is right."""
    return sum(end - start for start, end in found.char_ranges), found.when.error is None


def _in_words(when: When, language: str, now: datetime) -> str:
    assert when.start is not None, "a deadline is no reading"
    if when.rrule is None:
        return Time(when.start, when.end, language, now).full
    last = last_day(when.start, when.rrule)
    return Time(when.start, when.end, language, now, when.rrule, last).full


def _take(sentence: Sentence, values: tuple[V, ...], names: tuple[tuple[str, ...], ...]) -> V | None:
    at = sentence.take(_vocabulary(names))
    return None if at is None else values[at]


def _names(named: tuple[Any, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((one.name, one.key, *one.aliases) for one in named)


@lru_cache(maxsize=1024)
def _vocabulary(names: tuple[tuple[str, ...], ...]) -> Vocabulary[int]:
    """Where each of these stands, by its names; kept, because it is the same with every sentence of a community."""
    return Vocabulary(enumerate(names))


def _iso(value: datetime | date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _from_iso(kept: str | None) -> datetime | date | None:
    if kept is None:
        return None
    return datetime.fromisoformat(kept) if "T" in kept else date.fromisoformat(kept)
