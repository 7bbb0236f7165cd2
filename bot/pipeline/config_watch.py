"""Says in the log what a change of the configuration would take, because the files are read at the start only."""

import asyncio
import logging
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from bot.config.community import Community
from bot.config.credentials import Credentials, require_passphrase
from bot.config.load import read_settings
from bot.config.settings import Settings
from bot.errors import ConfigError, Problem
from bot.pipeline.load_features import load_configured_communities

log = logging.getLogger(__name__)

#: What a change of these takes besides a restart.
_TAKES_MORE = {
    "database": "a new database begins empty: make a backup first, and restore it into the new one",
    "account": "the other account is no member of the rooms, and has to be invited",
}


@dataclass(frozen=True)
class ConfigChanges:
    """What a restart would change. `problems` are the mistakes that the files have now.

    `communities` are those that a restart would serve. `key_problems` are warnings about keys that are gone.
    """

    changes: tuple[str, ...]
    problems: tuple[Problem, ...]
    communities: tuple[Community, ...] = field(default=(), compare=False)
    key_problems: tuple[Problem, ...] = ()


class ConfigWatch:
    """Compares the files with what the program has read at the start, when a file changes or `request` is called."""

    #: Seconds between two looks at the files.
    look_every_seconds = 10.0

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        communities: Iterable[Community],
        environ: Mapping[str, str],
    ) -> None:
        self._settings, self._credentials, self._environ = settings, credentials, environ
        self._communities = tuple(communities)
        #: Compares the keys of communities with the database; None until there is one.
        self.find_key_problems: Callable[[Sequence[Community]], Awaitable[list[Problem]]] | None = None
        self._requested = asyncio.Event()

    def request(self) -> None:
        """Say now what a restart would change, also when nothing would."""
        self._requested.set()

    async def run(self) -> None:
        """Look at the files again and again until cancelled."""
        seen = await to_thread(self._read_stamps)
        while True:
            try:
                async with asyncio.timeout(self.look_every_seconds):
                    await self._requested.wait()
            except TimeoutError:
                if (now := await to_thread(self._read_stamps)) == seen:
                    continue
                seen = now
            self._requested.clear()
            try:
                self._report(await self._compare_keys(await to_thread(self.compare)))
            except Exception:  # the bot works with what it has read, whatever is wrong here
                log.exception("the changed configuration could not be compared")

    def compare(self) -> ConfigChanges:
        """Read the files and return what a restart would change."""
        try:
            settings = read_settings(Path(self._settings.file), self._environ)
        except ConfigError as error:
            return ConfigChanges((), tuple(error.problems))
        changes = list(self._compare_settings(settings))
        if settings.language_folders != self._settings.language_folders:
            return ConfigChanges(tuple(changes), ())  # the communities may use languages that are not loaded
        communities, problems = load_configured_communities(settings)
        communities, locked_out = require_passphrase(communities, self._credentials)
        problems += locked_out
        changes += self._compare_communities(communities, {Path(p.file).stem for p in problems if not p.is_warning})
        mistakes = tuple(problem for problem in problems if not problem.is_warning)
        return ConfigChanges(tuple(changes), mistakes, tuple(communities))

    async def _compare_keys(self, found: ConfigChanges) -> ConfigChanges:
        if self.find_key_problems is None or not found.communities:
            return found
        return replace(found, key_problems=tuple(await self.find_key_problems(found.communities)))

    def _compare_settings(self, settings: Settings) -> Iterable[str]:
        if changed := _changed_fields(self._settings, settings):
            yield f"{settings.file} has changed: {', '.join(changed)}"
            yield from (_TAKES_MORE[name] for name in changed if name in _TAKES_MORE)

    def _compare_communities(self, communities: Sequence[Community], faulty: Collection[str]) -> Iterable[str]:
        present = {community.key: community for community in communities}
        for before in self._communities:
            if (now := present.pop(before.key, None)) is None:
                if before.key not in faulty:
                    yield f"{before.file} is gone: the bot would stay in the room, and hear nobody there"
            elif changed := _changed_fields(before, now):
                yield f"{now.file} has changed: {', '.join(changed)}"
                if before.room != now.room:
                    yield f"the community would move from the room {before.room} to {now.room}"
        yield from (f"{community.file} is new: its room would be joined or made" for community in present.values())

    def _report(self, found: ConfigChanges) -> None:
        for problem in found.problems:
            log.warning("%s (nothing changes before a restart, and that would not take this file)", problem)
        for problem in found.key_problems:
            log.warning("%s (nothing changes before a restart)", problem)
        for change in found.changes:
            log.info("%s", change)
        if found.changes:
            log.info("a restart takes this into use; `bylaug check` reads the files before")
        elif not found.problems:
            log.info("the configuration is what the bot has read at its start, so there is nothing to take into use")

    def _read_stamps(self) -> dict[str, tuple[int, int, int]]:
        """Return for each file of the configuration which file it is, its size, and when it was changed."""
        stamps = {}
        folder = self._settings.communities
        try:
            inside = [file for file in folder.iterdir() if file.suffix in (".yaml", ".yml") and file.name[0] != "."]
        except OSError:
            inside = []
        for file in (Path(self._settings.file), *inside):
            try:
                found = file.stat()
            except OSError:
                continue
            stamps[str(file)] = (found.st_ino, found.st_size, found.st_mtime_ns)
        return stamps


def _changed_fields(before: Settings | Community, now: Settings | Community) -> list[str]:
    """Return the names of the fields that differ, in the order of the class."""
    return [
        each.name for each in fields(before) if each.compare and getattr(before, each.name) != getattr(now, each.name)
    ]
