"""What a feature declares, and the request with which its handlers are called.

Both are in one file because each names the other: a feature's hooks take a request, and a request has the features of
its room.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData

from bot.api.arguments.kind import Argument, Kind
from bot.api.request.cards import Cards
from bot.api.request.hook_types import ClearedAgreement, MatchChange, Obstacle
from bot.api.request.reading_context import ReadingContext
from bot.api.request.timers import Timers
from bot.config.community import Alias, Task, Thing
from bot.config.usage_rules import UsageRules
from bot.languages.catalogue import CORE, Catalogue
from bot.languages.registry import find_language
from bot.languages.speech_acts import SpeechAct
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.keys.columns import KeyColumn

Handler = Callable[..., Awaitable[None]]


@dataclass
class Request(Cards, Timers):
    """One message, tap or timer that is being handled, inside its transaction.

    `person` is who wrote or tapped, `settings` are that person's settings, `cause` is the inbox row. `now` is the
    present moment; moments are aware and in UTC, and `local` and `moment` convert them to the community's local time
    and back. `db` is the transaction's connection, for the feature's own tables. `card` is the number of the card that
    was tapped, or under which the message was written. `place` is the address of the community's room. The address of
    the cause is another one when somebody answers in a room that the community has moved out of. `features` are the
    features of the room. `subject` is what the card is about under which the message was written ("3" of "bookings/3"),
    if it is a card of the command's feature. `must_confirm` is set when a command must not be carried out before the
    person has said yes (`confirm`): when it was not written as a command, or not understood to the last word.
    """

    features: "Sequence[Feature]" = ()

    def use_feature(self, feature: "Feature") -> None:
        """Use the texts and the name of a feature from now on."""
        self.feature, self.catalogue = feature.stored_name, feature.catalogue

    @contextmanager
    def as_feature(self, feature: "Feature") -> Iterator[None]:
        """Use the texts and the name of a feature inside the `with` block."""
        before = self.feature, self.catalogue
        self.use_feature(feature)
        try:
            yield
        finally:
            self.feature, self.catalogue = before


#: Returns a feature's obstacles for a task (None: any task) on a thing in a window, which may be as long as a series.
#: The last argument is an agreement that would be moved into the window, and is no obstacle to itself.
ObstacleHook = Callable[[Request, Thing, Span, Task | None, Agreement | None], Awaitable[list[Obstacle]]]

#: Returns the usage rules of a thing: the rules that are passed in, with those replaced that were set by command.
UsageRulesHook = Callable[[Request, Thing, UsageRules], Awaitable[UsageRules]]

#: Returns further names of things, tasks and people, which count like those of the community's file.
AliasesHook = Callable[[Request], Awaitable[Sequence[Alias]]]


@dataclass(frozen=True)
class Command:
    """A command that people can write.

    `words` are its names in each language, of one word or two; people may use the names of all the room's languages.
    `handle` is called with the request and the arguments by name. It gets None for an argument that is missing and not
    `wanted`. `roles` may use the command; when empty, everybody. A command `without_word` is also meant when its first
    argument stands alone: `!bane 1`. `corrected_by` names the command that runs when a message is edited while the
    proposal it made is unanswered. That command gets the `number` of the proposal and the arguments of the edited
    message, also those that are not wanted, and needs no words.

    `first_for` are the roles whose people see the command in `!hjælp` at once; everybody sees it in `!hjælp alt`. Of a
    feature that says so of none of its commands (None), everybody sees the first few.

    `acts` are the speech acts that the command carries out, so that people can also say it in a sentence: "kan I slå
    bane 1 på fredag?". `is_expected` tells whether a sentence under the card of a subject can mean this command ("Ja"
    under an agreement that waits for this person's answer); without it the command is always possible. `is_settled`
    tells whether what the card shows is agreed: then only words that want a change can mean a command that moves it.
    `is_offered` tells whether the command is offered to the person when the bot does not understand a message under the
    card; without it, it is whenever it is expected. `awaits_text` tells whether the person was asked to write the
    command's TEXT under the card: their next words there are it.

    `variant` may name another command of the feature, as which a text is read: "!book hallen" wants work or the hall.

    A command `changes` what others see, unless it only shows something or sets a person's own settings. Before the
    change it calls `Request.confirm`. Of what is named several times ("bane 1 og 2") it is called for each. A command
    that does not `changes` and takes a TEXT is called once, and looks at the text itself. A command that `sets_own`
    settings of the sender is not called while words are unread: the sender is asked what they mean. `before_several` is
    called with the arguments of each call before several are listed. It may raise `Refused`.
    """

    name: str
    words: Mapping[str, tuple[str, ...]]
    handle: Handler
    arguments: tuple[Argument, ...] = ()
    roles: frozenset[str] = frozenset()
    first_for: frozenset[str] | None = None
    without_word: bool = False
    corrected_by: str | None = None
    acts: frozenset[SpeechAct] = frozenset()
    changes: bool = True
    sets_own: bool = False
    before_several: Callable[[Request, Sequence[Mapping[str, Any]]], Awaitable[None]] | None = None
    is_expected: Callable[[Request, str], Awaitable[bool]] | None = None
    is_settled: Callable[[Request, str], Awaitable[bool]] | None = None
    is_offered: Callable[[Request, str], Awaitable[bool]] | None = None
    awaits_text: Callable[[Request, str], Awaitable[bool]] | None = None
    variant: Callable[[str, ReadingContext], str | None] | None = None

    @cached_property
    def kinds(self) -> Mapping[str, Kind[Any]]:
        """The kinds of the arguments, by the arguments' names."""
        return {argument.name: argument.kind for argument in self.arguments}


@dataclass(frozen=True)
class Feature:
    """Everything that the bot needs to know about a feature. Each handler runs in one transaction.

    Files: `folder` holds `texts/da.yaml` and `en.yaml`, and where needed `migrations/` (an Alembic branch named like
    the feature) and `conversations/`. `tables` are the feature's own.

    Cards: people can tap a message with a subject of the feature ("3" of "bookings/3"), and write in its thread.
    `on_tap` gets the emoji, `on_message` the text.

    Timers: handlers by name. Each is called with its subjects: one, or all that fell due together (as they do while the
    bot is off), so that the room gets one message about all of them. Timers that fell due together are called in the
    order given here. When several fail together, each is called alone.

    People and rooms: `on_leave` is called when `request.person`, whom the file lists or an agreement names, has left
    the room. `on_move` is called when the community has moved to another room, where nobody can see earlier messages.
    `on_configured` is called at the start after the community's file was changed, `on_settings` when `request.person`
    has chosen other settings.

    Agreements: `on_agreement` is called after every step of every agreement of the room, of any feature, in the same
    transaction, with the agreement before (None: it is new) and after the step. Keep in step there what depends on
    agreements, timers above all, and send no message: the feature that took the step does. `on_cleared` is called when
    a thing was taken away for a time and agreements of the feature lost theirs: refresh their cards and tell the
    parties.

    Names: `aliases` returns further names of things, tasks and people ("den lille" for bane 3). They are read wherever
    those of the community's file are.

    Availability: `obstacles` returns what the feature knows to forbid work on a thing, or to advise against it.
    `usage_rules` returns the season and load of a thing where the feature was told otherwise than the file says;
    everybody reads the result with `usage_rules_of`. `on_matches` is called when matches on the community's things have
    changed: with all changes of one calendar, soonest first, so that one message can tell of all.

    Keys: `key_columns` are the columns of `tables` that hold keys of things, tasks or people. When the file gives a
    thing another key (`was:`), they follow.

    `former_names` are earlier names of the feature, oldest first. A community's file may still use them, and database
    rows under them still belong to the feature. Only add to them.
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
    aliases: AliasesHook | None = None
    obstacles: ObstacleHook | None = None
    usage_rules: UsageRulesHook | None = None
    on_matches: Callable[[Request, Sequence[MatchChange]], Awaitable[None]] | None = None
    tables: MetaData | None = None
    key_columns: tuple[KeyColumn, ...] = ()
    former_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the feature, the present one first."""
        return (self.name, *self.former_names)

    @property
    def stored_name(self) -> str:
        """The name in database rows (timers, questions, agreements, subjects): the feature's first name.

        A renamed feature keeps it. So no row has to change, backups fit the program before and after the renaming, and
        a replay gives every message the transaction id that it had.
        """
        return self.former_names[0] if self.former_names else self.name

    @cached_property
    def catalogue(self) -> Catalogue:
        """The feature's own texts and those for it in the languages' folders, over the core's."""
        return Catalogue(CORE, (f"features/{self.name}.yaml", self.folder / "texts"))

    @property
    def migrations(self) -> Path | None:
        """The folder with the migrations of the feature's tables, None without one."""
        folder = self.folder / "migrations"
        return folder if folder.is_dir() else None

    def command(self, name: str) -> Command | None:
        """Return the command with this name."""
        return next((command for command in self.commands if command.name == name), None)

    def words(self, languages: Sequence[str] | None = None) -> dict[str, Command]:
        """Return the words for the commands in some languages (None: in all), each with its command."""
        return {word: command for command in self.commands for word in self.words_of(command, languages)}

    def words_of(self, command: Command, languages: Sequence[str] | None = None) -> list[str]:
        """Return the words for a command, those of the first language first.

        A command without words in these languages keeps the words of all, so that it can be used.
        """
        chosen = command.words if languages is None else languages
        words = [word for code in chosen for word in self.words_in(command, code)]
        return words or [word for in_language in command.words.values() for word in in_language]

    def words_in(self, command: Command, code: str) -> Sequence[str]:
        """Return the words for a command in one language: its own, else those in the language's folder."""
        if not command.words or code in command.words:
            return command.words.get(code, ())
        return find_language(code).commands.get(self.name, {}).get(command.name, ())
