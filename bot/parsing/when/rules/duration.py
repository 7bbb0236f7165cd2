"""Rules for durations, and for times counted from now. Each docstring has an example in Danish or English."""

from bot.parsing.when.components import Duration, RelativeDay, TimeFromNow, Vague
from bot.parsing.when.grammar import Context, RuleSet
from bot.parsing.when.series_components import ForDuration, WithinDuration

RULES = RuleSet()


def multiply(duration: Duration, factor: float) -> Duration | None:
    """Return a duration multiplied by a factor; None when a part of the product (months, days …) is no whole number."""
    parts = (duration.months, duration.days, duration.minutes, duration.seconds)
    products = tuple(part * factor for part in parts)
    return Duration(*map(int, products)) if all(product == int(product) for product in products) else None


@RULES.nonterminal("Duration", "Number Unit", "Decimal Unit")
def number_of_units(count: float, unit: Duration) -> Duration | None:
    """“14 dage”, “2,5 timer” (2.5 hours)"""
    return multiply(unit, count) if count else None


@RULES.nonterminal("Duration", "DottedShort Unit")
def decimal_with_dot(digits: tuple[int, int], unit: Duration) -> Duration | None:
    """“1.5 hours”"""
    return number_of_units(digits[0] + digits[1] / 10, unit)


@RULES.nonterminal("Duration", "[Number] half Unit", "half Number Unit")
def half(count: int | None, unit: Duration) -> Duration | None:
    """“en halv time”, “half an hour”"""
    return multiply(unit, 0.5) if count in (None, 1) else None


@RULES.nonterminal("Duration", "one_and_a_half Unit")
def one_and_a_half(unit: Duration) -> Duration | None:
    """“halvanden time” (one and a half hours)"""
    return multiply(unit, 1.5)


@RULES.nonterminal("Duration", "Number [and] Number half Unit", "Number and Number half Unit")
def number_and_a_half(count: int, halves: int, unit: Duration) -> Duration | None:
    """“to en halv time” (two and a half hours)"""
    return multiply(unit, count + 0.5) if halves == 1 else None


@RULES.nonterminal("Duration", "Number half_sign Unit")
def number_with_half_sign(count: int, unit: Duration) -> Duration | None:
    """“2½ time”"""
    return multiply(unit, count + 0.5)


@RULES.nonterminal("Duration", "Number Unit and Number half")
def unit_and_a_half(count: int, unit: Duration, halves: int) -> Duration | None:
    """“an hour and a half”"""
    return multiply(unit, count + 0.5) if halves == 1 else None


@RULES.nonterminal("Duration", "Number Unit and Number half Unit")
def unit_and_half_a_unit(count: int, unit: Duration, halves: int, half_unit: Duration) -> Duration | None:
    """“en time og en halv time” (an hour and half an hour)"""
    first, second = multiply(unit, count), multiply(half_unit, 0.5)
    return first + second if first and second and halves == 1 else None


@RULES.nonterminal("Duration", "Number Unit and Number Unit")
def sum_of_two(count: int, unit: Duration, other_count: int, other_unit: Duration) -> Duration | None:
    """“en time og et kvarter” (an hour and a quarter)"""
    first, second = multiply(unit, count), multiply(other_unit, other_count)
    return first + second if first and second else None


@RULES.component("in_future [about] Duration [of_time]", "Duration from_now")
def from_now(duration: Duration) -> RelativeDay | TimeFromNow:
    """“om 14 dage” (in 14 days) is a day, “om 2 timer” (in 2 hours) is a moment"""
    return TimeFromNow(duration) if duration.has_clock else RelativeDay(duration)


@RULES.component("now", context=Context.WHOLE_TEXT)
def now() -> TimeFromNow:
    """“lige nu” (right now), as an answer and nothing else"""
    return TimeFromNow(Duration())


@RULES.component("[ago_for] Duration ago")
def ago(duration: Duration) -> RelativeDay | Vague:
    """“for 2 uger siden” (2 weeks ago)"""
    return Vague() if duration.has_clock else RelativeDay(duration, is_past=True)


@RULES.component("within [the] [next] Duration", "within [them] [next|coming] Duration")
def within(duration: Duration) -> WithinDuration:
    """“inden for en uge” (within a week)"""
    return WithinDuration(duration)


@RULES.component("for [about] Duration [of_time]", "[and] [about] Duration onward")
def for_duration(duration: Duration) -> ForDuration:
    """“i 2 timer” (for 2 hours)"""
    return ForDuration(duration)


@RULES.component("after Duration", "before Duration")
def duration_after_or_before(duration: Duration) -> Vague:
    """“efter 14 dage” (after 14 days): after what?"""
    return Vague()
