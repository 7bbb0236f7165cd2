"""What is known of a thing's use at present: what the community's file says, and what features were told since."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.config.community import Thing
from bot.config.usage_rules import UsageRules

if TYPE_CHECKING:
    from bot.api.request import Request

#: What a feature makes of what is known of a thing: the same, or with what it was told by command.
UsageRulesHook = Callable[["Request", Thing, UsageRules], Awaitable[UsageRules]]


async def usage_rules_of(request: "Request", thing: Thing) -> UsageRules:
    """A thing's season, hours and load as they are now. `thing.usage` is only what the file says."""
    ground = thing.usage
    for feature in request.features:
        if feature.usage_rules is not None:
            ground = await feature.usage_rules(request, thing, ground)
    return ground
