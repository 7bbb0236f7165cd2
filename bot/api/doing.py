"""What anybody may tap: a message with commands under it, each carried out for whoever taps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.api.arguments import NUMBER_EMOJI
from bot.api.request import Request
from bot.config.community import Person
from bot.languages.catalogue import Text
from bot.store.messages.questions import insert_public_question

#: More than this many in one message nobody reads on a phone.
ACTIONS_PER_MESSAGE = 6


@dataclass(frozen=True)
class Action:
    """A command of any feature of the room, by its name, with arguments by theirs, and what people read of it."""

    label: object
    command: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


async def offer_actions(
    request: Request,
    key: str,
    actions: Sequence[Action],
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
    for doing, emoji in zip((one for one in actions if one.command in named), NUMBER_EMOJI, strict=False):
        feature, command = named[doing.command]
        kinds = {argument.name: argument.kind for argument in command.arguments}
        said = {name: kinds[name].to_json(value) for name, value in doing.arguments.items()}
        options.append(
            [emoji, str(doing.label), {"feature": feature.stored_name, "command": command.name, "said": said}]
        )
    where = {"place": request.place, "feature": request.feature, "requester": request.cause.sender}
    offer = await insert_public_question(request.db, request.now, **where, options=options)
    language = request.community.language
    shown = [{"emoji": emoji, "label": label} for emoji, label, _ in options]
    text = request.text("actions", language, text=request.text(key, language, **values), options=shown, foot=foot or "")
    taps = [emoji for emoji, *_ in options]
    await request.tell_rendered(text, f"question/{offer}", taps, under=under, notify=notify)
