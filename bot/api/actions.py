"""Sends a message with commands to choose from.

Whoever taps an emoji under it runs that command under their own name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.api.feature import Request
from bot.api.request.question import NUMBER_EMOJI
from bot.config.community import Person
from bot.languages.catalogue import Text
from bot.store.messages.questions import insert_public_question

#: More actions in one message are not read on a phone.
ACTIONS_PER_MESSAGE = 6


@dataclass(frozen=True)
class Action:
    """A command of any feature of the room, by its name, with its arguments by name, and the label that people read."""

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
    """Send the room a text and a numbered list of actions, at most nine, with an emoji to tap for each.

    `foot` is written below the list. `under` is the card in whose thread the message goes, if any. A tap runs the
    command as if the person who tapped had written it: the command may ask and refuse, and can be run again. An action
    whose command the room does not have is left out.
    """
    commands = {
        command.name: (feature, command) for feature in reversed(request.features) for command in feature.commands
    }
    available = [action for action in actions if action.command in commands]
    options: list[list[Any]] = []
    for action, emoji in zip(available, NUMBER_EMOJI, strict=False):
        feature, command = commands[action.command]
        stored = {name: command.kinds[name].to_json(value) for name, value in action.arguments.items()}
        call = {"feature": feature.stored_name, "command": command.name, "said": stored}
        options.append([emoji, str(action.label), call])
    where = {"place": request.place, "feature": request.feature, "requester": request.cause.sender}
    question = await insert_public_question(request.db, request.now, **where, options=options)
    language = request.community.language
    labels = [{"emoji": emoji, "label": label} for emoji, label, _ in options]
    intro = request.text(key, language, **values)
    text = request.text("actions", language, text=intro, options=labels, foot=foot or "")
    taps = [emoji for emoji, *_ in options]
    await request.tell_rendered(text, f"question/{question}", taps, under=under, notify=notify)
