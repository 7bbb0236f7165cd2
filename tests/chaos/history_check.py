"""Applies the rules of agreements to every history: no step may be missing, doubled or not allowed."""

from collections.abc import Iterator
from datetime import datetime

from snapshot import Row, Snapshot

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Terms, start_negotiation
from bot.agreements.states import Side, Step
from bot.errors import Refused


def check_history(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for every agreement whose history does not lead to its state."""
    for agreement in snapshot.agreements:
        steps = [step for step in snapshot.history if step["number"] == agreement["number"]]
        try:
            negotiation = _replay_steps(steps, agreement)
        except (Refused, StopIteration, ValueError) as gap:
            yield f"the history of {agreement['number']} has a gap or a double: {gap!r} in {steps}"
            continue
        if (str(negotiation.state), negotiation.revision) != (agreement["state"], agreement["revision"]):
            yield f"{agreement['number']} is {agreement['state']}, and its history says {negotiation.state}"
    numbers = [agreement["number"] for agreement in snapshot.agreements]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the numbers have a gap: {numbers}"


def _replay_steps(steps: list[Row], agreement: Row) -> Negotiation:
    first, *rest = steps
    if first["step"] != Step.PROPOSE:
        raise ValueError(f"it begins with {first['step']}")
    negotiation = start_negotiation(_terms(first))
    for step in rest:
        side = Side.ORGANIZER if step["who"] == agreement["organizer"] else Side.ATTENDEE
        terms = _terms(step) if step["step"] == Step.COUNTER else None
        negotiation = decide(negotiation, Step(step["step"]), side if step["who"] else Side.CLOCK, terms=terms)
        if (str(negotiation.state), negotiation.revision) != (step["state"], step["revision"]):
            raise ValueError(f"{step['step']} led to {step['state']} and not to {negotiation.state}")
    return negotiation


def _terms(step: Row) -> Terms:
    start, end = step["start"], step["end"]
    assert isinstance(start, datetime), "a first offer and a counter have times"
    assert isinstance(end, datetime), "a first offer and a counter have times"
    return Terms(start, end)
