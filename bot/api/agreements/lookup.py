"""Finds agreements, their history, and the series an agreement was detached from; stores the card of an agreement."""

from dataclasses import replace

from bot.agreements.states import State
from bot.api.feature import Request
from bot.errors import Refused
from bot.store.agreements import agreements as rows
from bot.store.agreements import history
from bot.store.agreements.agreements import Agreement
from bot.store.agreements.history import HistoryEntry


async def find_agreement(request: Request, number: int | str, *, of_any_feature: bool = False) -> Agreement:
    """Return the agreement with a number in this room.

    Raises `Refused` when there is none, or when it belongs to another feature and `of_any_feature` is not set.
    """
    found = await rows.find_by_number(request.db, request.community.key, int(number))
    if found is None or not (of_any_feature or found.feature == request.feature):
        raise Refused("agreement-unknown", number=number)
    return found


async def list_agreements(
    request: Request, states: frozenset[State], party: str | None = None, *, of_any_feature: bool = False
) -> list[Agreement]:
    """Return the room's agreements in some states, by number.

    `party` (a handle) restricts them to one party. Only this feature's agreements are returned, unless
    `of_any_feature`.
    """
    found = await rows.find_agreements(request.db, request.community.key, states, party)
    return [agreement for agreement in found if of_any_feature or agreement.feature == request.feature]


async def find_series(request: Request, agreement: Agreement) -> Agreement | None:
    """Return the series that an agreement was detached from; None when it never was a time of a series."""
    return await rows.find_by_id(request.db, agreement.series) if agreement.series else None


async def find_history(request: Request, agreement: Agreement) -> list[HistoryEntry]:
    """Return every step of an agreement, oldest first."""
    return await history.find_history(request.db, agreement.id)


async def set_card(request: Request, agreement: Agreement, card: int) -> Agreement:
    """Store which card shows an agreement. A community that moves to another room loses its cards."""
    await rows.set_card(request.db, agreement.id, card)
    return replace(agreement, card=card)
