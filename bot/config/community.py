"""A community as its file describes it: its room, its people, the things to book and the tasks to do."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from bot.config.calendar import Calendar
from bot.config.usage_rules import UsageRules, UseRules
from bot.languages.registry import DEFAULT_LANGUAGES
from bot.reminder_times import QuietHours, Reminders

Role = Literal["club", "contractor", "resident", "steward"]
#: What has a key: the parts of a community, and the community itself.
EntryKind = Literal["thing", "task", "person", "feature", "community"]
Access = Literal["public", "invited"]

#: The roles that may close and open a thing by command, unless the file says otherwise.
DEFAULT_KEPT_BY: frozenset[str] = frozenset({"steward"})

#: The roles of a person whom the file does not list.
UNLISTED_ROLES: frozenset[str] = frozenset({"resident"})


@dataclass(frozen=True)
class Person:
    """A party: a club, a firm or a neighbour. Several addresses may act for it.

    `language` is the language in which the bot writes to the party; None is the language of the room. `aliases` are
    further names, by which people call the party.
    """

    handle: str
    name: str
    addresses: tuple[str, ...]
    roles: frozenset[str] = UNLISTED_ROLES
    language: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecurringTask:
    """A task that a thing needs again and again. `every` is the interval; None means before each of its matches."""

    task: str
    every: timedelta | None


@dataclass(frozen=True)
class Thing:
    """Something that can be booked: a pitch, a hall, a mower.

    `usage` has the usage rules in the file; commands may have changed them since
    (`bot.api.availability.usage_rules_of`). `calendars` have the matches on the thing. Persons with a role in `kept_by`
    may close it. `!plan` proposes its `recurring_tasks`. People can reserve it for their own use under the rules
    in `use`; with None it is only worked on.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    usage: UsageRules = field(default_factory=UsageRules)
    calendars: tuple[Calendar, ...] = ()
    kept_by: frozenset[str] = DEFAULT_KEPT_BY
    recurring_tasks: tuple[RecurringTask, ...] = ()
    use: UseRules | None = None


@dataclass(frozen=True)
class Task:
    """A kind of work, such as mowing, with its usual duration and the role that does it.

    An `all_year` task is also done out of season. The task is best done within `before_match` before a match, from its
    beginning to its end. For `dry_after` after the task, the thing should have no match and no other work. During a
    match the task is refused with `never_during_match`; otherwise people are only warned.

    `things` are the keys of the things that the task fits; None means all.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    duration: timedelta
    role: str
    all_year: bool = False
    before_match: timedelta | None = None
    dry_after: timedelta | None = None
    never_during_match: bool = False
    things: frozenset[str] | None = None

    def fits(self, thing: Thing) -> bool:
        """Whether the task is work that can be done on a thing."""
        return self.things is None or thing.key in self.things


#: What an alias can name.
Named = Thing | Task | Person


@dataclass(frozen=True)
class Alias:
    """A further name for a "thing", a "task" or a "person" (the `kind`) with a key or handle."""

    name: str
    kind: str
    key: str

    @classmethod
    def of(cls, name: str, value: Named) -> "Alias":
        """Return the alias that gives a name to a thing, a task or a person."""
        if isinstance(value, Person):
            return cls(name, "person", value.handle)
        return cls(name, "thing" if isinstance(value, Thing) else "task", value.key)

    def means(self, value: Named) -> bool:
        """Return whether the alias is a name of a value."""
        return self == Alias.of(self.name, value)


@dataclass(frozen=True)
class FormerKey:
    """A former key of a thing, a task, a person or the community, and the key it has now."""

    kind: EntryKind
    old: str
    new: str


@dataclass(frozen=True)
class WrittenEntry:
    """A thing, a task or a person as its file has it: the line of its key, and its values (`bot.config.kept`)."""

    kind: EntryKind
    key: str
    line: int
    text: str


@dataclass(frozen=True)
class Limits:
    """Limits of a community, each a number or None for no limit.

    `person` and `room` limit the commands, answers and taps a minute of one person and of the whole room. `proposals`
    limits the unanswered proposals of one party.
    """

    person: int | None = None
    room: int | None = None
    proposals: int | None = None


@dataclass(frozen=True)
class Community:
    """A community with its room. `hours` is the part of the local day in which work may be offered.

    `quiet` are the quiet hours and `reminders` the times of reminders, unless a person chooses others. The bot speaks
    `language` in the room, and also understands `other_languages`. `server` is the bot's homeserver. `servers` are the
    homeservers whose people may take part; None means all. `school_holidays` have a name, a first day and the day after
    the last.

    A thing, a task or a person is also found by one of the `former_keys`: rows in the database may have it. `removed`
    are those that the file no longer has, that agreements still name, and that nothing in the file looks like.
    `written` is what stands in the file.
    """

    key: str
    name: str
    room: str
    topic: str = ""
    language: str = DEFAULT_LANGUAGES[0]
    other_languages: tuple[str, ...] = DEFAULT_LANGUAGES
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Copenhagen"))
    greeting: str | None = None
    access: Access = "invited"
    encrypted: bool = False
    unverified_devices: bool = False
    retention: timedelta = timedelta(days=30)
    people: tuple[Person, ...] = ()
    things: tuple[Thing, ...] = ()
    tasks: tuple[Task, ...] = ()
    features: tuple[str, ...] = ()
    hours: tuple[time, time] = (time(7), time(21))
    quiet: QuietHours | None = field(default_factory=lambda: QuietHours(time(21), time(8)))
    reminders: Reminders = field(default_factory=Reminders)
    limits: Limits = field(default_factory=Limits)
    school_holidays: tuple[tuple[str, tuple[date, date]], ...] = ()
    server: str = ""
    servers: tuple[str, ...] | None = None
    file: str = ""
    former_keys: tuple[FormerKey, ...] = ()
    removed: tuple[tuple[EntryKind, str], ...] = ()
    written: tuple[WrittenEntry, ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages understood in the room. A text that one of them lacks is taken from the next one."""
        return tuple(dict.fromkeys((self.language, *self.other_languages)))

    def person_at(self, address: str) -> Person | None:
        """Return the person with an address; None when the file does not list the address."""
        return self._by_address.get(address)

    def is_open_to(self, server: str) -> bool:
        """Whether people of a homeserver may take part."""
        return self.servers is None or server in self.servers

    def people_with(self, role: str) -> tuple[Person, ...]:
        """Return the persons with a role, in the order of the file."""
        return tuple(person for person in self.people if role in person.roles)

    def roles_at(self, address: str) -> frozenset[str]:
        """Return the roles of the person with an address; a person whom the file does not list is a resident."""
        person = self.person_at(address)
        return UNLISTED_ROLES if person is None else person.roles

    def person(self, handle: str) -> Person | None:
        """Return the person with a handle, if any."""
        return self._by_handle.get(handle) or self._by_handle.get(self.present_key("person", handle))

    def named(self, alias: Alias) -> Named | None:
        """Return the thing, task or person that an alias means, if there is one."""
        values: tuple[Named, ...] = (*self.things, *self.tasks, *self.people)
        return next((value for value in values if alias.means(value)), None)

    def thing(self, key: str) -> Thing | None:
        """Return the thing with a key, if any."""
        keys = (key, self.present_key("thing", key))
        return next((thing for thing in self.things if thing.key in keys), None)

    def task(self, key: str) -> Task | None:
        """Return the task with a key, if any."""
        keys = (key, self.present_key("task", key))
        return next((task for task in self.tasks if task.key in keys), None)

    def present_key(self, kind: EntryKind, key: str) -> str:
        """Return the key that something has now, by a key that it has or had."""
        return next((former.new for former in self.former_keys if (former.kind, former.old) == (kind, key)), key)

    @cached_property
    def _by_address(self) -> dict[str, Person]:
        return {address: person for person in self.people for address in person.addresses}

    @cached_property
    def _by_handle(self) -> dict[str, Person]:
        return {person.handle: person for person in self.people}
