'''The kinds of argument that a command can have, and how to write another kind.

A command lists its arguments. Each is found anywhere in the sentence. A `wanted` argument that is missing is asked for:

    Command("close", {"da": ("luk",)}, close, (Argument("thing", THING), Argument("time", PERIOD)))

- Of the community: THING, TASK, PERSON
- Times: TIME ("fredag kl. 14"), PAST_TIME (of what is over; `latest_meaning` of a time), PERIOD (with an end: "til
  søndag", "fra mandag"), UNTIL (the moment when something is over: "i 2 uger"; UNTIL_FROM_NOW for something that begins
  now), OCCURRENCES and OCCURRENCES_TO_MOVE
  (times of a series: "i uge 29"; read as `Occurrences`)
- Of a match: MATCH_ANCHOR ("inden kampen lørdag", read as a `MatchAnchor`)
- Agreements: AGREEMENT_NUMBER (the number that the sentence begins with), AGREEMENT_REFERENCE ("aftale 7" as well,
  and "alle mine aftaler", read as an `EveryAgreement`; both are an AgreementReference),
  AGREEMENT_BEFORE_TIME (the same, where "1-3" alone is a time);
  TIME_SHIFT (a time relative to the agreed one: "en halv time senere", read as a `TimeShift` in a `Direction`)
- Words: TEXT (the rest), PURPOSE (for what a thing is wanted, "til træning"), CHOICE (only answered with a tap on an
  `Option`), WordKind (a value out of a few)
- Of a thing: SEASON, HOURS_PER_WEEK; the value of both may be a ResetChoice instead ("nulstil", "fortryd")
- Of a person: REMINDER_TIMES, QUIET_HOURS; the value of both may be COMMUNITY_DEFAULT instead ("som rummet"), the one
  member of CommunityDefault
- Names that people teach the bot, each a TaughtName (`list_names`, `add_name`, `end_name`): NEW_NAME and KNOWN_NAME are
  the name, of at most MAX_NAME_LENGTH characters, NAMED is the thing, task or person (`Named`) that it means, and an
  Alias keeps both. A Meaning says what words mean already (`find_meaning`, MeaningKind)
- Reading a text yourself: find_time, on_day (a time on another day), end_on_day (the day until
  a clock time), yes_or_no, sign_of (yes or no from an emoji),
  is_pleasantry, refers_to_this ("den her"), strip_because ("på grund af" before a reason), quotable

Several values are read where a command `changes` something: of "bane 1 og 2" a call is made for each, and all of them
are listed before a yes carries them out. A kind implements `read_several` for that.

A kind of your own is a subclass of `Kind`. It reads a `Sentence`: `sentence.unread` is the text with blanks in place of
the words that were understood, `cross_out` blanks the words that this kind has understood, and `take` finds the names
of a `Vocabulary`, also when they are misspelled. The `ReadingContext` has the community, the language and the local
time. ThingKind, TaskKind, PersonKind, TimeKind (its value is a `When`), PeriodKind and TextKind can be the base of a
kind as well.

    class LitresKind(Kind[int]):
        """A volume: "20 l", "20 liter"."""

        question = "ask-litres"  # the text of the feature that asks for it
        reading_order = 5  # after things and times, so that "bane 1" and "kl. 14" are taken

        def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
            found = re.search(r"(\\d+)\\s*(?:l|liter|litres?)\\b", sentence.unread)
            if found is None:
                return None
            sentence.cross_out(*found.span())
            return int(found[1])

    LITRES = LitresKind()

A value that is not JSON needs `to_json` and `from_json`, because an incomplete command is stored in the database.
'''

from bot.api.arguments.agreement_number import (
    AGREEMENT_BEFORE_TIME,
    AGREEMENT_NUMBER,
    AGREEMENT_REFERENCE,
    AgreementReference,
    EveryAgreement,
)
from bot.api.arguments.complete_time import end_on_day, on_day
from bot.api.arguments.kind import Argument, Kind
from bot.api.arguments.match_anchor import MATCH_ANCHOR, MatchAnchor
from bot.api.arguments.names import PERSON, TASK, THING, PersonKind, TaskKind, ThingKind
from bot.api.arguments.occurrences import OCCURRENCES, OCCURRENCES_TO_MOVE, Occurrences
from bot.api.arguments.period import PERIOD, PeriodKind
from bot.api.arguments.preferences import COMMUNITY_DEFAULT, QUIET_HOURS, REMINDER_TIMES, CommunityDefault
from bot.api.arguments.taught_names import KNOWN_NAME, MAX_NAME_LENGTH, NAMED, NEW_NAME
from bot.api.arguments.text import CHOICE, PURPOSE, TEXT, TextKind, WordKind
from bot.api.arguments.time import PAST_TIME, TIME, TimeKind, find_time, latest_meaning
from bot.api.arguments.time_shift import TIME_SHIFT
from bot.api.arguments.until import UNTIL, UNTIL_FROM_NOW
from bot.api.arguments.usage import HOURS_PER_WEEK, SEASON, ResetChoice
from bot.api.find_meaning import Meaning, MeaningKind, find_meaning
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.api.taught_names import add_name, end_name, list_names
from bot.config.community import Alias, Named
from bot.parsing.answer import is_pleasantry, refers_to_this, sign_of, strip_because, yes_or_no
from bot.parsing.sentences.time_shift import Direction, TimeShift
from bot.parsing.unread_words import Sentence, Vocabulary, quotable
from bot.parsing.when import When
from bot.store.taught_names import TaughtName

__all__ = [
    "AGREEMENT_BEFORE_TIME",
    "AGREEMENT_NUMBER",
    "AGREEMENT_REFERENCE",
    "CHOICE",
    "COMMUNITY_DEFAULT",
    "HOURS_PER_WEEK",
    "KNOWN_NAME",
    "MATCH_ANCHOR",
    "MAX_NAME_LENGTH",
    "NAMED",
    "NEW_NAME",
    "OCCURRENCES",
    "OCCURRENCES_TO_MOVE",
    "PAST_TIME",
    "PERIOD",
    "PERSON",
    "PURPOSE",
    "QUIET_HOURS",
    "REMINDER_TIMES",
    "SEASON",
    "TASK",
    "TEXT",
    "THING",
    "TIME",
    "TIME_SHIFT",
    "UNTIL",
    "UNTIL_FROM_NOW",
    "AgreementReference",
    "Alias",
    "Argument",
    "CommunityDefault",
    "Direction",
    "EveryAgreement",
    "Kind",
    "MatchAnchor",
    "Meaning",
    "MeaningKind",
    "Named",
    "Occurrences",
    "Option",
    "PeriodKind",
    "PersonKind",
    "ReadingContext",
    "ResetChoice",
    "Sentence",
    "TaskKind",
    "TaughtName",
    "TextKind",
    "ThingKind",
    "TimeKind",
    "TimeShift",
    "Vocabulary",
    "When",
    "WordKind",
    "add_name",
    "end_name",
    "end_on_day",
    "find_meaning",
    "find_time",
    "is_pleasantry",
    "latest_meaning",
    "list_names",
    "on_day",
    "quotable",
    "refers_to_this",
    "sign_of",
    "strip_because",
    "yes_or_no",
]
