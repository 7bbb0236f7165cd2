"""Finds out at the start which communities' files have changed since the last start, so that features are told."""

import hashlib
import json
from dataclasses import fields, is_dataclass

from bot.config.community import Community
from bot.pipeline.context import Context
from bot.store.facts import find_facts, set_fact
from bot.store.messages import inbox
from bot.store.messages.inbox import Incoming

#: The key of a fact is this and the community's key; its value is how often the file has changed, and its fingerprint.
FACT_PREFIX = "configured "


async def record_config_changes(context: Context) -> None:
    """Insert an inbox row for each changed community, in one transaction with the new fingerprint: each change once.

    A community without a feature that acts on changes is skipped.
    """
    async with context.store.read() as connection:
        recorded = await find_facts(connection, FACT_PREFIX)
    for place, community in context.rooms.current().items():
        if any(feature.on_configured for feature in context.features.enabled_in(community)):
            count, _, recorded_fingerprint = recorded.get(community.key, "0 ").partition(" ")
            if recorded_fingerprint != (current := fingerprint(community)):
                await _record(context, place, community, int(count) + 1, current)


async def _record(context: Context, place: str, community: Community, count: int, current: str) -> None:
    now = context.clock()
    async with context.store.write(community.key) as connection:
        await set_fact(connection, f"{FACT_PREFIX}{community.key}", f"{count} {current}")
        cause = Incoming("file", f"{community.key} {count} {current}", place, "", "configured", now, {})
        await inbox.insert_once(connection, cause, now)


def fingerprint(community: Community) -> str:
    """Return a hash of a file's content, the same in every process."""
    return hashlib.sha256(json.dumps(_to_json(community), sort_keys=True).encode()).hexdigest()[:16]


def _to_json(value: object) -> object:
    """Return a value as JSON. Sets are sorted: their order differs from process to process."""
    if is_dataclass(value):
        return {field.name: _to_json(getattr(value, field.name)) for field in fields(value) if field.compare}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    return value if isinstance(value, bool | int | float | None) else str(value)
