"""Resolves what lasts some units of time from now on: "de næste 3 uger", "resten af ugen"."""

from datetime import date, datetime, time, timedelta

from bot.parsing.when.components import Duration
from bot.parsing.when.resolve.dates import DAY, WEEK, monday_of, resolve_period, to_relativedelta
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When
from bot.parsing.when.series_components import RestOfPeriod, UnitsInARow


def resolve_units_in_a_row(units: UnitsInARow, reference: ReferenceTime) -> When:
    """Return the units as one time.

    They are whole calendar units ("næste 3 uger" begins on Monday), or counted from tomorrow, and hours from now. Of
    these two meanings, the less likely one is returned when the reference `takes_other_meaning`.
    """
    if units.is_from_now != reference.takes_other_meaning:
        return _resolve_from_now(units, reference)
    unit = to_relativedelta(units.unit)
    current = _start_of_current(units.unit, reference)
    start = current - units.count * unit if units.is_past else current + unit
    return _as_window(start, start + units.count * unit)


def resolve_rest(rest: RestOfPeriod, reference: ReferenceTime) -> When:
    """Return the time from today, or from the beginning of a period that is still to come, to its end."""
    if rest.period is None:
        now = reference.now.replace(second=0, microsecond=0)
        return _as_window(now, datetime.combine(reference.today + DAY, time()))
    start, end = resolve_period(rest.period, reference.today)
    return _as_window(max(start, reference.today), end)


def _resolve_from_now(units: UnitsInARow, reference: ReferenceTime) -> When:
    length = units.count * to_relativedelta(units.unit)
    if units.unit.has_clock:
        now = reference.after(Duration())
        return _as_window(now - length, now) if units.is_past else _as_window(now, now + length)
    today = reference.today
    return _as_window(today - length, today) if units.is_past else _as_window(today + DAY, today + DAY + length)


def _start_of_current(unit: Duration, reference: ReferenceTime) -> datetime | date:
    """Return the start of the calendar unit under way: of this week, this month, this hour."""
    today = reference.today
    if unit.has_clock:
        midnight, length = datetime.combine(today, time()), timedelta(minutes=unit.minutes, seconds=unit.seconds)
        return midnight + (reference.now - midnight) // length * length
    if unit.days:
        return monday_of(today) if unit.days % WEEK.days == 0 else today
    return today.replace(day=1, month=1) if unit.months % 12 == 0 else today.replace(day=1)


def _as_window(start: datetime | date, end: datetime | date) -> When:
    return When(start, end, has_day=True, has_clock=isinstance(start, datetime), loose=True)
