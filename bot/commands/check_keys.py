"""Compares the keys of the communities' files with the database for `bylaug check`, and changes nothing."""

from asyncio import to_thread
from collections.abc import Sequence

from bot.clock import system_clock
from bot.config.community import Community
from bot.config.load import find_community_keys
from bot.config.settings import Settings
from bot.errors import Fatal, Problem, Unavailable
from bot.pipeline.keys.settle import find_key_problems
from bot.pipeline.load_features import feature_names, load_features, migration_folders
from bot.store.database.schema import find_pending_migrations, find_revisions, is_current
from bot.store.database.transaction import Store


async def check_keys(settings: Settings, communities: Sequence[Community]) -> list[Problem]:
    """Return a warning for each key that the database still names and that the files have no longer.

    A database that cannot be read, or whose tables this version would change, is a warning too. None is made: without a
    file there is nothing to compare.
    """
    store = Store(settings.database)
    try:
        if store.file is not None and not await to_thread(store.file.path.exists):
            return []
        return await _compare(store, settings, communities)
    except (Fatal, Unavailable) as error:
        return [_warn(settings, f"the database cannot be read, so the keys were not compared with it: {error}")]
    finally:
        await store.close()


async def _compare(store: Store, settings: Settings, communities: Sequence[Community]) -> list[Problem]:
    features = load_features(feature_names())
    folders = migration_folders(features.values())
    if not await is_current(store, folders):
        if not await find_revisions(store):
            return []
        pending = ", ".join(await find_pending_migrations(store, folders))
        sentence = (
            f"this version changes the tables at its next start ({pending or 'none of them'}), and an older one does"
            " not start on them afterwards: make a backup before. The keys are compared at that start only"
        )
        return [_warn(settings, sentence)]
    present = await to_thread(find_community_keys, settings.communities)
    return await find_key_problems(store, communities, features, system_clock(), present=present)


def _warn(settings: Settings, sentence: str) -> Problem:
    return Problem(settings.file, 0, f"database: {sentence}", is_warning=True)
