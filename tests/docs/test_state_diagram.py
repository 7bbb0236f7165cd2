"""docs/agreements.md shows the transitions that the program allows."""

from state_diagram import PAGE, outcomes_of, rewrite

from bot.agreements.states import TRANSITIONS, State


def test_page_shows_the_transitions() -> None:
    page = PAGE.read_text("utf-8")
    assert rewrite(page) == page, "run: python tests/docs/state_diagram.py"


def test_every_state_can_be_reached() -> None:
    reached = {state for transition in TRANSITIONS.values() for state, _ in outcomes_of(transition)}
    assert reached | {State.PROPOSED} == set(State)
