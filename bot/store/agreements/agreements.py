"""Agreements: created with the next number of their community, found, and updated together with their reservations."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Negotiation, Offer
from bot.agreements.states import HOLDING, Side, State
from bot.store.agreements.agreement_filter import AgreementFilter, has_party
from bot.store.agreements.reservations import ensure_thing_id, set_reservations
from bot.store.agreements.terms import terms_from_json, terms_to_json
from bot.store.tables import agreements

#: By number, by number backwards, or by when the first time begins.
Order = Literal["number", "newest", "soonest"]
#: The columns of each order, and whether the order is descending.
_ORDERS: dict[Order, tuple[tuple[str, ...], bool]] = {
    "number": (("number",), False),
    "newest": (("number",), True),
    "soonest": (("starts_at", "number"), False),
}


@dataclass(frozen=True)
class Agreement:
    """A row of the table `agreements`. A party is a handle or, for a person who is not in the file, an address."""

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
    series: int | None = None  # the id of the series that this agreement was one time of
    recurrence: datetime | None = None  # when that time was to begin
    purpose: str | None = None  # what the thing is used for, when it is not worked on

    @property
    def state(self) -> State:
        """The state of the negotiation."""
        return self.negotiation.state

    @property
    def is_use(self) -> bool:
        """Whether the thing is used by the organizer, and not worked on."""
        return self.thing is not None and self.task is None

    @property
    def is_own(self) -> bool:
        """Whether there is no second party: the organizer uses the thing, and nobody had to confirm it."""
        return self.organizer == self.attendee

    def side_of(self, party: str) -> Side | None:
        """Return the side of a party, None for anybody else."""
        return {self.organizer: Side.ORGANIZER, self.attendee: Side.ATTENDEE}.get(party)

    def party(self, side: Side) -> str:
        """Return the party on a side."""
        return self.organizer if side is Side.ORGANIZER else self.attendee


async def create_agreement(
    connection: AsyncConnection, now: datetime, negotiation: Negotiation, **columns: Any
) -> Agreement:
    """Insert an agreement under the community's next number, and reserve its thing.

    Take the community's lock first. Raise sqlalchemy.exc.IntegrityError when another agreement has reserved the thing.
    """
    of_community = {"wanted_community": columns["community"]}
    number = int((await connection.execute(_SELECT_NEWEST_NUMBER, of_community)).scalar_one()) + 1
    values = {**columns, **_negotiation_columns(negotiation), "number": number, "made_at": now, "changed_at": now}
    agreement = _to_agreement((await connection.execute(_INSERT_AGREEMENT, values)).one())
    await _update_reservations(connection, agreement)
    return agreement


_SELECT_NEWEST_NUMBER = select(func.coalesce(func.max(agreements.c.number), 0)).where(
    agreements.c.community == bindparam("wanted_community")
)
_INSERT_AGREEMENT = insert(agreements).returning(*agreements.c)


async def update_agreement(
    connection: AsyncConnection,
    before: Agreement,
    negotiation: Negotiation,
    now: datetime,
    reason: str | None = None,
    **columns: Any,
) -> Agreement:
    """Store the negotiation after a step, and other columns that have changed, and update the reservations.

    Raise sqlalchemy.exc.IntegrityError when another agreement has reserved the thing.
    """
    values = {**columns, **_negotiation_columns(negotiation), "changed_at": now}
    if reason is not None:
        values["reason"] = reason
    after = _to_agreement((await connection.execute(_UPDATE_AGREEMENT, {**values, "wanted_id": before.id})).one())
    await _update_reservations(connection, after)
    return after


_UPDATE_AGREEMENT = update(agreements).where(agreements.c.id == bindparam("wanted_id")).returning(*agreements.c)


async def set_card(connection: AsyncConnection, agreement_id: int, outbox_id: int) -> None:
    """Store which outbox row is the agreement's card."""
    await connection.execute(_SET_CARD, {"wanted_id": agreement_id, "card": outbox_id})


_SET_CARD = update(agreements).where(agreements.c.id == bindparam("wanted_id"))


async def find_by_number(connection: AsyncConnection, community: str, number: int) -> Agreement | None:
    """Return a community's agreement with this number, if there is one."""
    return await _find_one(connection, (agreements.c.community == community) & (agreements.c.number == number))


async def find_by_id(connection: AsyncConnection, agreement_id: int) -> Agreement | None:
    """Return the agreement with this id, if there is one."""
    return await _find_one(connection, agreements.c.id == agreement_id)


async def find_by_ids(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Agreement]:
    """Return the agreements with these ids, by id."""
    rows = await connection.execute(select(agreements).where(agreements.c.id.in_(ids))) if ids else ()
    return {row.id: _to_agreement(row) for row in rows}


async def find_agreements(
    connection: AsyncConnection, wanted: AgreementFilter, *, order: Order = "number", limit: int | None = None
) -> list[Agreement]:
    """Return the agreements that a filter selects, at most `limit`: by number, the newest or the soonest first."""
    statement = select(agreements).where(*wanted.conditions())
    columns, is_descending = _ORDERS[order]
    if limit is None:
        # Not ordered by the database: for an order by number it would read all numbers rather than the few that fit.
        rows = sorted(await connection.execute(statement), key=attrgetter(*columns), reverse=is_descending)
    else:
        directions = [agreements.c[name].desc() if is_descending else agreements.c[name] for name in columns]
        rows = [*await connection.execute(statement.order_by(*directions).limit(limit))]
    return list(map(_to_agreement, rows))


async def count_agreements(connection: AsyncConnection, wanted: AgreementFilter) -> int:
    """Return how many agreements a filter selects."""
    count = select(func.count()).select_from(agreements).where(*wanted.conditions())
    return int((await connection.execute(count)).scalar_one())


async def is_party(connection: AsyncConnection, community: str, party: str) -> bool:
    """Return whether somebody is or was a party of any agreement in a community."""
    rows = select(agreements.c.id).where(agreements.c.community == community, has_party(party)).limit(1)
    return (await connection.execute(rows)).first() is not None


async def _find_one(connection: AsyncConnection, condition: Any) -> Agreement | None:
    row = (await connection.execute(select(agreements).where(condition))).first()
    return _to_agreement(row) if row else None


async def _update_reservations(connection: AsyncConnection, agreement: Agreement) -> None:
    """Reserve the thing for all agreed and offered times while the state holds it, else for none."""
    if agreement.thing is None:
        return
    terms = agreement.negotiation.open_terms if agreement.state in HOLDING else ()
    thing_id = await ensure_thing_id(connection, agreement.community, agreement.thing)
    await set_reservations(connection, agreement.id, thing_id, terms)


def _negotiation_columns(negotiation: Negotiation) -> dict[str, Any]:
    spans = [span for terms in negotiation.open_terms for span in terms.spans]
    return {
        "state": str(negotiation.state),
        "revision": negotiation.revision,
        "standing": _offer_to_json(negotiation.standing) if negotiation.standing else None,
        "offers": [_offer_to_json(offer) for offer in negotiation.offers],
        "starts_at": min(span.start for span in spans),
        "ends_at": max(span.end for span in spans),
        "awaited": " ".join(negotiation.awaited_sides),
    }


def _offer_to_json(offer: Offer) -> dict[str, Any]:
    return {"revision": offer.revision, "by": str(offer.by), **terms_to_json(offer.terms)}


def _offer_from_json(data: dict[str, Any]) -> Offer:
    return Offer(data["revision"], Side(data["by"]), terms_from_json(data))


#: The columns that an Agreement has unchanged.
_PLAIN_COLUMNS = tuple(field.name for field in fields(Agreement) if field.name != "negotiation")


def _to_agreement(row: Any) -> Agreement:
    negotiation = Negotiation(
        State(row.state),
        row.revision,
        _offer_from_json(row.standing) if row.standing else None,
        tuple(map(_offer_from_json, row.offers)),
    )
    columns = {name: getattr(row, name) for name in _PLAIN_COLUMNS}
    return Agreement(**columns, negotiation=negotiation)
