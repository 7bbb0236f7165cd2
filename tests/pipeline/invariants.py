"""What holds for the tables at any time: checks them, and takes the steps of the history again by the rules."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Offer, Terms, start_negotiation
from bot.agreements.states import HOLDING, Side, State, Step
from bot.config.community import Community
from bot.span import Span
from bot.store.agreements.agreements import Agreement, find_by_id
from bot.store.agreements.terms import terms_from_json
from bot.store.tables import agreements, history, inbox, outbox, reservations

#: Steps that are said with a time of their own.
_WITH_TIME = (Step.COUNTER, Step.CORRECT, Step.SKIP, Step.PART)
_BY_CLOCK = (Step.LAPSE, Step.MISS)


async def check_invariants(connection: AsyncConnection, community: Community) -> None:
    """Raise AssertionError for the first invariant that does not hold."""
    made = [row.id for row in await _all(connection, agreements)]
    known = [one for agreement_id in made if (one := await find_by_id(connection, agreement_id))]
    steps, said = await _all(connection, history), await _all(connection, outbox)
    assert [one.number for one in known] == list(range(1, len(known) + 1))
    for agreement in known:
        its = [step for step in steps if step.agreement_id == agreement.id]
        check_history(agreement, its, community)
        check_card(agreement, [row for row in said if row.subject == f"bookings/{agreement.number}"])
    check_no_double_reservations(known)
    await _check_reservations(connection, known)
    received = await _all(connection, inbox)
    check_answers(received, said)
    check_taps(steps, received, said)


async def _all(connection: AsyncConnection, table: Table) -> Sequence[Any]:
    return (await connection.execute(select(table).order_by(table.c.id))).all()


def check_history(agreement: Agreement, steps: Sequence[Any], community: Community) -> None:
    """Assert that the steps lead by the rules to the stored agreement, and that only its parties took them."""
    talk: Negotiation | None = None
    parties = {agreement.organizer}
    by = agreement.negotiation.standing.by if agreement.negotiation.standing else Side.ORGANIZER
    for step in steps:
        kind = Step(step.step)
        if kind in _BY_CLOCK:
            assert (step.who, step.address) == ("", "")
        elif kind is Step.PART and not step.who:
            assert step.address == ""
        else:
            person = community.person_at(step.address)
            assert step.who == (person.handle if person else step.address)
        talk = _again(talk, step, kind, Side.ORGANIZER if step.who == agreement.organizer else Side.ATTENDEE, by)
        assert (talk.state, talk.revision) == (State(step.state), step.revision)
        if step.who and kind not in (Step.PROPOSE, Step.CORRECT):
            parties.add(step.who)
    assert talk == agreement.negotiation
    assert len(parties) <= 2


def _again(talk: Negotiation | None, step: Any, kind: Step, side: Side, by: Side) -> Negotiation:
    terms = terms_from_json(step.terms) if step.terms else Terms(step.start, step.end)
    if talk is None and kind is Step.PART:  # one time of a series, which stands as the series did
        return Negotiation(State.AGREED, 0, Offer(0, by, terms), ())
    if talk is None:
        assert (kind, side) == (Step.PROPOSE, Side.ORGANIZER)
        return start_negotiation(terms)
    side = Side.CLOCK if not step.who else side
    return decide(talk, kind, side, terms=terms if kind in _WITH_TIME else None)


def check_card(agreement: Agreement, rows: Sequence[Any]) -> None:
    """Assert that one message shows the agreement, and that its last edit shows the present state."""
    assert [row.id for row in rows if row.kind == "say"] == [agreement.card]
    assert rows[-1].revision == agreement.negotiation.answerable_revision
    assert f"Aftale {agreement.number}:" in rows[-1].content["plain"]
    assert rows[-1].content["plain"][:1] in _SIGNS[agreement.state]


_SIGNS = {
    State.PROPOSED: "📋",
    State.AGREED: "✅",
    State.DECLINED: "❌",
    State.CANCELLED: "❌",
    State.LAPSED: "⌛",
    State.DONE: "🏁",
    State.CONFIRMED: "🏁",
    State.DISPUTED: "⚠",
    State.MISSED: "⚠",
    State.PASSED: "🏁",
}


def _offers(agreement: Agreement) -> Iterable[Offer]:
    return [offer for offer in (agreement.negotiation.standing, *agreement.negotiation.offers) if offer]


def check_no_double_reservations(known: Iterable[Agreement]) -> None:
    """Assert that no two open agreements are about the same thing at the same time."""
    holding = [one for one in known if one.state in HOLDING]
    for one, other in combinations(holding, 2):
        if one.thing == other.thing:
            for a in _offers(one):
                for b in _offers(other):
                    apart = [not x.overlaps(y) for x in a.terms.spans for y in b.terms.spans]
                    assert all(apart), (one.number, other.number)


async def _check_reservations(connection: AsyncConnection, known: Iterable[Agreement]) -> None:
    """Assert that exactly the times of the open offers are reserved."""
    rows = await _all(connection, reservations)
    for agreement in known:
        held = [Span(row.start, row.end) for row in rows if row.agreement_id == agreement.id]
        offers = _offers(agreement) if agreement.state in HOLDING else []
        spoken = [span for offer in offers for span in offer.terms.spans]
        assert all(any(reserved.contains(span) for reserved in held) for span in spoken)
        assert all(any(reserved.start <= span.start < reserved.end for span in spoken) for reserved in held)


def check_taps(steps: Sequence[Any], received: Sequence[Any], said: Sequence[Any]) -> None:
    """Assert that each answer by a tap was recorded for the revision that the tapped message was about."""
    by_event = {row.external_id: row for row in said if row.external_id}
    causes = {row.id: row for row in received if row.kind == "tap"}
    for step in steps:
        if step.inbox_id in causes and Step(step.step) in (Step.ACCEPT, Step.DECLINE, Step.CONFIRM, Step.DISPUTE):
            tapped = by_event[causes[step.inbox_id].payload["target"]]
            is_about_one = tapped.subject is None and tapped.revision is not None
            assert not is_about_one or tapped.revision == step.revision, (tapped.content["plain"], step.step)


def check_answers(received: Sequence[Any], said: Sequence[Any]) -> None:
    """Assert that every row is handled and sent, and that every command got one message, and other rows at most one."""
    for row in received:
        assert row.done_at is not None
        answers = [one for one in said if one.inbox_id == row.id and one.kind == "say"]
        if row.kind in ("message", "edit") and row.payload.get("text", "").startswith("!"):
            assert len(answers) == (0 if row.outcome in ("withdrawn", "merged") else 1), row.payload
        elif row.kind != "timer":
            assert len(answers) <= 1, (row.kind, row.payload)
    assert all(row.sent_at is not None and row.failure is None for row in said)
