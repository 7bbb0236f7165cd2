"""Decides how many rows may be on their way to one room at the same time. Pure: the caller passes in the time.

Rows of a room normally go out one after the other, so that people read them in order. Behind a backlog that costs too
much time: one homeserver writes sixteen events in the time of six when it gets them together (docs/decisions.md). So
the window opens when rows wait, and it opens step by step: a room that refuses its first rows has few rows under way
that could overtake them.
"""

from dataclasses import dataclass, field

#: The window opens when at least so many rows wait or are under way.
BACKLOG_ROWS = 4
#: The window never opens further than to so many rows.
MAX_OPEN_ROWS = 32
#: For so long after a run the room is believed to accept as many rows at once as it did.
TRUST_SECONDS = 5.0

_NEVER = float("-inf")


@dataclass
class SendWindow:
    """The window of one room. A run is the time in which its rows are being sent, from the first to the last.

    The window is twice as large as the number of rows that the room accepted, in this run and in an earlier one that
    ended less than TRUST_SECONDS ago. Trouble in a run closes it to one row, and what the room accepted until then no
    longer counts for the next run.
    """

    accepted_rows: int = 0
    _trusted_until: float = field(default=_NEVER)
    _had_trouble: bool = False

    def start_run(self, now: float) -> None:
        """Begin a run. `now` and all other times are in seconds of a monotonic clock."""
        if now >= self._trusted_until:
            self.accepted_rows = 0
        self._trusted_until, self._had_trouble = _NEVER, False  # a run that does not come to its end leaves no trust

    def end_run(self, now: float) -> None:
        """End a run in which all rows were sent."""
        if not self._had_trouble:
            self._trusted_until = now + TRUST_SECONDS

    def record_accepted(self) -> None:
        """Note that the room accepted a row."""
        self.accepted_rows += 1

    def record_trouble(self) -> None:
        """Note that a row has to be tried again, or that the room takes nothing."""
        self._had_trouble = True

    def max_open_rows(self, rows_left: int, *, homeserver_is_stable: bool) -> int:
        """Return how many rows may be under way when `rows_left` rows wait or are under way."""
        if rows_left < BACKLOG_ROWS or self._had_trouble or not homeserver_is_stable:
            return 1
        return min(MAX_OPEN_ROWS, max(1, 2 * self.accepted_rows))
