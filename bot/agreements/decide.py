"""What a step does to an agreement: the agreement before and the step in, the agreement after out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.agreements.states import TABLE, Side, State, Step
from bot.errors import Refused
from bot.span import Span


@dataclass(frozen=True)
class Terms:
    """When it is to happen: aware moments, the end exclusive.

    Of a series, `start` and `end` are the first time's, `times` are all of them, and `rule` says in local days how they
    come again (RFC 5545, section 3.3.10, with `EXDATE` at its end). The times are fixed when they are offered: what is
    agreed does not move when a government changes its clocks.
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
        """Whether it comes again."""
        return bool(self.rule)


@dataclass(frozen=True)
class Offer:
    """A time that one side puts to the other; `revision` counts from 0 (SEQUENCE, RFC 5545 section 3.8.7.4)."""

    revision: int
    by: Side
    terms: Terms


@dataclass(frozen=True)
class Negotiation:
    """An agreement as far as its rules go: its state, what stands, and the open offers, newest last."""

    state: State
    revision: int
    standing: Offer | None
    offers: tuple[Offer, ...]

    @property
    def newest_offer(self) -> Offer | None:
        """The one open offer that can be answered now."""
        return self.offers[-1] if self.offers else None

    @property
    def answerable_revision(self) -> int:
        """The revision that an answer is given to now: after a declined counter, that of the offer below it."""
        return self.newest_offer.revision if self.newest_offer else self.revision

    @property
    def terms(self) -> Terms:
        """The time that matters most now: what stands, else what was offered last."""
        offer = self.standing or self.newest_offer
        assert offer is not None, "an agreement has a time from its first offer on"
        return offer.terms

    @property
    def awaited_sides(self) -> tuple[Side, ...]:
        """The sides that hold the next word: mostly one, of a time that a keeper offers both."""
        if self.state is State.DONE:
            return (Side.ORGANIZER,)
        if self.newest_offer is None or self.state not in _OPEN:
            return ()
        return _PARTIES if self.newest_offer.by is Side.KEEPER else (self.newest_offer.by.other,)

    @property
    def awaited_side(self) -> Side | None:
        """The side that holds the next word, if anybody does; the first of them where both do."""
        return self.awaited_sides[0] if self.awaited_sides else None


_OPEN = (State.PROPOSED, State.AGREED)
_PARTIES = (Side.ORGANIZER, Side.ATTENDEE)

#: What is left of some times, None where nothing is; the same object where all of them are.
RemainingTerms = Callable[[Terms], Terms | None]


def propose(terms: Terms) -> Negotiation:
    """The organizer's first offer (REQUEST)."""
    return Negotiation(State.PROPOSED, 0, None, (Offer(0, Side.ORGANIZER, terms),))


def decide(
    negotiation: Negotiation,
    step: Step,
    side: Side,
    *,
    revision: int | None = None,
    terms: Terms | None = None,
    remaining: RemainingTerms | None = None,
) -> Negotiation:
    """The agreement after `side` took `step`.

    `revision` is the one an answer was given to (None: the newest); `terms` is the time a counter or a correction
    offers, or what is left of a series (None: nothing) when some of its times are skipped or parted from it. When a
    keeper clears a thing, `left` says what is left of each offer, and `terms` what is offered where nothing is.
    Raises `Refused` with a key of the core catalogue when the step is not theirs to take, or came too late.
    """
    states, sides = TABLE[step]
    if side not in sides:
        raise Refused(f"agreement-not-yours-{step}")
    if negotiation.state not in states:
        raise Refused(f"agreement-is-{negotiation.state}")
    match step:
        case Step.CORRECT:
            assert terms is not None, "a correction says the time as well"
            return _correct(negotiation, terms)
        case Step.COUNTER:
            assert terms is not None, "a counter offers a time"
            return _counter(negotiation, side, terms)
        case Step.ACCEPT:
            return _accept(negotiation, side, revision)
        case Step.DECLINE:
            return _decline(negotiation, side, revision)
        case Step.CONFIRM | Step.DISPUTE if revision not in (None, negotiation.revision):
            raise Refused("agreement-changed-meanwhile")
        case Step.CLEAR:
            assert remaining is not None, "whoever clears says what is left"
            return _clear(negotiation, remaining, terms)
        case Step.SKIP | Step.PART:
            return _leave_out(negotiation, terms, State.CANCELLED if step is Step.SKIP else State.PASSED)
        case Step.DONE if negotiation.standing and negotiation.standing.terms.is_series:
            raise Refused("agreement-done-which")
        case Step.DONE:  # a report is answered like an offer, so it has a revision of its own
            return replace(negotiation, state=State.DONE, revision=negotiation.revision + 1, offers=())
        case _:
            return replace(
                negotiation, state=_LEADS_TO[step], offers=() if negotiation.standing else negotiation.offers
            )


_LEADS_TO = {
    Step.CANCEL: State.CANCELLED,
    Step.CONFIRM: State.CONFIRMED,
    Step.DISPUTE: State.DISPUTED,
    Step.LAPSE: State.LAPSED,
    Step.MISS: State.MISSED,
}


def _correct(talk: Negotiation, terms: Terms) -> Negotiation:
    if any(offer.by is not Side.ORGANIZER for offer in talk.offers):
        raise Refused("agreement-changed-meanwhile")
    offer = Offer(talk.revision + 1, Side.ORGANIZER, terms)
    return replace(talk, revision=offer.revision, offers=(offer,))


def _counter(talk: Negotiation, side: Side, terms: Terms) -> Negotiation:
    newest = talk.newest_offer
    if terms == (newest or talk.standing).terms:  # type: ignore[union-attr]  # one of them is there while open
        raise Refused("agreement-same-time")
    changed_mind = newest is not None and newest.by is side  # replaces one's own offer
    below = talk.offers[:-1] if changed_mind else talk.offers
    offer = Offer(talk.revision + 1, side, terms)
    return replace(talk, revision=offer.revision, offers=(*below, offer))


def _leave_out(talk: Negotiation, left: Terms | None, ends_as: State) -> Negotiation:
    """What is left goes on standing; while a change of all of it is open, nobody knows what is left."""
    assert talk.standing is not None, "what is agreed stands"
    if talk.offers:
        raise Refused("agreement-answer-first")
    if left is None:
        return replace(talk, state=ends_as)
    standing = replace(talk.standing, revision=talk.revision + 1, terms=left)
    return replace(talk, revision=standing.revision, standing=standing)


def _clear(talk: Negotiation, left: RemainingTerms, instead: Terms | None) -> Negotiation:
    """An offer that lost some of its times is another one, which nobody has answered; those that lost all are gone."""
    revision, kept = talk.revision, list[Offer]()
    for offer in (talk.standing, *talk.offers):
        terms = left(offer.terms) if offer else None
        if offer is None or terms is None:
            continue
        if terms != offer.terms:
            revision += 1
            offer = replace(offer, revision=revision, terms=terms)
        kept.append(offer)
    stands = talk.standing is not None and left(talk.standing.terms) is not None
    standing, offers = (kept[0], kept[1:]) if stands else (None, kept)
    if standing or offers:
        return Negotiation(State.AGREED if standing else State.PROPOSED, revision, standing, tuple(offers))
    if instead:
        return Negotiation(State.PROPOSED, revision + 1, None, (Offer(revision + 1, Side.KEEPER, instead),))
    return replace(talk, state=State.CANCELLED, offers=() if talk.standing else talk.offers)


def _answered(talk: Negotiation, revision: int | None) -> Offer:
    """The offer an answer is for; an answer to an older revision does not count for a newer one."""
    newest = talk.newest_offer
    if newest is None:
        raise Refused("agreement-nothing-open")
    if revision is not None and revision != newest.revision:
        raise Refused("agreement-changed-meanwhile")
    return newest


def _accept(talk: Negotiation, side: Side, revision: int | None) -> Negotiation:
    offer = _answered(talk, revision)
    if offer.by is side:
        raise Refused("agreement-own-offer")
    if offer.by is Side.KEEPER:  # one yes of two
        return replace(talk, offers=(*talk.offers[:-1], replace(offer, by=side)))
    return replace(talk, state=State.AGREED, standing=offer, offers=())


def _decline(talk: Negotiation, side: Side, revision: int | None) -> Negotiation:
    """Where it is the only offer, whoever asked takes the matter back, and whoever was asked says no to it."""
    _answered(talk, revision)
    rest = talk.offers[:-1]
    if rest or talk.standing:
        return replace(talk, offers=rest)
    return replace(talk, state=State.CANCELLED if side is Side.ORGANIZER else State.DECLINED)
