"""The argument of a time relative to the agreed time: "en halv time tidligere", "en uge senere"."""

from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.request.reading_context import ReadingContext
from bot.parsing.sentences.time_shift import Direction, TimeShift, find_time_shift
from bot.parsing.unread_words import Sentence


class TimeShiftKind(Kind[TimeShift]):
    """The length and the direction of a move. Read before times: "en time senere" is not counted from now."""

    reading_order = 3

    def read(self, sentence: Sentence, context: ReadingContext) -> TimeShift | None:
        """Return the shift that the sentence names."""
        found = find_time_shift(sentence.unread, context.languages)
        if found is None:
            return None
        sentence.cross_out_all(found.char_ranges)
        return found.shift

    def to_json(self, value: TimeShift) -> list[Any]:
        """Return minutes, days, months and the direction."""
        return [value.minutes, value.days, value.months, str(value.direction)]

    def from_json(self, stored: list[Any], context: ReadingContext) -> TimeShift:
        """Return the shift that `to_json` wrote."""
        minutes, days, months, direction = stored
        return TimeShift(minutes, days, months, Direction(direction))


TIME_SHIFT = TimeShiftKind()
