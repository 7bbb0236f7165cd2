"""What the community's file has no longer while agreements still name it."""

from bot.api.request.base import RequestBase
from bot.config.community import EntryKind
from bot.store.facts import delete_fact, find_facts, set_fact
from bot.store.keys.rename import ASKED_FACT


async def take_newly_removed(request: RequestBase) -> list[tuple[EntryKind, str]]:
    """Return kind and key of what was taken out of the file, each once: in the transaction that has got it, or later.

    What came back into the file is returned anew when it is taken out again.
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
