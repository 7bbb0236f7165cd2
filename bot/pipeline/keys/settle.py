"""Applies renamed and removed keys at the start, before messages are handled. `bylaug check` only reports them."""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.api.feature import Feature
from bot.config.community import Community, FormerKey
from bot.config.suggest import MIN_SIMILARITY
from bot.errors import Problem
from bot.pipeline.keys.describe import describe_lost_community, describe_same_room, describe_two_communities
from bot.pipeline.keys.plan import KeyPlan, find_renames, plan_keys
from bot.pipeline.keys.state import KeyState, read_key_state
from bot.store.database.transaction import Store
from bot.store.keys.known import KnownKey, delete_known_keys, redirect_known_keys, save_known_keys
from bot.store.keys.rename import find_clashes, has_agreements, rename_community, rename_key
from bot.suggest import find_closest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SettledKeys:
    """The communities as they are served, with what is kept of former files, and warnings for the administrator."""

    communities: list[Community]
    findings: list[Problem]


async def settle_keys(
    store: Store,
    communities: Sequence[Community],
    features: Mapping[str, Feature],
    now: datetime,
    *,
    present: Collection[str] = (),
) -> SettledKeys:
    """Rename in the database what was renamed in the files, keep what they have no longer, and log the warnings.

    Each community is done in one transaction; where there is nothing to do, nothing is written. `present` are the
    keys of all communities that have a file, also of those that are not served.
    """
    async with store.read() as connection:
        state = await read_key_state(connection, features, now)
        renamed, findings = await _plan_communities(connection, state, communities, present)
    served: list[Community] = []
    for community in communities:
        async with store.read() as connection:
            plan = await _plan(connection, state, renamed, community)
        if community.key in renamed or not plan.is_empty:
            async with store.write(community.key) as connection:
                await _apply(connection, state, plan, renamed.get(community.key))
        served.append(plan.result())
        findings += plan.findings
    for finding in findings:
        log.warning("%s", finding)
    return SettledKeys(served, findings)


async def find_key_problems(
    store: Store,
    communities: Sequence[Community],
    features: Mapping[str, Feature],
    now: datetime,
    *,
    present: Collection[str] = (),
) -> list[Problem]:
    """Return the warnings of `settle_keys`, and change nothing."""
    async with store.read() as connection:
        state = await read_key_state(connection, features, now)
        renamed, findings = await _plan_communities(connection, state, communities, present)
        for community in communities:
            findings += (await _plan(connection, state, renamed, community)).findings
    return findings


async def _plan(
    connection: AsyncConnection, state: KeyState, renamed: Mapping[str, str], community: Community
) -> KeyPlan:
    """Plan the keys of a community, whose rows may still have its former name (`renamed`)."""
    stored_as = renamed.get(community.key, community.key)
    clashes: dict[FormerKey, list[tuple[int, int]]] = {}
    for former in find_renames(community, state):
        clashes[former] = await find_clashes(connection, stored_as, former.kind, former.old, former.new)
    plan = plan_keys(community, state, clashes)
    itself = KnownKey(community.key, "community", community.key, _describe(community))
    if state.known.get((community.key, "community", community.key)) != itself:
        plan.saved.append(itself)
    return plan


async def _apply(connection: AsyncConnection, state: KeyState, plan: KeyPlan, former_name: str | None) -> None:
    key = plan.community.key
    if former_name is not None:
        await rename_community(connection, state.tables, former_name, key)
        of_former = KnownKey(key, "community", former_name, "")
        await delete_known_keys(connection, [of_former])
    for former in plan.renames:
        await rename_key(connection, state.columns, key, former.kind, former.old, former.new)
    for former in plan.adoptions:
        if not await find_clashes(connection, key, former.kind, former.old, former.new):
            await rename_key(connection, state.columns, key, former.kind, former.old, former.new)
    for former in plan.renames:
        await redirect_known_keys(connection, key, former.kind, former.old, former.new)
    await delete_known_keys(connection, plan.deleted)
    await save_known_keys(connection, plan.saved)


async def _plan_communities(
    connection: AsyncConnection, state: KeyState, communities: Sequence[Community], present: Collection[str]
) -> tuple[dict[str, str], list[Problem]]:
    """Return the former name of each community that is renamed, by its key, and warnings.

    `state` is changed to what it will be after that.
    """
    renamed: dict[str, str] = {}
    findings: list[Problem] = []
    here = {*present, *(community.key for community in communities)}
    for community in communities:
        written = [former.old for former in community.former_keys if former.kind == "community"]
        is_known = (community.key, "community", community.key) in state.known
        same_room = (
            [] if is_known else [old for old in sorted(state.communities - here) if _has_room(state, old, community)]
        )
        for old in dict.fromkeys((*written, *same_room)):
            if old not in state.communities - here or community.key in renamed:
                continue
            if await has_agreements(connection, community.key):
                findings.append(describe_two_communities(community, old))
                continue
            if old not in written:
                findings.append(describe_same_room(community, old))
            renamed[community.key] = old
            state.rename_community(old, community.key)
    for old in sorted(state.communities - here):
        numbers = {number for name, use in state.uses.items() if name[0] == old for number in use.agreements}
        if numbers and communities:
            new = [each.key for each in communities if (each.key, "community", each.key) not in state.known]
            closest = find_closest(old, new, min_similarity=MIN_SIMILARITY) or (new[0] if len(new) == 1 else None)
            findings.append(describe_lost_community(_folder_of(communities[0]), old, len(numbers), closest))
    return renamed, findings


def _has_room(state: KeyState, old: str, community: Community) -> bool:
    entry = state.known.get((old, "community", old))
    return entry is not None and json.loads(entry.text or "{}").get("room") == community.room


def _describe(community: Community) -> str:
    return json.dumps({"name": community.name, "room": community.room}, ensure_ascii=False)


def _folder_of(community: Community) -> str:
    return community.file.rpartition("/")[0] or "."
