"""Returns the current usage rules of a thing: what the file says, and what people have set by command since."""

from datetime import time

from bot.api.feature import Request
from bot.config.community import Thing
from bot.config.usage_rules import UsageRules


async def usage_rules_of(request: Request, thing: Thing) -> UsageRules:
    """Return the current season, closures, hours and load of a thing. `thing.usage` is only what the file says."""
    rules = thing.usage
    for feature in request.features:
        if feature.usage_rules is not None:
            rules = await feature.usage_rules(request, thing, rules)
    return rules


def opening_hours(request: Request, thing: Thing) -> tuple[time, time]:
    """Return the hours of the day in which a thing is used: its own hours, else the community's."""
    return thing.usage.hours or request.community.hours
