"""Rules for the parts of the day. Each docstring has an example in Danish or English."""

from bot.parsing.when.components import DayAndPart, PartOfDay
from bot.parsing.when.grammar import Context, RuleSet

RULES = RuleSet()


@RULES.component("on_each DefinitePartOfDay", "in|on|during [the] DefinitePartOfDay")
def generic_part_of_day(name: str) -> PartOfDay:
    """“om aftenen”, “in the evening”"""
    return PartOfDay(name, is_generic=True)


@RULES.component("[during] [on|in] PartOfDay", "DefinitePartOfDay", context=Context.BESIDE_TIME)
@RULES.component("[in] PartOfDay", context=Context.EDGE_OF_TIME_PHRASE)
def part_of_day(name: str) -> PartOfDay:
    """The “aften” of “fredag aften”."""
    return PartOfDay(name)


@RULES.component("[in] PartOfDay", context=Context.AFTER_OR)
def other_part_of_day(name: str) -> PartOfDay:
    """The “eftermiddag” of “fredag formiddag eller eftermiddag”."""
    return PartOfDay(name)


@RULES.component("DayAndPart|WeekdayAndPart")
def day_and_part(day: DayAndPart) -> DayAndPart:
    """“i aften” (tonight), “fredagaften” (Friday evening)"""
    return day
