"""The guide: what can be written here, whether the bot is awake, and a welcome to a new room."""

import re
from pathlib import Path

from bot.api import TEXT, Argument, Command, Feature, Request, Text, quotable

#: More of a token is not given back.
LONGEST_TOKEN = 64
#: What is more than a word is given back as a quotation, so that nobody lets us say a sentence of theirs.
_WORD = re.compile(r"[\w.:-]+")


async def help_me(request: Request) -> None:
    """`!hjælp`: every command of the room, with an example."""
    sections = [
        request.text("help-section", title=request.text("help-title", of=feature), lines=_lines(request, feature))
        for feature in request.features
    ]
    await request.say("help", sections=sections)


def _lines(request: Request, feature: Feature) -> list[Text]:
    return [
        request.text(
            "help-line",
            example=request.text(f"example-{command.name}", of=feature),
            what=request.text(f"help-{command.name}", of=feature),
        )
        for command in feature.commands
        if command.words
    ]


async def ping(request: Request, token: str | None) -> None:
    """`!ping TOKEN`: answers at once, with the token."""
    said = quotable(token or "", LONGEST_TOKEN)
    await request.say("pong", token=said, is_word=_WORD.fullmatch(said) is not None)


feature = Feature(
    name="guide",
    folder=Path(__file__).parent,
    commands=(
        Command("help", {"da": ("hjælp",), "en": ("help",)}, help_me),
        Command("ping", {"da": ("ping",), "en": ("ping",)}, ping, (Argument("token", TEXT, wanted=False),)),
    ),
)
