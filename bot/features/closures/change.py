"""What the commands for a season and a load have in common: what was asked for, and how a bound is told."""

from collections.abc import Callable

from bot.api import THING, Ask, Bound, Request, Season, Text, Thing, UsageRules, ground_of, in_brief, is_pleasantry
from bot.features.closures.bounds import Kind, bounds_of, give_back, keep_bound, take_back, value_of
from bot.features.closures.keeper import check_keeper, is_keeper

#: A bound in words.
Said = Callable[[Request, UsageRules], Text]


def check_thing(request: Request, kind: Kind, thing: Thing | None, value: object | None, rest: str | None) -> None:
    """Raises `Ask` where something was said of a thing there is not, or of none."""
    if thing is None and (value is not None or rest):
        said: dict[str, object] = {} if value is None else {kind: value}
        unknown = THING.unknown(rest or "", request.about)
        raise Ask("thing", "ask-thing", THING.options(request.about), instead=(kind, said), unknown=unknown)


def check_understood(request: Request, kind: Kind, thing: Thing, rest: str | None) -> None:
    """Raises `Ask` where a keeper said something that is no bound. Others, and who asks a question, are told."""
    if rest and not rest.endswith("?") and not is_pleasantry(rest) and is_keeper(request, thing):
        raise Ask(kind, f"ask-{kind}", instead=(kind, {"thing": thing}), thing=thing.name, rest=rest)


async def set_bound(
    request: Request, kind: Kind, thing: Thing, value: Season | float | Bound
) -> tuple[UsageRules, UsageRules]:
    """Let it hold from now on; what was known of the thing before, and now. Raises `Refused` for who may not."""
    check_keeper(request, thing, kind)
    before = await ground_of(request, thing)
    if value is Bound.FILE:
        await give_back(request, thing, kind)
    elif value is Bound.BEFORE:
        await take_back(request, thing, kind)
    else:
        wanted = None if isinstance(value, Bound) else value
        if wanted != value_of(before, kind):  # said twice, it is still the last change
            await keep_bound(request, thing, kind, wanted)
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


async def all_lines(request: Request, kind: Kind, said: Said) -> list[object]:
    """Every thing of the community with its bound."""
    return in_brief(request, [await line_of(request, kind, thing, said) for thing in request.community.things])
