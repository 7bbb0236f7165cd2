"""Sets and drops the timers of a feature."""

from datetime import datetime

from bot.api.request.base import RequestBase
from bot.store.messages import timers


class Timers(RequestBase):
    """The part of a request that sets timers."""

    async def remind(self, timer: str, subject: str, at: datetime) -> None:
        """Call one of the feature's timers for a subject at a moment.

        A timer that is set already is moved to that moment, also when it has fallen due and was not called yet.
        """
        self.changed_timers |= {(self.feature, timer, subject)}
        await timers.set_timer(self.db, timers.Timer(self.place, self.feature, timer, subject, at))

    async def forget(self, subject: str) -> None:
        """Drop every timer of a subject, also one that has fallen due and was not called yet."""
        self.changed_timers |= {(self.feature, "", subject)}
        await timers.delete_timers(self.db, self.place, self.feature, subject)
