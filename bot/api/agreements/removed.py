"""Finds things, tasks and people that were removed from the community's file while agreements still name them."""

from bot.api.request.base import RequestBase
from bot.config.community import EntryKind
from bot.store.facts import delete_fact, find_facts, set_fact
from bot.store.keys.rename import ASKED_FACT


async def take_newly_removed(request: RequestBase) -> list[tuple[EntryKind, str]]:
    """Return the kind and the key of each removed entry of the file, and store that they were returned.

    A later call returns an entry again only if the entry came back into the file and was removed once more.
    """
    prefix = f"{ASKED_FACT}{request.community.key} "
    asked = await find_facts(request.db, prefix)
    removed = {f"{kind} {key}": (kind, key) for kind, key in request.community.removed}
    for name in asked.keys() - removed.keys():
        await delete_fact(request.db, f"{prefix}{name}")
    new = [name for name in removed if name not in asked]
    for name in new:
        await set_fact(request.db, f"{prefix}{name}", request.now.isoformat())
    return [removed[name] for name in new]
