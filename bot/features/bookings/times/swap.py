"""Tells how two agreements swap their times, since one command cannot do it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.api import Refused, Request, find_agreement

#: The arguments that say where to an agreement is moved.
_NEW_TIME = ("time", "shift", "anchor")


async def explain_swap(request: Request, each: Sequence[Mapping[str, Any]]) -> None:
    """Raise `Refused` for two agreements that are to be moved, without a new time: `!byt 1 og 2`.

    The refusal has the two commands that swap their times.
    """
    numbers = [values.get("number") for values in each]
    has_time = any(values.get(name) is not None for values in each for name in _NEW_TIME)
    if len(numbers) != 2 or has_time or not all(isinstance(number, int) for number in numbers):
        return
    first, second = [await find_agreement(request, str(number)) for number in numbers]
    if first.negotiation.terms.is_series or second.negotiation.terms.is_series:
        return
    raise Refused(
        "swap-how",
        first=first.number,
        second=second.number,
        time_of_first=request.time_of(first.negotiation.newest_terms),
        time_of_second=request.time_of(second.negotiation.newest_terms),
    )
