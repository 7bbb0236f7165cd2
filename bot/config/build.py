"""Builds a Community from its validated file: completes short names and fills in defaults."""

from datetime import timedelta
from pathlib import Path

from bot.config.address import complete_room, complete_user, matrix_address
from bot.config.calendar import Calendar, is_url
from bot.config.community import Community, FormerKey, Limits, Person, RecurringTask, Task, Thing
from bot.config.fitting import find_fitting_things
from bot.config.models.community import CommunityModel, PersonModel, TaskModel, ThingModel
from bot.config.models.thing_parts import UseModel
from bot.config.usage_rules import Closure, UsageRules, UseRules
from bot.languages.registry import DEFAULT_LANGUAGES
from bot.reminder_times import Reminders

_DAY = timedelta(days=1)

#: What the bot does in a community whose file does not say it: everything that comes with the bot.
DEFAULT_FEATURES = ("bookings", "closures", "matches", "reminders", "settings", "calendar")


def build_community(file: Path, model: CommunityModel, server_name: str) -> Community:
    """Return the community of a file in which `bot.config.contradictions` has found no contradictions.

    Its key is the name of the file without suffix.
    """
    return Community(
        key=file.stem,
        name=model.name,
        room=complete_room(model.room, server_name),
        topic=model.topic,
        language=model.language or next(iter(model.languages), DEFAULT_LANGUAGES[0]),
        other_languages=model.languages or DEFAULT_LANGUAGES,
        time_zone=model.time_zone,
        greeting=model.greeting or None,
        access=model.access,
        encrypted=model.encrypted,
        unverified_devices=model.unverified_devices,
        retention=model.retention,
        people=tuple(build_person(handle, person, server_name) for handle, person in model.people.items()),
        things=tuple(build_thing(key, thing, file.absolute().parent) for key, thing in model.things.items()),
        tasks=tuple(build_task(key, task, find_fitting_things(key, task, model)) for key, task in model.tasks.items()),
        features=DEFAULT_FEATURES if model.features is None else model.features,
        hours=model.hours,
        quiet=model.quiet,
        reminders=Reminders(**dict(model.reminders)),
        limits=Limits(**dict(model.limits)),
        school_holidays=tuple((each.name, (each.first, each.last + _DAY)) for each in model.school_holidays),
        server=server_name.casefold(),
        servers=None if model.servers is None else tuple(dict.fromkeys((server_name.casefold(), *model.servers))),
        file=str(file),
        former_keys=_find_former_keys(file.stem, model),
    )


def _find_former_keys(key: str, model: CommunityModel) -> tuple[FormerKey, ...]:
    """Return what stands under `was`, anywhere in the file."""
    former = [FormerKey("community", old, key) for old in model.was]
    former += [FormerKey("person", old, handle) for handle, person in model.people.items() for old in person.was]
    former += [FormerKey("thing", old, key) for key, thing in model.things.items() for old in thing.was]
    former += [FormerKey("task", old, key) for key, task in model.tasks.items() for old in task.was]
    return tuple(former)


def build_person(handle: str, person: PersonModel, server_name: str) -> Person:
    """Return the person of an entry. Short Matrix ids are completed with `server_name`."""
    users = (complete_user(short, server_name) for short in person.matrix or (f"@{handle}",))
    addresses = tuple(dict.fromkeys(matrix_address(user) for user in users))
    return Person(handle, person.name or handle, addresses, frozenset(person.roles or ("resident",)), person.language)


def build_thing(key: str, thing: ThingModel, folder: Path) -> Thing:
    """Return the thing of an entry. Files of calendars are looked for in `folder`."""
    closures = tuple(
        Closure(closure.why or "", closure.weeks, closure.first, closure.last or closure.first)
        for closure in thing.closed
    )
    usage = UsageRules(thing.season, closures, thing.hours, thing.hours_a_week)
    calendars = tuple(Calendar(_resolve_source(calendar.source, folder), calendar.only) for calendar in thing.calendars)
    tasks = tuple(RecurringTask(task, every) for task, every in thing.every.items())
    return Thing(
        key, thing.name or key, thing.aliases, usage, calendars, frozenset(thing.kept_by), tasks, _build_use(thing.use)
    )


def _build_use(use: UseModel | None) -> UseRules | None:
    if use is None:
        return None
    confirmed_by = None if use.confirmed_by == "nobody" else use.confirmed_by
    return UseRules(
        frozenset(use.by),
        use.shortest,
        use.longest,
        use.notice,
        use.ahead,
        use.hours_a_week,
        use.buffer or timedelta(),
        confirmed_by,
    )


def _resolve_source(source: str, folder: Path) -> str:
    """Return a URL as it is; a file name as a path in the folder of the community file."""
    return source if is_url(source) else str(folder / Path(source).expanduser())


def build_task(key: str, task: TaskModel, fitting: frozenset[str] | None) -> Task:
    """Return the task of an entry. `fitting` are the keys of the things that it fits, None for all."""
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
        fitting,
    )
