"""Agreements as rows: made with a number of their own, found, saved with what they hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Negotiation, Offer
from bot.agreements.states import HOLDING, Side, State
from bot.store.agreements.reservations import ensure_thing_id, set_reservations
from bot.store.agreements.terms import terms_from_json, terms_to_json
from bot.store.tables import agreements


@dataclass(frozen=True)
class Agreement:
    """An agreement with who and what it is about. Parties are handles or, for people nobody configured, addresses."""

    id: int
    community: str
    number: int
    feature: str
    thing: str | None
    task: str | None
    organizer: str
    attendee: str
    negotiation: Negotiation
    reason: str | None
    card: int | None
    made_at: datetime
    changed_at: datetime
    series: int | None = None  # the id of the agreement that this was one time of
    recurrence: datetime | None = None  # when that one was meant to be

    @property
    def state(self) -> State:
        """Where it is."""
        return self.negotiation.state

    def side_of(self, party: str) -> Side | None:
        """Which side somebody is on, None for everybody else."""
        return {self.organizer: Side.ORGANIZER, self.attendee: Side.ATTENDEE}.get(party)

    def party(self, side: Side) -> str:
        """Who is on a side."""
        return self.organizer if side is Side.ORGANIZER else self.attendee


async def create_agreement(
    connection: AsyncConnection, now: datetime, negotiation: Negotiation, **about: Any
) -> Agreement:
    """Write a new agreement under the community's next number, holding its thing.

    Take the community's lock first. Raises sqlalchemy.exc.IntegrityError when the thing is held already.
    """
    newest = select(func.coalesce(func.max(agreements.c.number), 0)).where(agreements.c.community == about["community"])
    number = int((await connection.execute(newest)).scalar_one()) + 1
    values = {**about, **_negotiation_columns(negotiation), "number": number, "made_at": now, "changed_at": now}
    row = await connection.execute(insert(agreements).values(values).returning(*agreements.c))
    made = _to_agreement(row.one())
    await _update_reservations(connection, made)
    return made


async def update_agreement(
    connection: AsyncConnection,
    before: Agreement,
    negotiation: Negotiation,
    now: datetime,
    reason: str | None = None,
    **about: Any,
) -> Agreement:
    """Write what a step led to, and hold exactly what it is about now; `about` is what it is about from now on."""
    values = {**about, **_negotiation_columns(negotiation), "changed_at": now}
    if reason is not None:
        values["reason"] = reason
    changed = update(agreements).where(agreements.c.id == before.id).values(values).returning(*agreements.c)
    after = _to_agreement((await connection.execute(changed)).one())
    await _update_reservations(connection, after)
    return after


async def set_card(connection: AsyncConnection, agreement_id: int, outbox_id: int) -> None:
    """Remember which message shows the agreement."""
    await connection.execute(update(agreements).where(agreements.c.id == agreement_id).values(card=outbox_id))


async def find_by_number(connection: AsyncConnection, community: str, number: int) -> Agreement | None:
    """The agreement people call by this number."""
    return await _find_one(connection, (agreements.c.community == community) & (agreements.c.number == number))


async def find_by_id(connection: AsyncConnection, agreement_id: int) -> Agreement | None:
    """The agreement with this id."""
    return await _find_one(connection, agreements.c.id == agreement_id)


async def find_agreements(
    connection: AsyncConnection, community: str, states: frozenset[State], party: str | None = None
) -> list[Agreement]:
    """A community's agreements in certain states, by number; of one party if one is named."""
    rows = select(agreements).where(agreements.c.community == community, agreements.c.state.in_([*states]))
    if party is not None:
        rows = rows.where((agreements.c.organizer == party) | (agreements.c.attendee == party))
    return [_to_agreement(row) for row in await connection.execute(rows.order_by(agreements.c.number))]


async def is_party(connection: AsyncConnection, community: str, party: str) -> bool:
    """Whether somebody has, or ever had, an agreement in a community."""
    named = (agreements.c.organizer == party) | (agreements.c.attendee == party)
    found = select(agreements.c.id).where(agreements.c.community == community, named).limit(1)
    return (await connection.execute(found)).first() is not None


async def _find_one(connection: AsyncConnection, which: Any) -> Agreement | None:
    row = (await connection.execute(select(agreements).where(which))).first()
    return _to_agreement(row) if row else None


async def _update_reservations(connection: AsyncConnection, agreement: Agreement) -> None:
    if agreement.thing is None:
        return
    offers = [agreement.negotiation.standing, *agreement.negotiation.offers] if agreement.state in HOLDING else []
    thing_id = await ensure_thing_id(connection, agreement.community, agreement.thing)
    await set_reservations(connection, agreement.id, thing_id, [offer.terms for offer in offers if offer])


def _negotiation_columns(talk: Negotiation) -> dict[str, Any]:
    return {
        "state": str(talk.state),
        "revision": talk.revision,
        "standing": _offer_to_json(talk.standing) if talk.standing else None,
        "offers": [_offer_to_json(offer) for offer in talk.offers],
    }


def _offer_to_json(offer: Offer) -> dict[str, Any]:
    return {"revision": offer.revision, "by": str(offer.by), **terms_to_json(offer.terms)}


def _offer_from_json(known: dict[str, Any]) -> Offer:
    return Offer(known["revision"], Side(known["by"]), terms_from_json(known))


def _to_agreement(row: Any) -> Agreement:
    talk = Negotiation(
        State(row.state),
        row.revision,
        _offer_from_json(row.standing) if row.standing else None,
        tuple(map(_offer_from_json, row.offers)),
    )
    names = (
        "id",
        "community",
        "number",
        "feature",
        "thing",
        "task",
        "organizer",
        "attendee",
        "reason",
        "card",
        "made_at",
        "changed_at",
        "series",
        "recurrence",
    )
    known = {name: getattr(row, name) for name in names}
    return Agreement(**known, negotiation=talk)
