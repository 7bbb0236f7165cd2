"""What a closure leaves of an agreement, and how a time that the maintainer offers is agreed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.agreements.decide import RemainingTerms, decide
from bot.agreements.negotiation import Negotiation, Offer, Terms, start_negotiation
from bot.agreements.states import Side, State, Step
from bot.errors import Refused

CLUB, FIRM, MAINTAINER = Side.ORGANIZER, Side.ATTENDEE, Side.MAINTAINER


def at(hour: int) -> Terms:
    start = datetime(2026, 6, 12, hour, tzinfo=UTC)
    return Terms(start, start + timedelta(hours=2))


def series(*hours: int) -> Terms:
    return Terms(at(hours[0]).start, at(hours[0]).end, "FREQ=HOURLY", tuple(at(h).span for h in hours))


def without(*hours: int) -> RemainingTerms:
    def remaining(terms: Terms) -> Terms | None:
        remaining_hours = [span.start.hour for span in terms.spans if span.start.hour not in hours]
        if len(remaining_hours) == len(terms.spans):
            return terms
        return series(*remaining_hours) if remaining_hours else None

    return remaining


def clear(negotiation: Negotiation, *hours: int, offered: Terms | None = None) -> Negotiation:
    return decide(negotiation, Step.CLEAR, MAINTAINER, remaining=without(*hours), terms=offered)


def refused(negotiation: Negotiation, step: Step, side: Side, **given: object) -> str:
    with pytest.raises(Refused) as raised:
        decide(negotiation, step, side, **given)  # type: ignore[arg-type]
    return raised.value.key


PROPOSED = start_negotiation(at(14))
AGREED = decide(PROPOSED, Step.ACCEPT, FIRM)
MOVED = clear(AGREED, 14, offered=at(18))


@pytest.mark.parametrize("negotiation", [PROPOSED, AGREED], ids=["proposed", "agreed"])
def test_agreement_without_remaining_times_is_cancelled_and_keeps_its_time_to_be_shown(
    negotiation: Negotiation,
) -> None:
    after = clear(negotiation, 14)
    assert (after.state, after.terms, after.awaited_sides) == (State.CANCELLED, at(14), ())


@pytest.mark.parametrize("negotiation", [PROPOSED, AGREED], ids=["proposed", "agreed"])
def test_maintainers_time_awaits_both_sides_and_nothing_is_agreed(negotiation: Negotiation) -> None:
    after = clear(negotiation, 14, offered=at(18))
    assert after == Negotiation(State.PROPOSED, 1, None, (Offer(1, MAINTAINER, at(18)),))
    assert after.awaited_sides == (CLUB, FIRM)


@pytest.mark.parametrize(("first", "second"), [(CLUB, FIRM), (FIRM, CLUB)])
def test_maintainers_time_is_agreed_when_both_have_accepted(first: Side, second: Side) -> None:
    once = decide(MOVED, Step.ACCEPT, first, revision=1)
    assert (once.state, once.standing, once.awaited_sides) == (State.PROPOSED, None, (second,))
    assert refused(once, Step.ACCEPT, first) == "agreement-own-offer"
    twice = decide(once, Step.ACCEPT, second, revision=1)
    assert (twice.state, twice.terms, twice.awaited_sides) == (State.AGREED, at(18), ())


@pytest.mark.parametrize(("side", "state"), [(CLUB, State.CANCELLED), (FIRM, State.DECLINED)])
@pytest.mark.parametrize("accepted_by", [None, CLUB, FIRM])
def test_decline_of_the_maintainers_time_ends_the_agreement(side: Side, state: State, accepted_by: Side | None) -> None:
    negotiation = decide(MOVED, Step.ACCEPT, accepted_by) if accepted_by else MOVED
    assert decide(negotiation, Step.DECLINE, side).state is state


def test_counter_on_the_maintainers_time_is_answered_by_the_other_side() -> None:
    countered = decide(MOVED, Step.COUNTER, FIRM, terms=at(20))
    assert countered.awaited_sides == (CLUB,)
    assert decide(countered, Step.ACCEPT, CLUB).terms == at(20)
    assert decide(countered, Step.DECLINE, CLUB).awaited_sides == (CLUB, FIRM)


def test_only_cleared_times_leave_a_series() -> None:
    agreed = decide(start_negotiation(series(6, 9, 14)), Step.ACCEPT, FIRM)
    assert clear(agreed, 9) == Negotiation(State.AGREED, 1, Offer(1, CLUB, series(6, 14)), ())
    assert clear(agreed, 6, 9, 14).state is State.CANCELLED


def test_proposed_series_that_lost_times_has_a_new_revision() -> None:
    shorter = clear(start_negotiation(series(6, 9, 14)), 9)
    assert (shorter.state, shorter.terms) == (State.PROPOSED, series(6, 14))
    assert refused(shorter, Step.ACCEPT, FIRM, revision=0) == "agreement-changed-meanwhile"


def test_change_into_a_closed_time_is_dropped_and_the_agreed_time_stands() -> None:
    change = decide(AGREED, Step.COUNTER, CLUB, terms=at(18))
    assert clear(change, 18, offered=at(20)) == Negotiation(State.AGREED, 1, Offer(0, CLUB, at(14)), ())


def test_change_out_of_a_closed_time_remains_as_an_open_offer() -> None:
    change = decide(AGREED, Step.COUNTER, FIRM, terms=at(18))
    cleared = clear(change, 14, offered=at(20))
    assert cleared == Negotiation(State.PROPOSED, 1, None, (Offer(1, FIRM, at(18)),))
    assert decide(cleared, Step.ACCEPT, CLUB, revision=cleared.answerable_revision).state is State.AGREED
    assert decide(cleared, Step.DECLINE, CLUB).state is State.CANCELLED


def test_nobody_but_the_maintainer_clears() -> None:
    for side in (CLUB, FIRM, Side.CLOCK):
        assert refused(AGREED, Step.CLEAR, side, remaining=without(14)) == "agreement-not-yours-clear"


def test_maintainer_takes_no_other_step() -> None:
    for step in (Step.ACCEPT, Step.DECLINE, Step.CANCEL, Step.COUNTER, Step.SKIP, Step.DONE):
        assert refused(AGREED, step, MAINTAINER, terms=at(9)) == f"agreement-not-yours-{step}"
