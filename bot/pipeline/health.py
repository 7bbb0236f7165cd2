"""Counts what happens, and knows whether the program's loops are alive and what keeps it from working.

The metrics, /live, /ready and systemd's watchdog read it.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

#: Numbers that only grow. The kind of a "commands" count is the outcome: "handled", "refused", "asked", "fault" ...
Count = Literal["commands", "messages_sent", "send_retries", "faults", "sync_errors", "not_understood"]
#: Numbers that go up and down. "last_sync_timestamp" is in seconds since 1970 (UTC).
Gauge = Literal["inbox_waiting", "outbox_waiting", "rooms_joined", "last_sync_timestamp"]

#: Upper bounds, in seconds, of the histogram of answering times. A command has to be answered within one.
ANSWER_TIME_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

#: After so many seconds without a sync error the homeserver is believed to be well again.
STABLE_AFTER_SECONDS = 60.0

#: After so many seconds without an answer of the homeserver the program is not ready.
MAX_SILENCE_SECONDS = 60.0

#: A loop may be silent for so long: a sync waits 30 seconds for events, and as long again for a slow homeserver.
HEARTBEAT_TIMEOUT_SECONDS = 90.0


@dataclass
class Health:
    """Plain numbers, written and read in one event loop: no locks, no library, and never an error.

    - `counts` and `gauges` hold the numbers by their names; counts also by kind.
    - `answer_counts` says how many answers took at most each of ANSWER_TIME_BOUNDS, and more than the bound before;
      the last number is of those that took longer than all bounds.
    - `communities` says of each community why it is not served; None when it is.
    - `blockers` says what keeps the whole program from working ("database"): a sentence for the administrator.
    - `warnings` says what the administrator should look into, though all communities are served.
    - `calendar_checked_at` says when each calendar, by community and name, was last known to be as it is stored, in
      seconds since 1970 (UTC).
    """

    monotonic: Callable[[], float] = time.monotonic
    counts: Counter[tuple[Count, str]] = field(default_factory=Counter)
    gauges: dict[Gauge, float] = field(default_factory=dict)
    answer_counts: list[int] = field(default_factory=lambda: [0] * (len(ANSWER_TIME_BOUNDS) + 1))
    answer_seconds_total: float = 0.0
    communities: dict[str, str | None] = field(default_factory=dict)
    blockers: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    calendar_checked_at: dict[tuple[str, str], float] = field(default_factory=dict)
    _last_sync_error_at: float = float("-inf")
    _deadlines: dict[str, float] = field(default_factory=dict)
    _unanswered_since: dict[str, float] = field(default_factory=dict)
    _silence_reasons: dict[str, str] = field(default_factory=dict)

    def count(self, name: Count, kind: str = "", *, by: int = 1) -> None:
        """Count something that happened. `kind` is a word of the code, never one that people wrote."""
        self.counts[name, kind] += by
        if name == "sync_errors":
            self._last_sync_error_at = self.monotonic()

    def is_homeserver_stable(self) -> bool:
        """Return whether there was no sync error for STABLE_AFTER_SECONDS."""
        return self.monotonic() - self._last_sync_error_at > STABLE_AFTER_SECONDS

    def set_gauge(self, name: Gauge, value: float) -> None:
        """Set a gauge to its present value."""
        self.gauges[name] = value

    def record_answer_time(self, seconds: float) -> None:
        """Record how long a command took, from its arrival until its answer was delivered."""
        self.answer_counts[bisect_left(ANSWER_TIME_BOUNDS, seconds)] += 1
        self.answer_seconds_total += seconds

    def record_heartbeat(self, loop: str, *, within_seconds: float = HEARTBEAT_TIMEOUT_SECONDS) -> None:
        """Record that a loop is alive. Its next heartbeat has to come within so many seconds."""
        self._deadlines[loop] = self.monotonic() + within_seconds

    def pause_heartbeat(self, loop: str) -> None:
        """Expect no heartbeat of a loop until its next one: it has ended, or waits for work."""
        self._deadlines.pop(loop, None)

    def pause_all_heartbeats(self) -> None:
        """Expect no heartbeat of any loop until its next one."""
        self._deadlines.clear()

    def overdue_loops(self) -> list[str]:
        """Return the loops whose heartbeat is overdue; none while a blocker explains their silence."""
        if self.blockers:
            return []
        now = self.monotonic()
        return sorted(loop for loop, deadline in self._deadlines.items() if deadline < now)

    def mark_served(self, community: str) -> None:
        """Note that a community's room is joined and served."""
        self.communities[community] = None

    def mark_not_served(self, community: str, reason: str) -> None:
        """Note that a configured community is not served; the reason is a sentence for the administrator."""
        self.communities[community] = reason

    def set_blocker(self, name: str, reason: str | None) -> None:
        """Note what keeps the whole program from working, or (None) that it no longer does."""
        if reason is not None:
            self.blockers[name] = reason
        elif self.blockers.pop(name, None) is not None:
            soonest = self.monotonic() + HEARTBEAT_TIMEOUT_SECONDS  # loops that waited for this are not overdue
            self._deadlines = {loop: max(deadline, soonest) for loop, deadline in self._deadlines.items()}

    def set_warning(self, name: str, reason: str | None) -> None:
        """Note what the administrator should look into, or (None) that it is settled."""
        if reason is not None:
            self.warnings[name] = reason
        else:
            self.warnings.pop(name, None)

    def expect_answer(self, kind: str) -> None:
        """Note that the homeserver was asked. Different parts of it may answer requests of different kinds."""
        self._unanswered_since.setdefault(kind, self.monotonic())

    def record_answer(self, kind: str) -> None:
        """Note that the homeserver has answered a request of a kind."""
        self._unanswered_since.pop(kind, None)
        self._silence_reasons.pop(kind, None)

    def record_no_answer(self, kind: str, reason: str) -> None:
        """Note why a request of a kind was not answered; the reason is a sentence for the administrator."""
        self._silence_reasons[kind] = reason

    def expect_no_answers(self) -> None:
        """Expect no answer until the homeserver is asked again."""
        self._unanswered_since.clear()
        self._silence_reasons.clear()

    def hindrances(self) -> dict[str, str]:
        """Return what keeps the whole program from working: the blockers, and a silent homeserver."""
        if not self._unanswered_since:
            return dict(self.blockers)
        kind, since = min(self._unanswered_since.items(), key=lambda item: item[1])
        seconds = self.monotonic() - since
        if seconds <= MAX_SILENCE_SECONDS:
            return dict(self.blockers)
        reason = self._silence_reasons.get(kind, "The homeserver does not answer.")
        silence = f"{reason} That has lasted {seconds:.0f} seconds; the bot keeps trying, and then catches up."
        return {**self.blockers, "homeserver": silence}

    def is_ready(self) -> bool:
        """Return whether there are communities, all of them are served, and nothing hinders the program."""
        return bool(self.communities) and not any(self.communities.values()) and not self.hindrances()
