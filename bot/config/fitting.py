"""Finds the things that a task fits: those that the file says, else those that its names do not rule out."""

from bot.config.models.community import CommunityModel, TaskModel, ThingModel
from bot.languages.guess_fit import ground_of_thing, ground_of_work
from bot.languages.registry import DEFAULT_LANGUAGES


def find_fitting_things(key: str, task: TaskModel, model: CommunityModel) -> frozenset[str] | None:
    """Return the keys of the things that a task fits; None for all of them.

    Without a word in the file, a thing that needs the task fits. Any other thing fits unless its names say that it has
    another kind of ground than the work: a hall is not mown.
    """
    if task.fits:
        return frozenset(task.fits)
    languages = model.languages or DEFAULT_LANGUAGES
    ground = ground_of_work((task.name or key, key, *task.aliases), languages)
    if ground is None:
        return None
    fitting = frozenset(
        name
        for name, thing in model.things.items()
        if key in thing.every or _ground_of(name, thing, languages) in (ground, None)
    )
    return None if len(fitting) in (0, len(model.things)) else fitting


def _ground_of(key: str, thing: ThingModel, languages: tuple[str, ...]) -> object:
    return ground_of_thing((thing.name or key, key, *thing.aliases), languages)
