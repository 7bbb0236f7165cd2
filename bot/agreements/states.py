"""The states of an agreement and the steps between them, as one table.

Two sides, after RFC 5546 (iTIP): the *organizer* asks, the *attendee* is asked. What they talk about are *offers*:
a time that one side puts to the other. Every offer has a revision (SEQUENCE in RFC 5545), so that an answer can say
which one it answered.

- The newest open offer is the only one that can be answered, and only by the side that did not make it.
- COUNTER puts a new offer on top; the one below it waits. DECLINE takes the newest away (DECLINECOUNTER when it was a
  counter), and what lies under it is open again. CANCEL and withdrawing one's only offer end the matter.
- CORRECT is the organizer's word that the first offer was meant otherwise: it replaces it, and with it what the matter
  is about, as long as nobody has answered (a REQUEST with a higher SEQUENCE, RFC 5546 section 3.2.2.1).
- ACCEPT makes the newest offer the *standing* one. A change to a standing agreement is one more offer: until it is
  accepted, what stands goes on standing.
- A series is one agreement about many times. SKIP leaves some of them out (CANCEL with a RECURRENCE-ID); either side
  may, as either may cancel. PART makes one of them an agreement of its own, which is then moved, done or cancelled as
  any other; a series whose times have all parted from it is passed.
- The *keeper* is whoever looks after the thing and may close it: neither side, and bound by no offer. CLEAR takes away
  every time that falls while the thing is closed (CANCEL, of a series with RECURRENCE-ID): nothing is left standing in
  a closed time. In its place the keeper may put a time to both (REQUEST). It stands when both have said yes: whoever
  says so first makes the offer theirs, and the other side answers it.
- After the time: the attendee reports DONE, the organizer confirms or disputes. The clock alone lets an unanswered
  proposal lapse, and an agreement nobody spoke about become missed.

The table says which step may be taken from which state by whom; `decide` says what it leads to.
"""

from enum import StrEnum


class State(StrEnum):
    """Where an agreement is."""

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
    """What somebody does about it; the first five are iTIP's REQUEST, COUNTER, REPLY (twice) and CANCEL."""

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
    """Who takes a step."""

    ORGANIZER = "organizer"
    ATTENDEE = "attendee"
    CLOCK = "clock"
    KEEPER = "keeper"

    @property
    def other(self) -> "Side":
        """The side across the table."""
        return Side.ATTENDEE if self is Side.ORGANIZER else Side.ORGANIZER


_BOTH = frozenset({Side.ORGANIZER, Side.ATTENDEE})
_ORGANIZER = frozenset({Side.ORGANIZER})
_ATTENDEE = frozenset({Side.ATTENDEE})
_CLOCK = frozenset({Side.CLOCK})

#: step → (the states it may be taken from, the sides that may take it)
TABLE: dict[Step, tuple[frozenset[State], frozenset[Side]]] = {
    Step.CORRECT: (frozenset({State.PROPOSED}), _ORGANIZER),
    Step.COUNTER: (frozenset({State.PROPOSED, State.AGREED}), _BOTH),
    Step.ACCEPT: (frozenset({State.PROPOSED, State.AGREED}), _BOTH),
    Step.DECLINE: (frozenset({State.PROPOSED, State.AGREED}), _BOTH),
    Step.CANCEL: (frozenset({State.PROPOSED, State.AGREED}), _BOTH),
    Step.DONE: (frozenset({State.AGREED, State.MISSED, State.DISPUTED}), _ATTENDEE),
    Step.CONFIRM: (frozenset({State.DONE}), _ORGANIZER),
    Step.DISPUTE: (frozenset({State.DONE}), _ORGANIZER),
    Step.LAPSE: (frozenset({State.PROPOSED}), _CLOCK),
    Step.MISS: (frozenset({State.AGREED}), _CLOCK),
    Step.SKIP: (frozenset({State.AGREED}), _BOTH),
    Step.PART: (frozenset({State.AGREED}), frozenset(Side)),
    Step.CLEAR: (frozenset({State.PROPOSED, State.AGREED}), frozenset({Side.KEEPER})),
}

#: The states in which an agreement holds its thing for its time.
HOLDING = frozenset({State.PROPOSED, State.AGREED, State.DONE, State.DISPUTED, State.CONFIRMED, State.MISSED})

#: The states nothing leads out of by itself: they wait for nobody.
SETTLED = frozenset({State.DECLINED, State.CANCELLED, State.LAPSED, State.CONFIRMED, State.MISSED, State.PASSED})
