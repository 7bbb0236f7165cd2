"""The component of a time phrase that is a time of the day; components.py has the days."""

from dataclasses import dataclass

from bot.parsing.when.components import Date


@dataclass(frozen=True)
class ClockTime:
    """A time of the day, or a range from one to another: "kl. 14", "14-16".

    A part of the day moves a clock time ("kl. 8 om aftenen" is 20:00), except when it `is_unambiguous`, such as "2pm".
    `utc_offset` is that of the time zone that was named, in minutes east of UTC: "kl. 16 CET". `or_date` is the date
    the figures may mean as well: "08-12" is a range of clock times, or 8 December. `or_year` is the year
    that they may mean behind the name of a month: "12. juni 14".
    """

    start: int
    end: int | None = None
    is_unambiguous: bool = False
    utc_offset: int | None = None
    or_date: Date | None = None
    or_year: int | None = None

    @property
    def is_date_more_likely(self) -> bool:
        """Whether figures that may be a date are a date rather than a range: "22-02", "03-09", but not "08-12"."""
        return self.or_date is not None and (self.end is None or self.end <= self.start or self.start < 6 * 60)
