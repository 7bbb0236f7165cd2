"""What the database knows of keys, read at once, and how it will be after communities were renamed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.api.feature import Feature
from bot.config.community import EntryKind
from bot.store.calendars import tables as _calendar_tables  # noqa: F401  adds its tables to the metadata
from bot.store.keys.columns import CORE_COLUMNS, KeyColumn
from bot.store.keys.known import KnownKey, find_known_keys
from bot.store.keys.uses import Name, Uses, find_uses
from bot.store.tables import metadata


@dataclass
class KeyState:
    """The known keys and the uses of keys, of all communities, and the features by name."""

    features: Mapping[str, Feature]
    known: dict[Name, KnownKey]
    uses: dict[Name, Uses]

    @property
    def columns(self) -> list[KeyColumn]:
        """All columns that have keys."""
        return [*CORE_COLUMNS, *(column for feature in self.features.values() for column in feature.key_columns)]

    @property
    def tables(self) -> list[Table]:
        """All tables of the core that rows of a community are in, and those of the features."""
        all_metadata: Iterable[MetaData] = (
            metadata,
            *(feature.tables for feature in self.features.values() if feature.tables is not None),
        )
        return [table for each in all_metadata for table in each.sorted_tables]

    @property
    def communities(self) -> set[str]:
        """The keys of all communities that were known, or have something in force."""
        return {name[0] for name in (*self.known, *self.uses)}

    def known_of(self, community: str) -> list[KnownKey]:
        """Return the known keys of a community."""
        return [key for key in self.known.values() if key.community == community]

    def uses_of(self, community: str) -> dict[tuple[EntryKind, str], Uses]:
        """Return the uses of the keys of a community. A feature is under its present name."""
        names = {name: feature.name for feature in self.features.values() for name in feature.names}
        return {
            (kind, names.get(key, key) if kind == "feature" else key): uses
            for (owner, kind, key), uses in self.uses.items()
            if owner == community
        }

    def rename_community(self, old: str, new: str) -> None:
        """Give what is known and used to the new name of a community."""
        of_old = [key for key in self.known.values() if key.community == old]
        self.known = {
            name: key for name, key in self.known.items() if name[0] != old and (name[0] != new or not of_old)
        }
        for key in of_old:
            renamed = replace(key, community=new, key=new if key.kind == "community" else key.key)
            self.known[new, renamed.kind, renamed.key] = renamed
        self.uses = {(new if owner == old else owner, kind, key): use for (owner, kind, key), use in self.uses.items()}


async def read_key_state(connection: AsyncConnection, features: Mapping[str, Feature], now: datetime) -> KeyState:
    """Read what the database knows of keys."""
    columns = {"": CORE_COLUMNS, **{feature.name: feature.key_columns for feature in features.values()}}
    known = {(key.community, key.kind, key.key): key for key in await find_known_keys(connection)}
    return KeyState(features, dict(known), await find_uses(connection, columns, now))
