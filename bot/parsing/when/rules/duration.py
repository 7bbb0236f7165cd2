"""How lengths of time are said, and times counted from now. The docstring of a rule is an example of it."""

from bot.parsing.when.components import Duration, ForDuration, RelativeDay, TimeFromNow, Vague, WithinDuration
from bot.parsing.when.rules.grammar import says


def _times(length: Duration, factor: float) -> Duration | None:
    """A length some times over; None where that is no whole number of days or minutes."""
    parts = (length.months * factor, length.days * factor, length.minutes * factor)
    return Duration(*map(int, parts)) if all(part == int(part) for part in parts) else None


@says("Length", "Number Unit")
def some(count: int, unit: Duration) -> Duration | None:
    """14 dage"""
    return _times(unit, count) if count else None


@says("Length", "Decimal Unit")
def decimal(count: float, unit: Duration) -> Duration | None:
    """2,5 timer"""
    return _times(unit, count) if count else None


@says("Length", "DottedShort Unit")
def decimal_with_dot(said: tuple[int, int], unit: Duration) -> Duration | None:
    """1.5 hours"""
    return decimal(said[0] + said[1] / 10, unit)


@says("Length", "[Number] half Unit", "half Number Unit")
def half(count: int | None, unit: Duration) -> Duration | None:
    """en halv time, half an hour"""
    return _times(unit, 0.5) if count in (None, 1) else None


@says("Length", "one_and_a_half Unit")
def one_and_a_half(unit: Duration) -> Duration | None:
    """halvanden time"""
    return _times(unit, 1.5)


@says("Length", "Number [and] Number half Unit", "Number and Number half Unit")
def and_a_half(count: int, one: int, unit: Duration) -> Duration | None:
    """to en halv time"""
    return _times(unit, count + 0.5) if one == 1 else None


@says("Length", "Number half_sign Unit")
def with_half_sign(count: int, unit: Duration) -> Duration | None:
    """2½ time"""
    return _times(unit, count + 0.5)


@says("Length", "Number Unit and Number half")
def unit_and_a_half(count: int, unit: Duration, one: int) -> Duration | None:
    """an hour and a half"""
    return _times(unit, count + 0.5) if one == 1 else None


@says("Length", "Number Unit and Number half Unit")
def and_half_a_unit(first: int, big: Duration, one: int, small: Duration) -> Duration | None:
    """en time og en halv time"""
    left, right = _times(big, first), _times(small, 0.5)
    return left + right if left and right and one == 1 else None


@says("Length", "Number Unit and Number Unit")
def sum_of_two(first: int, big: Duration, second: int, small: Duration) -> Duration | None:
    """en time og et kvarter"""
    left, right = _times(big, first), _times(small, second)
    return left + right if left and right else None


@says("Piece", "ahead [about] Length [of_time]", "Length from_now")
def ahead(length: Duration) -> RelativeDay | TimeFromNow:
    """om 14 dage, om 2 timer"""
    return TimeFromNow(length) if length.minutes else RelativeDay(length)


@says("Piece", "[ago_for] Length ago")
def ago(length: Duration) -> RelativeDay | Vague:
    """for 2 uger siden"""
    return Vague() if length.minutes else RelativeDay(length, is_past=True)


@says("Piece", "within [the] [next] Length", "within [them] [next|coming] Length")
def within(length: Duration) -> WithinDuration:
    """inden for en uge"""
    return WithinDuration(length)


@says("Piece", "for [about] Length [of_time]", "[and] [about] Length onward")
def during(length: Duration) -> ForDuration:
    """i 2 timer"""
    return ForDuration(length)


@says("Piece", "after Length", "before Length")
def relative(length: Duration) -> Vague:
    """efter 14 dage: after what?"""
    return Vague()
