"""The commands `understand` and `forget`: people teach the bot further names for things, tasks and people."""

from bot.api import Ask, Person, Refused, Request, Text, shorten_list
from bot.api.arguments import (
    MAX_NAME_LENGTH,
    NAMED,
    Alias,
    MeaningKind,
    Named,
    TaughtName,
    add_name,
    end_name,
    find_meaning,
    list_names,
)
from bot.features.guide.help import find_example_names

#: Names that a community can teach. Every message is compared with all of them.
MAX_NAMES = 100
_TEACHER = "steward"


async def understand(request: Request, name: str | None, meaning: Named | None) -> None:
    """`!forstå "den lille" som bane 3` teaches a name; `!forstå` and `!forstå bane 3` list what was taught."""
    if name is None:
        await _list(request, meaning)
        return
    if request.must_confirm and meaning is not None and _TEACHER not in request.person.roles:
        raise Refused("teach-by-steward", name=name, meaning=meaning.name)
    _check_teacher(request)
    if len(name) > MAX_NAME_LENGTH or not any(character.isalpha() for character in name):
        raise Refused("no-name", name=name, limit=MAX_NAME_LENGTH)
    known = await _find(request, name)
    _check_free(request, name, known, meaning)
    if meaning is None:
        raise Ask("meaning", "ask-meaning", NAMED.options(request.reading_context), name=name)
    if len(await list_names(request)) >= MAX_NAMES:
        raise Refused("too-many-names", limit=MAX_NAMES)
    request.confirm("do-understand", name=name, meaning=meaning.name)
    await add_name(request, Alias.of(name, meaning))
    await request.say("understood", name=name, meaning=meaning.name)


async def forget(request: Request, name: str) -> None:
    """`!glem "den lille"` forgets a name that was taught."""
    known = await _find(request, name)
    if known is None:
        raise Refused("not-taught", name=name)
    _check_teacher(request)
    request.confirm("do-forget", name=known.alias.name, meaning=_describe(request, known.alias))
    await end_name(request, known)
    await request.say("forgotten", name=known.alias.name, meaning=_describe(request, known.alias))


def _check_teacher(request: Request) -> None:
    if _TEACHER not in request.person.roles:
        raise Refused("not-allowed", roles=request.text(f"role-{_TEACHER}"))


def _check_free(request: Request, name: str, known: TaughtName | None, meaning: Named | None) -> None:
    """Raise `Refused` for a name that means something already."""
    if known is not None and meaning is not None and known.alias.means(meaning):
        raise Refused("understood-already", name=name, meaning=meaning.name)
    if known is not None:
        raise Refused("means-another", name=name, meaning=_describe(request, known.alias), taught=True)
    commands = [word for feature in request.features for word in feature.words(request.community.languages)]
    found = find_meaning(name, request.reading_context, commands)
    if found is None:
        return
    if found.kind is MeaningKind.NAME and found.value is not None:
        key = "understood-already" if found.value == meaning else "means-another"
        raise Refused(key, name=name, meaning=found.value.name, taught=False)
    raise Refused(f"means-{found.kind}", name=name)


async def _find(request: Request, name: str) -> TaughtName | None:
    """Return the taught name that equals `name` apart from capitals and blanks."""
    taught = await list_names(request)
    return next((one for one in taught if _for_comparison(one.alias.name) == _for_comparison(name)), None)


def _for_comparison(name: str) -> str:
    return " ".join(name.casefold().split())


async def _list(request: Request, meaning: Named | None) -> None:
    taught = [one for one in await list_names(request) if meaning is None or one.alias.means(meaning)]
    example = request.text("example-understand", **find_example_names(request))
    if not taught:
        await request.say("nothing-taught", meaning=meaning.name if meaning else "", example=example)
        return
    lines = [
        request.text(
            "taught-line",
            name=one.alias.name,
            meaning=_describe(request, one.alias),
            by=request.find_person(one.taught_by).name,
            at=request.local_time(request.local(one.taught_at).date(), None),
        )
        for one in taught
    ]
    await request.say("taught", lines=shorten_list(request, lines))


def _describe(request: Request, alias: Alias) -> str | Text | Person:
    """Return the name of the value that an alias means; its key when the community's file no longer has it."""
    value = request.community.named(alias)
    return alias.key if value is None else value.name
