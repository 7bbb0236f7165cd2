"""Notices at the start which communities' files say something else than last time, so that features hear of it."""

import hashlib
import json
from dataclasses import fields, is_dataclass

from bot.config.community import Community
from bot.pipeline.context import Context
from bot.store.facts import find_facts, set_fact
from bot.store.messages import inbox
from bot.store.messages.inbox import Incoming

#: Under this name and the community's key: how often its file has changed, and the fingerprint of its content.
_SEEN = "configured "


async def record_config_changes(context: Context) -> None:
    """Write down what has to be looked at anew, in the same transaction as that it was seen: each change once.

    A community none of whose features would do anything about it is left alone.
    """
    async with context.store.read() as connection:
        seen = await find_facts(connection, _SEEN)
    for place, community in context.rooms.current().items():
        if any(feature.on_configured for feature in context.features.enabled_in(community)):
            count, _, before = seen.get(community.key, "0 ").partition(" ")
            if before != (digest := fingerprint(community)):
                await _note(context, place, community, int(count) + 1, digest)


async def _note(context: Context, place: str, community: Community, nth: int, digest: str) -> None:
    name, now = f"{_SEEN}{community.key}", context.clock()
    async with context.store.write(community.key) as connection:
        await set_fact(connection, name, f"{nth} {digest}")
        cause = Incoming("file", f"{community.key} {nth} {digest}", place, "", "configured", now, {})
        await inbox.insert_once(connection, cause, now)


def fingerprint(community: Community) -> str:
    """The same for the same content of a file, in every process."""
    return hashlib.sha256(json.dumps(_plain(community), sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    """Sets have an order of their own in each process."""
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | None) else str(value)
