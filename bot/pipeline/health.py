"""Counts what happens and hears the loops' heartbeats, for whoever asks how the program is doing."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

#: What only ever grows. Of "commands", `kind` is the outcome: "handled", "refused", "asked", "fault" ...
Count = Literal["commands", "messages_sent", "send_retries", "faults", "sync_errors"]
#: What goes up and down; "last_sync_timestamp" is in seconds since 1970 (UTC).
Gauge = Literal["inbox_waiting", "outbox_waiting", "rooms_joined", "last_sync_timestamp"]

#: Upper bounds, in seconds, of the groups that answering times are counted in; a command is to take under one.
ANSWER_TIME_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

#: Seconds without trouble after which the homeserver is believed to be well again.
STABLE_AFTER_SECONDS = 60.0

#: Seconds a loop may be silent: a sync waits 30 for news, and as long again for a slow homeserver.
HEARTBEAT_TIMEOUT_SECONDS = 90.0


@dataclass
class Health:
    """Plain numbers, written from one event loop and read from the same one: no locks, no library, never an error."""

    monotonic: Callable[[], float] = time.monotonic
    counts: Counter[tuple[Count, str]] = field(default_factory=Counter)
    gauges: dict[Gauge, float] = field(default_factory=dict)
    #: How many answers took up to each of ANSWER_BOUNDS (not summed up); the last group is what took longer.
    answer_counts: list[int] = field(default_factory=lambda: [0] * (len(ANSWER_TIME_BOUNDS) + 1))
    answer_seconds_total: float = 0.0
    #: Of every community why it is not served, None when it is.
    communities: dict[str, str | None] = field(default_factory=dict)
    #: What keeps the whole program from working, by its name ("database"): a sentence for the caretaker.
    blockers: dict[str, str] = field(default_factory=dict)
    #: What the caretaker should see to, though everybody is served: a name and a sentence.
    warnings: dict[str, str] = field(default_factory=dict)
    #: When each calendar, by community and name, last was known to be as we have it, in seconds since 1970 (UTC).
    calendar_checked_at: dict[tuple[str, str], float] = field(default_factory=dict)
    _last_sync_error_at: float = float("-inf")
    _deadlines: dict[str, float] = field(default_factory=dict)

    def count(self, name: Count, kind: str = "", *, by: int = 1) -> None:
        """Count something that happened; `kind` is a word from the code, never something that people wrote."""
        self.counts[name, kind] += by
        if name == "sync_errors":
            self._last_sync_error_at = self.monotonic()

    def is_homeserver_stable(self) -> bool:
        """Whether the homeserver has let us listen for a while without any trouble."""
        return self.monotonic() - self._last_sync_error_at > STABLE_AFTER_SECONDS

    def set_gauge(self, name: Gauge, value: float) -> None:
        """Note how much there is of something now."""
        self.gauges[name] = value

    def record_answer_time(self, seconds: float) -> None:
        """Note how many seconds passed from a command's arrival until its answer was delivered."""
        self.answer_counts[bisect_left(ANSWER_TIME_BOUNDS, seconds)] += 1
        self.answer_seconds_total += seconds

    def record_heartbeat(self, loop: str, *, within_seconds: float = HEARTBEAT_TIMEOUT_SECONDS) -> None:
        """A loop says that it is alive and will be heard of again within so many seconds."""
        self._deadlines[loop] = self.monotonic() + within_seconds

    def pause_heartbeat(self, loop: str) -> None:
        """A loop ended, or waits for work on purpose: it is not missed until its next beat."""
        self._deadlines.pop(loop, None)

    def pause_all_heartbeats(self) -> None:
        """Every loop ended."""
        self._deadlines.clear()

    def overdue_loops(self) -> list[str]:
        """The loops that promised to be heard of and were not; empty when all is well, or known to be waited for."""
        if self.blockers:
            return []
        now = self.monotonic()
        return sorted(loop for loop, deadline in self._deadlines.items() if deadline < now)

    def mark_served(self, community: str) -> None:
        """A community's room is joined and looked after."""
        self.communities[community] = None

    def mark_not_served(self, community: str, reason: str) -> None:
        """A community is configured and not served; the reason is one sentence for the caretaker."""
        self.communities[community] = reason

    def set_blocker(self, name: str, why: str | None) -> None:
        """Something keeps the whole program from working, or (None) does so no longer."""
        if why is not None:
            self.blockers[name] = why
        elif self.blockers.pop(name, None) is not None:
            soonest = self.monotonic() + HEARTBEAT_TIMEOUT_SECONDS  # what waited for this is not late because of it
            self._deadlines = {loop: max(at, soonest) for loop, at in self._deadlines.items()}

    def set_warning(self, name: str, why: str | None) -> None:
        """Something is to be seen to, or (None) was."""
        if why is not None:
            self.warnings[name] = why
        else:
            self.warnings.pop(name, None)

    def is_ready(self) -> bool:
        """Whether nothing is in the way, there is a community, and every one that is configured is served."""
        return bool(self.communities) and not any(self.communities.values()) and not self.blockers
