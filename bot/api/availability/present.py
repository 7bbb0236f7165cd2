"""What is known of a thing's use at present: what the community's file says, and what features were told since."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.config.community import Thing
from bot.config.usage_rules import UsageRules

if TYPE_CHECKING:
    from bot.api.request import Request

#: What a feature makes of what is known of a thing: the same, or with what it was told by command.
GroundSource = Callable[["Request", Thing, UsageRules], Awaitable[UsageRules]]


async def ground_of(request: "Request", thing: Thing) -> UsageRules:
    """A thing's season, hours and load as they are now. `thing.usage` is only what the file says."""
    ground = thing.usage
    for feature in request.features:
        if feature.ground is not None:
            ground = await feature.ground(request, thing, ground)
    return ground
