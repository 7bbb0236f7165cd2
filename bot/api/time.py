"""A time in the words of a language, for sentences: `{{ time.full }}`."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.language import span


@dataclass(frozen=True)
class Time:
    """A local time as people say it. `start` and `end` are naive, the end exclusive; `now` decides on the year."""

    start: datetime | date
    end: datetime | date | None
    language: str
    now: datetime

    @property
    def full(self) -> str:
        """Everything: "fredag den 12. juni kl. 14-16, uge 24"."""
        return span.write_full(self.start, self.end, language=self.language, now=self.now)

    @property
    def short(self) -> str:
        """For lists: "fre. 12. juni kl. 14-16"."""
        return span.write_short(self.start, self.end, language=self.language, now=self.now)

    @property
    def clock(self) -> str:
        """Only the clock: "kl. 14-16"."""
        assert isinstance(self.start, datetime), "only a moment has a clock time"
        end = self.end if isinstance(self.end, datetime) else None
        return span.write_clock(self.start, end, language=self.language)

    @property
    def day(self) -> str:
        """Only the day: "fredag den 12. juni"."""
        return span.write_day(self.start, language=self.language)

    def __str__(self) -> str:
        return self.full
