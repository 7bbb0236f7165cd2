"""A community as the program sees it: its room, its people, what can be booked and what can be done."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from bot.config.calendar import Calendar
from bot.config.usage_rules import UsageRules
from bot.languages.registry import DEFAULT_LANGUAGES
from bot.reminder_times import QuietHours, Reminders

Role = Literal["club", "contractor", "resident", "steward"]
Access = Literal["public", "invited"]

#: Who closes and opens a thing of which the file does not say otherwise.
DEFAULT_KEPT_BY: frozenset[str] = frozenset({"steward"})

#: What somebody is whom the file does not list.
UNLISTED_ROLES: frozenset[str] = frozenset({"resident"})


@dataclass(frozen=True)
class Person:
    """A party: a club, a firm or a neighbour. Several addresses may act for it; `language` None is the room's own."""

    handle: str
    name: str
    addresses: tuple[str, ...]
    roles: frozenset[str] = UNLISTED_ROLES
    language: str | None = None


@dataclass(frozen=True)
class RecurringTask:
    """Work that a thing needs: the key of the task, and how often. None: before each of its matches."""

    task: str
    every: timedelta | None


@dataclass(frozen=True)
class Thing:
    """What can be booked: a pitch, a hall, a mower.

    `ground` is what the file says of its use; `bot.api.ground_of` has what was said by command since. `calendars` are
    where its matches stand; whoever has one of the roles in `kept_by` may close it; `care` is the work
    it needs, which `!plan` proposes.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    usage: UsageRules = field(default_factory=UsageRules)
    calendars: tuple[Calendar, ...] = ()
    kept_by: frozenset[str] = DEFAULT_KEPT_BY
    recurring_tasks: tuple[RecurringTask, ...] = ()


@dataclass(frozen=True)
class Task:
    """What can be done, how long it takes and the role that does it; some of it `all_year`, out of season as well.

    It is best done within `before_match` before a match, all of it. Until `dry_after` after it the thing is better left
    alone: no match, no other work. With `never_during_match` it is refused while a match is on, without it warned of.
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


@dataclass(frozen=True)
class Limits:
    """How much a minute somebody, and the whole place, is heard, and how many of their proposals may be unanswered.

    None: as much as they like.
    """

    person: int | None = None
    room: int | None = None
    proposals: int | None = None


@dataclass(frozen=True)
class Community:
    """One village, one room. `hours` is the part of the local day in which work may be offered.

    `quiet` is the part in which nobody is disturbed, `reminders` what the clock says; people may choose otherwise.

    `language` is what the bot speaks to the room, `other_languages` what it understands besides.

    `server` is our own homeserver, `servers` those whose people may take part (None: all).
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
    people: tuple[Person, ...] = ()
    things: tuple[Thing, ...] = ()
    tasks: tuple[Task, ...] = ()
    features: tuple[str, ...] = ()
    hours: tuple[time, time] = (time(7), time(21))
    quiet: QuietHours | None = field(default_factory=lambda: QuietHours(time(21), time(8)))
    reminders: Reminders = field(default_factory=Reminders)
    limits: Limits = field(default_factory=Limits)
    server: str = ""
    servers: tuple[str, ...] | None = None
    file: str = ""

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that are understood here, in the order in which a missing sentence falls back."""
        return tuple(dict.fromkeys((self.language, *self.other_languages)))

    def person_at(self, address: str) -> Person | None:
        """Whose address this is, None for somebody the file does not list."""
        return self._by_address.get(address)

    def is_open_to(self, server: str) -> bool:
        """Whether people from a homeserver may take part."""
        return self.servers is None or server in self.servers

    def people_with(self, role: str) -> tuple[Person, ...]:
        """Everybody listed with a role, in the file's order."""
        return tuple(person for person in self.people if role in person.roles)

    def roles_at(self, address: str) -> frozenset[str]:
        """The roles of whoever writes from an address; somebody not listed is a resident."""
        person = self.person_at(address)
        return UNLISTED_ROLES if person is None else person.roles

    def person(self, handle: str) -> Person | None:
        """The person with a handle."""
        return self._by_handle.get(handle)

    def thing(self, key: str) -> Thing | None:
        """The thing with a key."""
        return next((thing for thing in self.things if thing.key == key), None)

    def task(self, key: str) -> Task | None:
        """The task with a key."""
        return next((task for task in self.tasks if task.key == key), None)

    @cached_property
    def _by_address(self) -> dict[str, Person]:
        return {address: person for person in self.people for address in person.addresses}

    @cached_property
    def _by_handle(self) -> dict[str, Person]:
        return {person.handle: person for person in self.people}
