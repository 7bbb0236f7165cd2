"""What a closing leaves of an agreement, and how a time that the keeper offers comes to stand."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.agreements.decide import RemainingTerms, decide
from bot.agreements.negotiation import Negotiation, Offer, Terms, start_negotiation
from bot.agreements.states import Side, State, Step
from bot.errors import Refused

CLUB, FIRM, KEEPER = Side.ORGANIZER, Side.ATTENDEE, Side.KEEPER


def at(hour: int) -> Terms:
    start = datetime(2026, 6, 12, hour, tzinfo=UTC)
    return Terms(start, start + timedelta(hours=2))


def series(*hours: int) -> Terms:
    return Terms(at(hours[0]).start, at(hours[0]).end, "FREQ=HOURLY", tuple(at(h).span for h in hours))


def without(*hours: int) -> RemainingTerms:
    def left(terms: Terms) -> Terms | None:
        kept = [span.start.hour for span in terms.spans if span.start.hour not in hours]
        return terms if len(kept) == len(terms.spans) else series(*kept) if kept else None

    return left


def clear(talk: Negotiation, *hours: int, instead: Terms | None = None) -> Negotiation:
    return decide(talk, Step.CLEAR, KEEPER, remaining=without(*hours), terms=instead)


def refused(talk: Negotiation, step: Step, side: Side, **given: object) -> str:
    with pytest.raises(Refused) as no:
        decide(talk, step, side, **given)  # type: ignore[arg-type]
    return no.value.key


ASKED = start_negotiation(at(14))
AGREED = decide(ASKED, Step.ACCEPT, FIRM)
MOVED = clear(AGREED, 14, instead=at(18))


@pytest.mark.parametrize("talk", [ASKED, AGREED], ids=["asked", "agreed"])
def test_nothing_left_is_cancelled_and_keeps_its_time_to_be_shown(talk: Negotiation) -> None:
    after = clear(talk, 14)
    assert (after.state, after.terms, after.awaited_sides) == (State.CANCELLED, at(14), ())


@pytest.mark.parametrize("talk", [ASKED, AGREED], ids=["asked", "agreed"])
def test_keepers_time_waits_for_both_and_nothing_stands(talk: Negotiation) -> None:
    after = clear(talk, 14, instead=at(18))
    assert after == Negotiation(State.PROPOSED, 1, None, (Offer(1, KEEPER, at(18)),))
    assert after.awaited_sides == (CLUB, FIRM)


@pytest.mark.parametrize(("first", "second"), [(CLUB, FIRM), (FIRM, CLUB)])
def test_keepers_time_stands_when_both_have_said_yes(first: Side, second: Side) -> None:
    one = decide(MOVED, Step.ACCEPT, first, revision=1)
    assert (one.state, one.standing, one.awaited_sides) == (State.PROPOSED, None, (second,))
    assert refused(one, Step.ACCEPT, first) == "agreement-own-offer"
    both = decide(one, Step.ACCEPT, second, revision=1)
    assert (both.state, both.terms, both.awaited_sides) == (State.AGREED, at(18), ())


@pytest.mark.parametrize(("side", "state"), [(CLUB, State.CANCELLED), (FIRM, State.DECLINED)])
@pytest.mark.parametrize("said_yes", [None, CLUB, FIRM])
def test_one_no_to_the_keepers_time_ends_it(side: Side, state: State, said_yes: Side | None) -> None:
    talk = decide(MOVED, Step.ACCEPT, said_yes) if said_yes else MOVED
    assert decide(talk, Step.DECLINE, side).state is state


def test_counter_on_the_keepers_time_is_answered_by_the_other_side() -> None:
    countered = decide(MOVED, Step.COUNTER, FIRM, terms=at(20))
    assert countered.awaited_sides == (CLUB,)
    assert decide(countered, Step.ACCEPT, CLUB).terms == at(20)
    assert decide(countered, Step.DECLINE, CLUB).awaited_sides == (CLUB, FIRM)


def test_only_the_times_that_are_hit_leave_a_series() -> None:
    agreed = decide(start_negotiation(series(6, 9, 14)), Step.ACCEPT, FIRM)
    assert clear(agreed, 9) == Negotiation(State.AGREED, 1, Offer(1, CLUB, series(6, 14)), ())
    assert clear(agreed, 6, 9, 14).state is State.CANCELLED


def test_series_that_was_asked_for_is_another_one_without_some_of_its_times() -> None:
    shorter = clear(start_negotiation(series(6, 9, 14)), 9)
    assert (shorter.state, shorter.terms) == (State.PROPOSED, series(6, 14))
    assert refused(shorter, Step.ACCEPT, FIRM, revision=0) == "agreement-changed-meanwhile"


def test_change_into_a_closed_time_falls_and_what_stands_goes_on() -> None:
    change = decide(AGREED, Step.COUNTER, CLUB, terms=at(18))
    assert clear(change, 18, instead=at(20)) == Negotiation(State.AGREED, 1, Offer(0, CLUB, at(14)), ())


def test_change_out_of_a_closed_time_is_all_that_is_left() -> None:
    change = decide(AGREED, Step.COUNTER, FIRM, terms=at(18))
    left = clear(change, 14, instead=at(20))
    assert left == Negotiation(State.PROPOSED, 1, None, (Offer(1, FIRM, at(18)),))
    assert decide(left, Step.ACCEPT, CLUB, revision=left.answerable_revision).state is State.AGREED
    assert decide(left, Step.DECLINE, CLUB).state is State.CANCELLED


def test_nobody_but_the_keeper_clears() -> None:
    for side in (CLUB, FIRM, Side.CLOCK):
        assert refused(AGREED, Step.CLEAR, side, remaining=without(14)) == "agreement-not-yours-clear"


def test_keeper_takes_no_other_step() -> None:
    for step in (Step.ACCEPT, Step.DECLINE, Step.CANCEL, Step.COUNTER, Step.SKIP, Step.DONE):
        assert refused(AGREED, step, KEEPER, terms=at(9)) == f"agreement-not-yours-{step}"
