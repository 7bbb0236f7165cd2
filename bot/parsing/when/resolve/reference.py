"""The present moment that a phrase is resolved from."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dateutil.tz import datetime_exists

from bot.parsing.when.components import Duration
from bot.parsing.when.errors import ImpossibleTime
from bot.parsing.when.resolve.dates import to_relativedelta


@dataclass(frozen=True)
class ReferenceTime:
    """The present, local and naive, from which "i morgen" is counted.

    `takes_other_meaning`: of what may mean two things, the less likely one is meant: "næste tirsdag" is not the coming
    Tuesday, but the one after it. With a `zone`, hours are counted through the change to and from summer time.
    """

    now: datetime
    takes_other_meaning: bool = False
    zone: tzinfo | None = None

    @property
    def today(self) -> date:
        """The day of the present."""
        return self.now.date()

    def moved_to(self, day: date) -> "ReferenceTime":
        """Return the reference time at the beginning of another day."""
        return replace(self, now=datetime.combine(day, time()))

    def after(self, duration: Duration) -> datetime:
        """Return the moment that is a duration after the present, to the minute, or to the second if it has seconds."""
        clock = timedelta(minutes=duration.minutes, seconds=duration.seconds)
        now = self.now.replace(microsecond=0) if duration.seconds else self.now.replace(second=0, microsecond=0)
        start = now + to_relativedelta(replace(duration, minutes=0, seconds=0))
        if self.zone is None:
            return start + clock
        return (start.replace(tzinfo=self.zone).astimezone(UTC) + clock).astimezone(self.zone).replace(tzinfo=None)

    def require_existing(self, moment: datetime) -> datetime:
        """Return the moment. Raises ImpossibleTime for one that the clocks skip in spring."""
        if self.zone and not datetime_exists(moment, self.zone):
            raise ImpossibleTime("when-no-such-time")
        return moment
