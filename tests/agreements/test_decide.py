"""The rules of an agreement, step by step."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Offer, Terms, start_negotiation
from bot.agreements.states import TRANSITIONS, Side, State, Step
from bot.errors import Refused

CLUB, FIRM = Side.ORGANIZER, Side.ATTENDEE


def at(hour: int) -> Terms:
    start = datetime(2026, 6, 12, hour, tzinfo=UTC)
    return Terms(start, start + timedelta(hours=2))


def refused(negotiation: Negotiation, step: Step, side: Side, **given: object) -> str:
    with pytest.raises(Refused) as raised:
        decide(negotiation, step, side, **given)  # type: ignore[arg-type]
    return raised.value.key


PROPOSED = start_negotiation(at(14))
COUNTERED = decide(PROPOSED, Step.COUNTER, FIRM, terms=at(9))
AGREED = decide(COUNTERED, Step.ACCEPT, CLUB)


def test_propose_opens_with_revision_0() -> None:
    assert Negotiation(State.PROPOSED, 0, None, (Offer(0, CLUB, at(14)),)) == PROPOSED
    assert PROPOSED.awaited_side is FIRM


def test_counter_awaits_the_other_side_and_keeps_the_first_offer() -> None:
    assert COUNTERED.offers == (Offer(0, CLUB, at(14)), Offer(1, FIRM, at(9)))
    assert COUNTERED.awaited_side is CLUB


def test_counter_with_the_same_time_is_refused() -> None:
    assert refused(PROPOSED, Step.COUNTER, FIRM, terms=at(14)) == "agreement-same-time"
    assert refused(COUNTERED, Step.COUNTER, FIRM, terms=at(9)) == "agreement-same-as-own"
    assert refused(AGREED, Step.COUNTER, FIRM, terms=at(9)) == "agreement-same-as-agreed"


def test_own_counter_can_be_replaced() -> None:
    again = decide(COUNTERED, Step.COUNTER, FIRM, terms=at(8))
    assert again.offers == (Offer(0, CLUB, at(14)), Offer(2, FIRM, at(8)))


def test_own_offer_cannot_be_accepted() -> None:
    assert refused(COUNTERED, Step.ACCEPT, FIRM) == "agreement-own-offer"


def test_accept_of_an_older_revision_is_refused() -> None:
    assert refused(COUNTERED, Step.ACCEPT, CLUB, revision=0) == "agreement-changed-meanwhile"
    assert AGREED == Negotiation(State.AGREED, 1, Offer(1, FIRM, at(9)), ())


def test_declined_counter_leaves_the_first_offer_open() -> None:
    after = decide(COUNTERED, Step.DECLINE, CLUB)
    assert after.offers == (Offer(0, CLUB, at(14)),)
    assert after.awaited_side is FIRM


def test_declined_request_ends_the_agreement() -> None:
    assert decide(PROPOSED, Step.DECLINE, FIRM).state is State.DECLINED


def test_withdrawn_request_is_cancelled() -> None:
    assert decide(PROPOSED, Step.DECLINE, CLUB).state is State.CANCELLED


def test_agreed_time_stands_while_a_change_is_only_proposed() -> None:
    change = decide(AGREED, Step.COUNTER, CLUB, terms=at(10))
    assert change.state is State.AGREED
    assert change.terms == at(9)
    assert decide(change, Step.DECLINE, FIRM) == Negotiation(State.AGREED, 2, Offer(1, FIRM, at(9)), ())
    assert decide(change, Step.ACCEPT, FIRM).terms == at(10)


def test_second_answer_is_refused_because_nothing_is_open() -> None:
    assert refused(AGREED, Step.ACCEPT, CLUB) == "agreement-nothing-open"


def test_attendee_reports_done_and_organizer_confirms() -> None:
    assert refused(AGREED, Step.DONE, CLUB) == "agreement-not-yours-done"
    done = decide(AGREED, Step.DONE, FIRM)
    assert done.awaited_side is CLUB
    assert refused(done, Step.CONFIRM, FIRM) == "agreement-not-yours-confirm"
    assert decide(done, Step.CONFIRM, CLUB).state is State.CONFIRMED
    disputed = decide(done, Step.DISPUTE, CLUB)
    assert decide(disputed, Step.DONE, FIRM).state is State.DONE


def test_clock_lets_a_request_lapse_and_an_agreement_be_missed() -> None:
    assert decide(PROPOSED, Step.LAPSE, Side.CLOCK).state is State.LAPSED
    missed = decide(AGREED, Step.MISS, Side.CLOCK)
    assert missed.state is State.MISSED
    assert decide(missed, Step.DONE, FIRM).state is State.DONE


@pytest.mark.parametrize("step", sorted({step for _, step, _ in TRANSITIONS}))
@pytest.mark.parametrize("state", [State.CANCELLED, State.DECLINED, State.LAPSED, State.CONFIRMED])
def test_ended_agreement_takes_no_step(state: State, step: Step) -> None:
    side = next(side for _, allowed_step, side in TRANSITIONS if allowed_step is step)
    ended = Negotiation(state, 0, None, (Offer(0, CLUB, at(14)),))
    assert refused(ended, step, side, terms=at(9)) == f"agreement-is-{state}"
