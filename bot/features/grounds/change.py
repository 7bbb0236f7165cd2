"""What the commands for a season and a load have in common: what was asked for, and how a bound is told."""

import re
from collections.abc import Callable

from bot.api import THING, Ask, Ground, Request, Season, Text, Thing, ground_of, is_pleasantry
from bot.features.grounds.bounds import Kind, bounds_of, give_back, keep_bound, take_back
from bot.features.grounds.keeper import check_keeper

#: What can be said instead of a season or a number: that there is none, that what the file says holds again, and that
#: what held before the last change does.
NONE, FILE, BEFORE = "none", "file", "before"

#: A bound in words.
Said = Callable[[Request, Ground], Text]

#: What people put around what they mean: "bane 3 skal højst bruges 20 timer".
_AROUND = re.compile(
    r"\b(?:skal|være|er|nu|fra|for|på|bruges|tåler|kan|højst|maks(?:imalt)?|max|til|sæsonen?|belastningen?|"
    r"must|be|is|now|from|for|on|used|bears?|can|most|at|the|season|load|of|to|a|en|den)\b",
    re.I,
)


def is_wanted(
    request: Request,
    kind: Kind,
    thing: Thing | None,
    value: Season | float | None,
    otherwise: str | None,
    rest: str | None,
) -> bool:
    """Whether something is to be changed, and not only told. Raises `Ask` for what is missing or not understood."""
    left = _AROUND.sub(" ", rest or "").strip(" ,.:;?!")
    if is_pleasantry(left):
        left = ""
    said = {name: given for name, given in ((kind, value), ("otherwise", otherwise)) if given is not None}
    if thing is None and (said or left):
        unknown = THING.unknown(rest or "", request.about)
        raise Ask("thing", "ask-thing", THING.options(request.about), instead=(kind, said), unknown=unknown)
    if left or len(said) > 1:
        raise Ask(
            kind,
            f"ask-{kind}",
            instead=(kind, {"thing": thing}),
            thing=thing.name if thing else "",
            rest=rest if left else "",
        )
    return bool(said)


async def set_bound(
    request: Request, kind: Kind, thing: Thing, value: Season | float | None, otherwise: str | None
) -> tuple[Ground, Ground]:
    """Let it hold from now on; what was known of the thing before, and now. Raises `Refused` for who may not."""
    check_keeper(request, thing, kind)
    before = await ground_of(request, thing)
    if otherwise == FILE:
        await give_back(request, thing, kind)
    elif otherwise == BEFORE:
        await take_back(request, thing, kind)
    else:
        await keep_bound(request, thing, kind, value)
    return before, await ground_of(request, thing)


async def line_of(request: Request, kind: Kind, thing: Thing, said: Said) -> Text:
    """A thing and its bound, with who set it when that was by command."""
    by = (await bounds_of(request, thing)).get(kind)
    return request.text(
        "bound-line",
        thing=thing.name,
        value=said(request, await ground_of(request, thing)),
        by=request.who(by.by).name if by else "",
        at=request.said_time(request.local(by.at).date(), None) if by else "",
    )
