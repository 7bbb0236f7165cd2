"""Asks the stewards what becomes of agreements about something that was taken out of the community's file."""

from datetime import timedelta
from typing import Any

from bot.api import (
    Action,
    Agreement,
    Refused,
    Request,
    Span,
    State,
    Thing,
    list_agreements,
    offer_actions,
)
from bot.api.agreements import take_newly_removed
from bot.api.availability import ClearedAgreement, clear_agreements, find_affected_agreements
from bot.features.bookings.overview import describe_agreements

_OPEN = frozenset({State.PROPOSED, State.AGREED})
#: No agreement reaches further into the future.
_FOR_GOOD = timedelta(days=3660)


async def ask_about_removed(request: Request) -> None:
    """Ask once about everything that was taken out of the file: a steward may call off what was agreed about it.

    A community without stewards is only told. Without an answer the agreements stand.
    """
    language = request.community.language
    stewards = request.community.people_with("steward")
    for kind, key in await take_newly_removed(request):
        agreements = await _find_agreements(request, kind, key)
        if not agreements:
            continue
        name = _name_of(request, kind, key)
        lines = describe_agreements(request, agreements, language)
        values: dict[str, Any] = {"name": name, "kind": kind, "count": len(agreements), "lines": lines}
        if stewards:
            label = request.text("removed-call-off", language, count=len(agreements))
            actions = [Action(label, "call-off-removed", {"removed": f"{kind} {key}"})]
            await offer_actions(request, "removed-asked", actions, notify=stewards, **values)
        else:
            await request.tell("removed-told", **values)


async def call_off_removed(request: Request, removed: str) -> None:
    """Call off what is agreed about something that was taken out of the file. Work that has begun is finished."""
    kind, _, key = removed.partition(" ")
    name = _name_of(request, kind, key)
    if removed not in {f"{kind} {key}" for kind, key in request.community.removed}:
        raise Refused("removed-back", name=name)
    agreements = await _find_agreements(request, kind, key)
    why = request.text("removed-why", request.community.language, name=name, kind=kind)
    window = Span(request.now, request.now + _FOR_GOOD)
    numbers = {agreement.number for agreement in agreements}
    cleared: list[ClearedAgreement] = []
    for thing_key in dict.fromkeys(agreement.thing or "" for agreement in agreements):
        thing = request.community.thing(thing_key) or Thing(thing_key, thing_key)
        affected = await find_affected_agreements(request, thing, window)
        chosen = [one for one in affected if one.agreement.number in numbers]
        cleared += await clear_agreements(request, thing, window, chosen, why)
    called_off = [one.agreement.number for one in cleared if one.is_cancelled]
    await request.say("removed-done", name=name, numbers=sorted(called_off), left=len(agreements) - len(called_off))


async def _find_agreements(request: Request, kind: str, key: str) -> list[Agreement]:
    """Return the open agreements that name something, by number."""
    found = await list_agreements(request, _OPEN)
    columns = {"thing": ("thing",), "task": ("task",)}.get(kind, ("organizer", "attendee"))
    return [agreement for agreement in found if key in [getattr(agreement, column) for column in columns]]


def _name_of(request: Request, kind: str, key: str) -> str:
    community = request.community
    named = {"thing": community.thing(key), "task": community.task(key)}.get(kind, community.person(key))
    return key if named is None else named.name
