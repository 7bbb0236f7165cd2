"""What anybody may tap: a message with commands under it, each carried out for whoever taps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.api.arguments import DIGITS
from bot.api.request import Request
from bot.config.community import Person
from bot.languages.catalogue import Text
from bot.store.messages.questions import insert_public_question

#: More than this many in one message nobody reads on a phone.
AT_ONCE = 6


@dataclass(frozen=True)
class Doing:
    """A command of any feature of the room, by its name, with arguments by theirs, and what people read of it."""

    label: object
    command: str
    said: Mapping[str, Any] = field(default_factory=dict)


async def offer_doings(
    request: Request,
    key: str,
    doings: Sequence[Doing],
    *,
    under: int | None = None,
    notify: Iterable[Person] = (),
    foot: Text | None = None,
    **values: Any,
) -> None:
    """Say something to the room, in its language, with at most nine things to do, under a card if one is given.

    `foot` is said below them.

    Each tap carries the command out as if the person who tapped had written it: asked about and refused like that, as
    often as it is tapped. Of a command that the room does not have, nothing is offered.
    """
    named = {command.name: (one, command) for one in reversed(request.features) for command in one.commands}
    options: list[list[Any]] = []
    for doing, emoji in zip((one for one in doings if one.command in named), DIGITS, strict=False):
        feature, command = named[doing.command]
        kinds = {argument.name: argument.kind for argument in command.arguments}
        said = {name: kinds[name].keep(value) for name, value in doing.said.items()}
        options.append(
            [emoji, str(doing.label), {"feature": feature.stored_name, "command": command.name, "said": said}]
        )
    where = {"place": request.home, "feature": request.feature, "requester": request.cause.sender}
    offer = await insert_public_question(request.db, request.now, **where, options=options)
    language = request.community.language
    shown = [{"emoji": emoji, "label": label} for emoji, label, _ in options]
    text = request.text("doings", language, text=request.text(key, language, **values), options=shown, foot=foot or "")
    taps = [emoji for emoji, *_ in options]
    await request.tell_rendered(text, f"question/{offer}", taps, under=under, notify=notify)
