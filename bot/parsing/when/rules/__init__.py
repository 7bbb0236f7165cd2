"""The rules for how people say times, and the grammar that all rules together make.

To find a rule, search these files for its example: the words that a text was, or was not, read by.
"""

from bot.parsing.when.grammar import Grammar
from bot.parsing.when.rules import clock, clock_range, date, day, duration, part_of_day, period, recurrence, week

#: Of two equally long matches the earlier rule wins, so the order of the rules matters.
GRAMMAR = Grammar(
    clock.RULES,
    clock_range.RULES,
    part_of_day.RULES,
    date.RULES,
    day.RULES,
    duration.RULES,
    week.RULES,
    period.RULES,
    recurrence.RULES,
)
