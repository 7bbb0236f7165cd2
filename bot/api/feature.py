"""What a feature declares: its commands, and what it does when its messages are answered and its timers fall due."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import MetaData

from bot.api.arguments import Argument
from bot.api.availability.clearing import ClearedAgreement
from bot.api.availability.matches import MatchChange
from bot.api.availability.obstacle import ObstacleHook
from bot.api.availability.present import UsageRulesHook
from bot.api.request import Request
from bot.languages.catalogue import CORE, Catalogue
from bot.languages.registry import find_language
from bot.store.agreements.agreements import Agreement

Handler = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Command:
    """Something people can write.

    `words` are its names in each language, of one word or two; people may use those of all the room's languages.
    `handle` is called with the request and the arguments by name (None for one that was not said and is not wanted).
    `roles` may use it; none named: everybody. A `bare` command is meant when its first argument stands alone: `!bane
    1`. `corrected_by` names the command that is carried out when the message is edited while the proposal it made is
    unanswered: called with that proposal's `number` and what the message says now, nothing of it wanted. It needs no
    words.
    """

    name: str
    words: Mapping[str, tuple[str, ...]]
    handle: Handler
    arguments: tuple[Argument, ...] = ()
    roles: frozenset[str] = frozenset()
    without_word: bool = False
    corrected_by: str | None = None


@dataclass(frozen=True)
class Feature:
    """Everything the bot has to know about a feature.

    `folder` holds `texts/da.yaml` and `en.yaml`, and where it needs them `migrations/` (an Alembic branch named like
    the feature) and `conversations/`. A message that shows a subject of the feature ("3" of "bookings/3") can be tapped
    (`on_tap`, with the emoji) and talked under (`on_talk`, with the text). `on_leave` is called when `request.person`,
    whom the file lists or an agreement names, is no longer in the room; `on_move` when the community has moved to
    another room, where nothing that was said before can be seen; `on_cleared` when a thing was taken away for a time
    and agreements of the feature have given way: refresh their cards and tell the parties. Every handler runs in one
    transaction: returning keeps everything, raising keeps nothing.

    `on_agreement` is called after every step of every agreement of the room, whichever feature's it is, with the
    agreement before the step (None: it is new) and after it, in the same transaction: whatever hangs on agreements,
    timers above all, is put right there and never lags behind. It says nothing; the feature that took the step does.
    `on_configured` is called at the start after the community's file was changed, and `on_settings` when
    `request.person` has chosen otherwise for themselves.

    `obstacles` tells what the feature knows to be in the way of work on a thing (`bot.api.Obstacle`), in its own words.
    `ground` is what it makes of a thing's season and load, where it was told otherwise than the file says; everybody
    else reads that with `bot.api.ground_of`.

    `on_matches` is called when matches on the community's things have changed in their calendars: with all that changed
    in one calendar at once (`bot.api.MatchChange`), soonest first, so that several can be told of in one sentence.

    `timers` are handlers by name, called with the subjects: one, or all that fell due together, as they do while the
    bot is off, so that a room is told once and not for each. What fell due together is called in the order in which the
    timers stand here. When several fail together, each is called alone.

    `former_names` are the names that the feature had before, oldest first. A community's file may still use them, and
    what the database has under one of them still belongs to the feature. Only add to them, never take one away.
    """

    name: str
    folder: Path
    commands: tuple[Command, ...]
    on_tap: Callable[[Request, str, str], Awaitable[None]] | None = None
    on_message: Callable[[Request, str, str], Awaitable[None]] | None = None
    timers: Mapping[str, Callable[[Request, Sequence[str]], Awaitable[None]]] = field(default_factory=dict)
    on_leave: Callable[[Request], Awaitable[None]] | None = None
    on_move: Callable[[Request], Awaitable[None]] | None = None
    on_cleared: Callable[[Request, Sequence[ClearedAgreement]], Awaitable[None]] | None = None
    on_agreement: Callable[[Request, Agreement | None, Agreement], Awaitable[None]] | None = None
    on_configured: Callable[[Request], Awaitable[None]] | None = None
    on_settings: Callable[[Request], Awaitable[None]] | None = None
    obstacles: ObstacleHook | None = None
    usage_rules: UsageRulesHook | None = None
    on_matches: Callable[[Request, Sequence[MatchChange]], Awaitable[None]] | None = None
    tables: MetaData | None = None
    former_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the feature: the present one first."""
        return (self.name, *self.former_names)

    @property
    def stored_name(self) -> str:
        """The name in the database, of timers, questions, agreements and subjects: the feature's first name.

        A feature that is renamed keeps it, so that no row has to change, a backup from before fits the program after
        and the other way round, and a replay gives everything the transaction id that it had.
        """
        return self.former_names[0] if self.former_names else self.name

    @cached_property
    def catalogue(self) -> Catalogue:
        """The feature's sentences over those of the language's folder and of the core."""
        return Catalogue(CORE, f"features/{self.name}.yaml", self.folder / "texts")

    @property
    def migrations(self) -> Path | None:
        """The folder with the feature's migrations, if it has tables of its own."""
        folder = self.folder / "migrations"
        return folder if folder.is_dir() else None

    def command(self, name: str) -> Command | None:
        """The command with this name."""
        return next((command for command in self.commands if command.name == name), None)

    def words(self, languages: Sequence[str] | None = None) -> dict[str, Command]:
        """Return the words that name the commands in some languages, each with its command; in all when None."""
        return {word: command for command in self.commands for word in self.words_of(command, languages)}

    def words_of(self, command: Command, languages: Sequence[str] | None = None) -> list[str]:
        """Return the words of one command, those of the first language first.

        A command that has no words in these languages keeps all that it has, so that it can be used.
        """
        chosen = command.words if languages is None else languages
        words = [word for code in chosen for word in self.words_in(command, code)]
        return words or [word for in_language in command.words.values() for word in in_language]

    def words_in(self, command: Command, code: str) -> Sequence[str]:
        """Return the words of one command in one language: its own, else those that the language's folder has."""
        if not command.words or code in command.words:
            return command.words.get(code, ())
        return find_language(code).commands.get(self.name, {}).get(command.name, ())
