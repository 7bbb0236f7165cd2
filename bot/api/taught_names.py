"""Names that people teach the bot for things, tasks and people: a feature can list them, add one and end one."""

from bot.api.request.base import RequestBase
from bot.config.community import Alias
from bot.store import taught_names
from bot.store.taught_names import TaughtName


async def list_names(request: RequestBase) -> list[TaughtName]:
    """Return the names of the community that are in force, in the order in which they were taught."""
    return await taught_names.find_names(request.db, request.community.key)


async def add_name(request: RequestBase, alias: Alias) -> None:
    """Insert a name, as taught by the person of the request. The bot reads the name from the next message on."""
    await taught_names.insert_name(request.db, request.community.key, alias, request.person.handle, request.now)


async def end_name(request: RequestBase, name: TaughtName) -> None:
    """End a name. The row stays, with the person who ended the name and the moment."""
    await taught_names.end_name(request.db, name.id, request.person.handle, request.now)
