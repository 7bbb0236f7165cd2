"""Finds agreements, their history, and the series an agreement was detached from; stores the card of an agreement."""

from dataclasses import replace
from typing import TypedDict, Unpack

from bot.agreements.states import State
from bot.api.feature import Request
from bot.config.community import Task, Thing
from bot.errors import Refused
from bot.span import Span
from bot.store.agreements import agreements as rows
from bot.store.agreements import history
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import Agreement, Order
from bot.store.agreements.history import HistoryEntry


async def find_agreement(request: Request, number: int | str, *, of_any_feature: bool = False) -> Agreement:
    """Return the agreement with a number in this room.

    Raises `Refused` when there is none, or when it belongs to another feature and `of_any_feature` is not set.
    """
    found = await rows.find_by_number(request.db, request.community.key, int(number))
    if found is None or not (of_any_feature or found.feature == request.feature):
        raise Refused("agreement-unknown", number=number)
    return found


class AgreementConditions(TypedDict, total=False):
    """Further conditions for `list_agreements`; None is no condition.

    `thing` and `task` are those of the agreement. `window` overlaps the time from the start of its first to the end of
    its last time, agreed or offered. `is_awaited` tells whether the answer of a party is awaited, and `awaited_party`
    (a handle) of which.
    """

    thing: Thing | None
    task: Task | None
    window: Span | None
    is_awaited: bool | None
    awaited_party: str | None


async def list_agreements(
    request: Request,
    states: frozenset[State],
    party: str | None = None,
    *,
    of_any_feature: bool = False,
    order: Order = "number",
    limit: int | None = None,
    **conditions: Unpack[AgreementConditions],
) -> list[Agreement]:
    """Return the room's agreements in some states, by number, or the newest or the soonest first.

    `party` (a handle) restricts them to one party. Only this feature's agreements are returned, unless
    `of_any_feature`. At most `limit` are returned. A room can have thousands of agreements, so pass all conditions
    that you know.
    """
    wanted = _make_filter(request, states, party, of_any_feature, conditions)
    return await rows.find_agreements(request.db, wanted, order=order, limit=limit)


async def count_agreements(
    request: Request,
    states: frozenset[State],
    party: str | None = None,
    *,
    of_any_feature: bool = False,
    **conditions: Unpack[AgreementConditions],
) -> int:
    """Return how many agreements `list_agreements` returns when it has no limit."""
    return await rows.count_agreements(request.db, _make_filter(request, states, party, of_any_feature, conditions))


def _make_filter(
    request: Request,
    states: frozenset[State],
    party: str | None,
    of_any_feature: bool,
    conditions: AgreementConditions,
) -> AgreementFilter:
    thing, task = conditions.get("thing"), conditions.get("task")
    return AgreementFilter(
        request.community.key,
        states,
        feature=None if of_any_feature else request.feature,
        party=party,
        thing=thing.key if thing else None,
        task=task.key if task else None,
        window=conditions.get("window"),
        is_awaited=conditions.get("is_awaited"),
        awaited_party=conditions.get("awaited_party"),
    )


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
