"""The terms that two parties negotiate, their offers, and the negotiation that each step changes."""

from dataclasses import dataclass
from datetime import datetime

from bot.agreements.states import Side, State
from bot.span import Span


@dataclass(frozen=True)
class Terms:
    """The time that is offered or agreed: aware moments, the end exclusive.

    In a series, `start` and `end` belong to the first time, `times` has every time, and `rule` says in local days how
    the times recur (RFC 5545, section 3.3.10, with `EXDATE` at its end). The times are fixed when they are offered: an
    agreed time does not move when a government changes its clocks.
    """

    start: datetime
    end: datetime
    rule: str = ""
    times: tuple[Span, ...] = ()

    @classmethod
    def once(cls, span: Span) -> "Terms":
        """Return the terms of one time."""
        return cls(span.start, span.end)

    @property
    def span(self) -> Span:
        """The time; of a series, the first one."""
        return Span(self.start, self.end)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every time, one or many."""
        return self.times or (self.span,)

    @property
    def is_series(self) -> bool:
        """Whether the terms are those of a series."""
        return bool(self.rule)


@dataclass(frozen=True)
class Offer:
    """Terms that one side offers to the other; `revision` counts from 0 (SEQUENCE, RFC 5545 section 3.8.7.4)."""

    revision: int
    by: Side
    terms: Terms


@dataclass(frozen=True)
class Negotiation:
    """The part of an agreement that the rules know: its state, the accepted offer, and the open offers, newest last.

    `revision` is the highest one given out so far. `standing` is the accepted offer; None before the first is accepted.
    """

    state: State
    revision: int
    standing: Offer | None
    offers: tuple[Offer, ...]

    @property
    def newest_offer(self) -> Offer | None:
        """The newest open offer: the only offer that can be answered now."""
        return self.offers[-1] if self.offers else None

    @property
    def answerable_revision(self) -> int:
        """The revision of the newest open offer; the highest revision when no offer is open.

        After a declined counter the offer before the counter is open again, so this may be lower than `revision`.
        """
        return self.newest_offer.revision if self.newest_offer else self.revision

    @property
    def terms(self) -> Terms:
        """The terms to show: the accepted terms, else the terms of the newest open offer."""
        offer = self.standing or self.newest_offer
        assert offer is not None, "an agreement has terms from its first offer on"
        return offer.terms

    @property
    def open_terms(self) -> tuple[Terms, ...]:
        """The accepted terms, if any, and the terms of every open offer."""
        standing = (self.standing.terms,) if self.standing else ()
        return (*standing, *(offer.terms for offer in self.offers))

    @property
    def newest_terms(self) -> Terms:
        """The terms of the newest open offer, else the accepted terms."""
        return self.newest_offer.terms if self.newest_offer else self.terms

    @property
    def awaited_sides(self) -> tuple[Side, ...]:
        """The sides whose answer is awaited: one, none, or both parties when the maintainer has offered a time."""
        if self.state is State.DONE:
            return (Side.ORGANIZER,)
        if self.newest_offer is None or self.state not in (State.PROPOSED, State.AGREED):
            return ()
        if self.newest_offer.by is Side.MAINTAINER:
            return (Side.ORGANIZER, Side.ATTENDEE)
        return (self.newest_offer.by.other,)

    @property
    def awaited_side(self) -> Side | None:
        """The first of the sides whose answer is awaited, if any."""
        return self.awaited_sides[0] if self.awaited_sides else None


def start_negotiation(terms: Terms) -> Negotiation:
    """Return the negotiation after the organizer's first offer (REQUEST, RFC 5546 section 3.2.2)."""
    return Negotiation(State.PROPOSED, 0, None, (Offer(0, Side.ORGANIZER, terms),))
