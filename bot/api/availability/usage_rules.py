"""The rules for using a thing as they are now: what the file says, and what features were told by command since."""

from datetime import time

from bot.api.feature import Request
from bot.config.community import Thing
from bot.config.usage_rules import UsageRules


async def usage_rules_of(request: Request, thing: Thing) -> UsageRules:
    """Return a thing's season, closures, hours and load as they are now; `thing.usage` is only what the file says."""
    rules = thing.usage
    for feature in request.features:
        if feature.usage_rules is not None:
            rules = await feature.usage_rules(request, thing, rules)
    return rules


def opening_hours(request: Request, thing: Thing) -> tuple[time, time]:
    """Return the part of the day in which a thing is used: its own hours, else the community's."""
    return thing.usage.hours or request.community.hours
