"""Arguments with which a person chooses reminder times and quiet hours."""

from enum import Enum
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.phrase import read_phrase
from bot.api.request.reading_context import ReadingContext
from bot.languages.registry import collect_phrases
from bot.parsing.unread_words import Sentence, Vocabulary
from bot.parsing.when import reminder_phrases
from bot.reminder_times import LeadTime, QuietHours


class CommunityDefault(Enum):
    """The choice to follow the community's file: "som rummet", "standard"."""

    AS_COMMUNITY = "usual"


COMMUNITY_DEFAULT = CommunityDefault.AS_COMMUNITY


class ReminderTimesKind(Kind[tuple[LeadTime, ...] | CommunityDefault]):
    """How long before something begins to remind of it: "aftenen før og 3 timer før". () means never."""

    question, reading_order = "ask-before", 4

    def read(self, sentence: Sentence, context: ReadingContext) -> tuple[LeadTime, ...] | CommunityDefault | None:
        """Return all times named, or the answer that is no time; None when the sentence names both."""
        times = read_phrase(sentence, context, reminder_phrases.find_reminder_times)
        other = sentence.take(_other_answers(context.languages))
        if times is None:
            return other
        return times if other is None else None

    def to_json(self, value: tuple[LeadTime, ...] | CommunityDefault) -> Any:
        """Return a list of lead times in JSON, or the word for COMMUNITY_DEFAULT."""
        return value.value if isinstance(value, CommunityDefault) else [lead_time.to_json() for lead_time in value]

    def from_json(self, stored: Any, context: ReadingContext) -> tuple[LeadTime, ...] | CommunityDefault:
        """Return the times, or COMMUNITY_DEFAULT."""
        return CommunityDefault(stored) if isinstance(stored, str) else tuple(map(LeadTime.from_json, stored))


class QuietHoursKind(Kind[QuietHours | tuple[()] | CommunityDefault]):
    """The part of the day without notices: "22-7". () means that there are no quiet hours."""

    question, reading_order = "ask-quiet", 4

    def read(self, sentence: Sentence, context: ReadingContext) -> QuietHours | tuple[()] | CommunityDefault | None:
        """Return the first hours named."""
        hours = read_phrase(sentence, context, reminder_phrases.find_quiet_hours)
        return hours or sentence.take(_other_answers(context.languages))

    def to_json(self, value: QuietHours | tuple[()] | CommunityDefault) -> Any:
        """Return two clock times, an empty list for no quiet hours, or the word for COMMUNITY_DEFAULT."""
        if isinstance(value, CommunityDefault):
            return value.value
        return value.to_json() if value else []

    def from_json(self, stored: Any, context: ReadingContext) -> QuietHours | tuple[()] | CommunityDefault:
        """Return the hours, (), or COMMUNITY_DEFAULT."""
        if isinstance(stored, str):
            return CommunityDefault(stored)
        return QuietHours.from_json(stored) if stored else ()


@lru_cache(maxsize=64)
def _other_answers(languages: tuple[str, ...]) -> Vocabulary[CommunityDefault | tuple[()]]:
    """Return the words for the answers that are no time: COMMUNITY_DEFAULT ("som rummet"), and () for never."""
    default_words = collect_phrases(languages, lambda phrases: phrases.community_default)
    never = collect_phrases(languages, lambda phrases: phrases.never)
    return Vocabulary([(COMMUNITY_DEFAULT, default_words), ((), never)])


REMINDER_TIMES = ReminderTimesKind()
QUIET_HOURS = QuietHoursKind()
