"""The rules by which times are said, and the grammar that they make up together.

A rule is found by its example: search these files for the words that a text was, or was not, read by.
"""

from bot.parsing.when.grammar import Grammar
from bot.parsing.when.rules import clock, day, duration, part_of_day, period, recurrence

#: Of two equally long matches that of the earlier rule wins, so that the order is part of the meaning.
GRAMMAR = Grammar(clock.RULES, part_of_day.RULES, day.RULES, duration.RULES, period.RULES, recurrence.RULES)
