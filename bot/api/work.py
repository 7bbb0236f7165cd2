"""Writes the titles of agreements: "slåning af bane 1", "opstilling af stole i hallen", "“fødselsdag” i hallen"."""

from bot.api.feature import Feature, Request
from bot.config.community import Task, Thing
from bot.languages.guess_fit import find_preposition
from bot.store.agreements.agreements import Agreement


def describe_work(request: Request, agreement: Agreement, language: str | None = None) -> str:
    """Return what an agreement is about, with the names that the community's file has now.

    The text is `what` of the agreement's feature, else of the core, in the room's language unless another is given.
    """
    thing = request.community.thing(agreement.thing or "")
    if agreement.is_use:
        return name_use(request, thing or agreement.thing or "", agreement.purpose, language)
    task = request.community.task(agreement.task or "")
    owner = next((feature for feature in request.features if agreement.feature in feature.names), None)
    return _say(request, thing or agreement.thing, task or agreement.task, language, owner)


def name_work(request: Request, thing: Thing, task: Task, language: str | None = None) -> str:
    """Return what a task on a thing is called, in the room's language unless another is given."""
    return _say(request, thing, task, language, None)


def name_use(request: Request, thing: Thing | str, purpose: str | None, language: str | None = None) -> str:
    """Return what the use of a thing is called: "“børnefødselsdag” i hallen"."""
    chosen = language or request.community.language
    name = thing if isinstance(thing, str) else thing.name
    link = find_preposition(None, name, chosen)
    return str(request.text("what-use", chosen, thing=name, purpose=purpose or "", link=link))


def name_activity(request: Request, agreement: Agreement, language: str | None = None) -> str:
    """Return what is done, without the thing: the task, or the purpose of a use."""
    if agreement.is_use:
        return str(request.text("purpose", language, purpose=agreement.purpose or ""))
    task = request.community.task(agreement.task or "")
    return task.name if task else agreement.task or ""


def _say(
    request: Request, thing: Thing | str | None, task: Task | str | None, language: str | None, of: Feature | None
) -> str:
    """Return the title of a task on a thing; each may be a key that the file no longer has, or None."""
    chosen = language or request.community.language
    thing_name, task_name = (value.name if isinstance(value, Thing | Task) else value or "" for value in (thing, task))
    link = find_preposition(task_name, thing_name, chosen)
    return str(request.text("what", chosen, of=of, thing=thing_name, task=task_name, link=link))
