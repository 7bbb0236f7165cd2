"""Looks up people's settings, and saves what a person chooses."""

from dataclasses import replace

from bot.api.feature import Request
from bot.api.request.settings import Settings, load_people_settings, merge_settings
from bot.config.community import Person
from bot.store.people import Preferences, save_preferences


async def find_settings(request: Request, *people: Person) -> dict[str, Settings]:
    """Return the settings of every address that acts for these people, by address."""
    return await load_people_settings(request.db, request.community, people)


async def save_settings(request: Request, chosen: Preferences) -> Settings:
    """Save what the requesting person has chosen, for the address they wrote from; nobody chooses for others.

    Mutes that have ended are dropped. The hook `on_settings` of every feature of the room is called.
    """
    running = tuple(mute for mute in chosen.mutes if mute.until is None or request.now < mute.until)
    chosen = replace(chosen, mutes=running)
    await save_preferences(request.db, request.community.key, request.cause.sender, chosen)
    request.settings = merge_settings(request.community, request.person, chosen)
    for feature in request.features:
        if feature.on_settings is not None:
            with request.as_feature(feature):
                await feature.on_settings(request)
    return request.settings
