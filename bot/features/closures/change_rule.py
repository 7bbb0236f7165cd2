"""The common part of the commands `season` and `load`: checks the written value, changes the rule and describes it."""

from collections.abc import Callable

from bot.api import THING, Ask, Request, Text, Thing, shorten_list
from bot.api.arguments import ResetChoice, is_pleasantry
from bot.api.availability import Season, UsageRules, usage_rules_of
from bot.features.closures.maintainer import check_maintainer, is_maintainer
from bot.features.closures.usage_rule_table import (
    RuleKind,
    find_rules,
    get_rule,
    reset_rule,
    set_rule,
    undo_last_change,
)

#: Returns the season or the load in a thing's usage rules, in words.
DescribeRule = Callable[[Request, UsageRules], Text]


def require_thing(
    request: Request, kind: RuleKind, thing: Thing | None, value: object | None, rest: str | None
) -> None:
    """Raise Ask when the message has a value or other text, but no thing that exists."""
    if thing is None and (value is not None or rest):
        arguments: dict[str, object] = {} if value is None else {kind: value}
        unknown = THING.find_unknown(rest or "", request.reading_context)
        raise Ask(
            "thing", "ask-thing", THING.options(request.reading_context), instead=(kind, arguments), unknown=unknown
        )


def ask_for_value(request: Request, kind: RuleKind, thing: Thing, rest: str | None) -> None:
    """Raise Ask when a maintainer wrote text that is no value, unless it is a question or a pleasantry.

    For other people it does nothing: they may not change the rule, and are shown it.
    """
    if not rest or rest.endswith("?") or is_pleasantry(rest, request.community.languages):
        return
    if is_maintainer(request, thing):
        raise Ask(kind, f"ask-{kind}", instead=(kind, {"thing": thing}), thing=thing.name, rest=rest)


async def change_rule(
    request: Request, kind: RuleKind, thing: Thing, value: Season | float | ResetChoice
) -> tuple[UsageRules, UsageRules]:
    """Change the season or load of a thing. Return its usage rules before and after.

    Setting the value that is in force already is no change, so that "undo" restores the value before the last real
    change. Raises Refused for non-maintainers.
    """
    check_maintainer(request, thing, kind)
    before = await usage_rules_of(request, thing)
    if value is ResetChoice.FILE:
        await reset_rule(request, thing, kind)
    elif value is ResetChoice.PREVIOUS:
        await undo_last_change(request, thing, kind)
    else:
        new_value = None if isinstance(value, ResetChoice) else value
        if new_value != get_rule(before, kind):
            await set_rule(request, thing, kind, new_value)
    return before, await usage_rules_of(request, thing)


async def describe_rule(request: Request, kind: RuleKind, thing: Thing, describe: DescribeRule) -> Text:
    """Return a line with the thing's season or load, and who set it when it was set by command."""
    stored = (await find_rules(request, thing)).get(kind)
    return request.text(
        "rule-line",
        thing=thing.name,
        value=describe(request, await usage_rules_of(request, thing)),
        by=request.find_person(stored.set_by).name if stored else "",
        at=request.local_time(request.local(stored.set_at).date(), None) if stored else "",
    )


async def describe_rules(request: Request, kind: RuleKind, describe: DescribeRule) -> list[object]:
    """Return the line of `describe_rule` for every thing of the community."""
    lines = [await describe_rule(request, kind, thing, describe) for thing in request.community.things]
    return shorten_list(request, lines)
