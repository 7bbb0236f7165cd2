"""A time that the templates of texts can write in several forms: `{{ time.full }}`, `{{ time.short }}`."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.languages import write_time
from bot.languages.write_series import write_series


@dataclass(frozen=True)
class WrittenTime:
    """A local time, written out in a language. `start` and `end` are naive, the end exclusive.

    The year is left out when it is clear from `now`. For a series, `rule` is the recurrence (RFC 5545, section 3.3.10),
    `last` the day of its last time and `count` the number of its times.
    """

    start: datetime | date
    end: datetime | date | None
    language: str
    now: datetime
    rule: str = ""
    last: date | None = None
    count: int = 1

    @property
    def full(self) -> str:
        """The whole time, for a sentence: "fredag den 12. juni kl. 14-16", "hver fredag kl. 14-16 fra …"."""
        return self._write_full(week=False)

    @property
    def with_week(self) -> str:
        """The whole time with the number of its week, for a card: "fredag den 12. juni kl. 14-16, uge 24".

        A series is written as in `full`.
        """
        return self._write_full(week=True)

    @property
    def short(self) -> str:
        """The time as lists show it: "fre. 12. juni kl. 14-16"."""
        if self.rule:
            return self._write_series(short=True)
        return write_time.write_short(self.start, self.end, language=self.language, now=self.now)

    @property
    def clock(self) -> str:
        """Only the clock time: "kl. 14-16"."""
        assert isinstance(self.start, datetime), "only a moment has a clock time"
        end = self.end if isinstance(self.end, datetime) else None
        return write_time.write_clock(self.start, end, language=self.language)

    @property
    def day(self) -> str:
        """Only the day: "fredag den 12. juni"."""
        return write_time.write_day(self.start, language=self.language)

    @property
    def dated(self) -> str:
        """Only the day, with its year where that is not obvious: "fredag den 11. juni 2027"."""
        day = self.start.date() if isinstance(self.start, datetime) else self.start
        return write_time.write_day(day, language=self.language, year=write_time.needs_year(day, self.now))

    @property
    def weekday(self) -> str:
        """Only the day of the week: "fredag", "Friday"."""
        return write_time.write_weekday(self.start, language=self.language)

    def _write_full(self, *, week: bool) -> str:
        if self.rule:
            return self._write_series(short=False)
        return write_time.write_full(self.start, self.end, language=self.language, now=self.now, week=week)

    def _write_series(self, *, short: bool) -> str:
        return write_series(
            self.start,
            self.end,
            self.rule,
            language=self.language,
            now=self.now,
            last=self.last,
            short=short,
            repeat_weekday=False,
        )

    def __str__(self) -> str:
        return self.full
