"""Makes a community of what a file says: short names completed, what was left out filled in."""

from pathlib import Path

from bot.config.address import complete_room, complete_user, matrix_address
from bot.config.calendar import Calendar, is_url
from bot.config.community import Care, Community, Limits, Person, Task, Thing
from bot.config.models.community import WrittenCommunity, WrittenPerson, WrittenTask, WrittenThing
from bot.config.usage_rules import Closure, Ground
from bot.reminder_times import Reminders


def build_community(file: Path, written: WrittenCommunity, server_name: str) -> Community:
    """The community in a file without contradictions (bot.config.consistent); the file's stem is its key."""
    return Community(
        key=file.stem,
        name=written.name,
        room=complete_room(written.room, server_name),
        topic=written.topic,
        language=written.language,
        time_zone=written.time_zone,
        greeting=written.greeting or None,
        access=written.access,
        encrypted=written.encrypted,
        people=tuple(_build_person(handle, person, server_name) for handle, person in written.people.items()),
        things=tuple(_build_thing(key, thing, file.absolute().parent) for key, thing in written.things.items()),
        tasks=tuple(_build_task(key, task) for key, task in written.tasks.items()),
        features=written.features,
        hours=written.hours,
        quiet=written.quiet,
        reminders=Reminders(**dict(written.reminders)),
        limits=Limits(**dict(written.limits)),
        server=server_name.casefold(),
        servers=None if written.servers is None else tuple(dict.fromkeys((server_name.casefold(), *written.servers))),
        file=str(file),
    )


def _build_person(handle: str, person: WrittenPerson, server_name: str) -> Person:
    users = (complete_user(short, server_name) for short in person.matrix or (f"@{handle}",))
    addresses = tuple(dict.fromkeys(matrix_address(user) for user in users))
    return Person(handle, person.name or handle, addresses, frozenset(person.roles or ("resident",)), person.language)


def _build_thing(key: str, thing: WrittenThing, folder: Path) -> Thing:
    closed = tuple(
        Closure(closure.why or "", closure.weeks, closure.first, closure.last or closure.first)
        for closure in thing.closed
    )
    ground = Ground(thing.season, closed, thing.hours, thing.hours_a_week)
    calendars = tuple(Calendar(_place(calendar.source, folder), calendar.only) for calendar in thing.calendars)
    care = tuple(Care(task, every) for task, every in thing.every.items())
    return Thing(key, thing.name or key, thing.aliases, ground, calendars, frozenset(thing.kept_by), care)


def _place(source: str, folder: Path) -> str:
    """A file stands beside the community's own."""
    return source if is_url(source) else str(folder / Path(source).expanduser())


def _build_task(key: str, task: WrittenTask) -> Task:
    return Task(
        key,
        task.name or key,
        task.aliases,
        task.duration,
        task.role,
        task.all_year,
        task.before_match,
        task.dry_after,
        task.never_during is not None,
    )
