"""The states of an agreement, and one table of every step that may be taken: TRANSITIONS.

docs/agreements.md explains the rules and shows the table as a diagram.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The state of an agreement."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    DONE = "done"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    MISSED = "missed"
    PASSED = "passed"


class Step(StrEnum):
    """A step that somebody takes in an agreement; docs/agreements.md says what each means and its iTIP method."""

    PROPOSE = "propose"
    CORRECT = "correct"
    COUNTER = "counter"
    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    DONE = "done"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    LAPSE = "lapse"
    MISS = "miss"
    SKIP = "skip"
    PART = "part"
    CLEAR = "clear"


class Side(StrEnum):
    """The side that takes a step: a party, the clock, or the maintainer of the thing, who may close it."""

    ORGANIZER = "organizer"
    ATTENDEE = "attendee"
    CLOCK = "clock"
    MAINTAINER = "keeper"

    @property
    def other(self) -> "Side":
        """The other party: the attendee for the organizer, the organizer for the attendee."""
        return Side.ATTENDEE if self is Side.ORGANIZER else Side.ORGANIZER


@dataclass(frozen=True)
class IfRemains:
    """The state after a step, by what remains after it: an agreed time, only an open offer, or nothing.

    None stands for a case that the step cannot lead to.
    """

    agreed_time: State | None = None
    open_offer: State | None = None
    nothing: State | None = None


#: (state before, step, side that takes it) → state after. A step that is not in the table is not allowed.
TRANSITIONS: Mapping[tuple[State, Step, Side], State | IfRemains] = {
    # Nothing is agreed yet.
    (State.PROPOSED, Step.CORRECT, Side.ORGANIZER): State.PROPOSED,
    (State.PROPOSED, Step.COUNTER, Side.ORGANIZER): State.PROPOSED,
    (State.PROPOSED, Step.COUNTER, Side.ATTENDEE): State.PROPOSED,
    (State.PROPOSED, Step.ACCEPT, Side.ORGANIZER): IfRemains(agreed_time=State.AGREED, open_offer=State.PROPOSED),
    (State.PROPOSED, Step.ACCEPT, Side.ATTENDEE): IfRemains(agreed_time=State.AGREED, open_offer=State.PROPOSED),
    (State.PROPOSED, Step.DECLINE, Side.ORGANIZER): IfRemains(open_offer=State.PROPOSED, nothing=State.CANCELLED),
    (State.PROPOSED, Step.DECLINE, Side.ATTENDEE): IfRemains(open_offer=State.PROPOSED, nothing=State.DECLINED),
    (State.PROPOSED, Step.CANCEL, Side.ORGANIZER): State.CANCELLED,
    (State.PROPOSED, Step.CANCEL, Side.ATTENDEE): State.CANCELLED,
    (State.PROPOSED, Step.LAPSE, Side.CLOCK): State.LAPSED,
    (State.PROPOSED, Step.CLEAR, Side.MAINTAINER): IfRemains(open_offer=State.PROPOSED, nothing=State.CANCELLED),
    # A time is agreed. It stands while a change to it is only offered.
    (State.AGREED, Step.COUNTER, Side.ORGANIZER): State.AGREED,
    (State.AGREED, Step.COUNTER, Side.ATTENDEE): State.AGREED,
    (State.AGREED, Step.ACCEPT, Side.ORGANIZER): State.AGREED,
    (State.AGREED, Step.ACCEPT, Side.ATTENDEE): State.AGREED,
    (State.AGREED, Step.DECLINE, Side.ORGANIZER): State.AGREED,
    (State.AGREED, Step.DECLINE, Side.ATTENDEE): State.AGREED,
    (State.AGREED, Step.CANCEL, Side.ORGANIZER): State.CANCELLED,
    (State.AGREED, Step.CANCEL, Side.ATTENDEE): State.CANCELLED,
    (State.AGREED, Step.SKIP, Side.ORGANIZER): IfRemains(agreed_time=State.AGREED, nothing=State.CANCELLED),
    (State.AGREED, Step.SKIP, Side.ATTENDEE): IfRemains(agreed_time=State.AGREED, nothing=State.CANCELLED),
    (State.AGREED, Step.PART, Side.ORGANIZER): IfRemains(agreed_time=State.AGREED, nothing=State.PASSED),
    (State.AGREED, Step.PART, Side.ATTENDEE): IfRemains(agreed_time=State.AGREED, nothing=State.PASSED),
    (State.AGREED, Step.PART, Side.CLOCK): IfRemains(agreed_time=State.AGREED, nothing=State.PASSED),
    (State.AGREED, Step.PART, Side.MAINTAINER): IfRemains(agreed_time=State.AGREED, nothing=State.PASSED),
    (State.AGREED, Step.CLEAR, Side.MAINTAINER): IfRemains(
        agreed_time=State.AGREED, open_offer=State.PROPOSED, nothing=State.CANCELLED
    ),
    (State.AGREED, Step.DONE, Side.ATTENDEE): State.DONE,
    (State.AGREED, Step.MISS, Side.CLOCK): State.MISSED,
    (State.AGREED, Step.CONFIRM, Side.CLOCK): State.CONFIRMED,
    # The time is over.
    (State.MISSED, Step.DONE, Side.ATTENDEE): State.DONE,
    (State.DONE, Step.CONFIRM, Side.ORGANIZER): State.CONFIRMED,
    (State.DONE, Step.DISPUTE, Side.ORGANIZER): State.DISPUTED,
    (State.DISPUTED, Step.DISPUTE, Side.ORGANIZER): State.DISPUTED,
    (State.DISPUTED, Step.DONE, Side.ATTENDEE): State.DONE,
}

#: The states in which an agreement reserves its thing for its times.
HOLDING = frozenset({State.PROPOSED, State.AGREED, State.DONE, State.DISPUTED, State.CONFIRMED, State.MISSED})

#: The states in which nobody is expected to take a step.
SETTLED = frozenset({State.DECLINED, State.CANCELLED, State.LAPSED, State.CONFIRMED, State.MISSED, State.PASSED})
