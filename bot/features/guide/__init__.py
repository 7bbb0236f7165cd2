"""The guide, which every community has: help, names that people teach the bot, and the greeting of a new room."""

import re
from pathlib import Path

from bot.api import TEXT, Argument, Command, Feature, Request, SpeechAct, Text
from bot.api.arguments import KNOWN_NAME, NAMED, NEW_NAME, quotable
from bot.features.guide.teach import forget, understand

#: How many characters of a token are repeated.
MAX_TOKEN_LENGTH = 64
#: Any other token is repeated in quotation marks, so that nobody can make the bot say a sentence.
_WORD = re.compile(r"[\w.:-]+")


async def show_help(request: Request) -> None:
    """`!hjælp`: list the commands of the room, each with an example."""
    sections = [
        request.text(
            "help-section", title=request.text("help-title", of=feature), lines=_command_lines(request, feature)
        )
        for feature in request.features
    ]
    await request.say("help", sections=sections)


def _command_lines(request: Request, feature: Feature) -> list[Text]:
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
    """`!ping TOKEN`: answer with the token."""
    repeated = quotable(token or "", MAX_TOKEN_LENGTH)
    await request.say("pong", token=repeated, is_word=_WORD.fullmatch(repeated) is not None)


feature = Feature(
    name="guide",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "help",
            {"da": ("hjælp",), "en": ("help",)},
            show_help,
            acts=frozenset({SpeechAct.HELP}),
            changes=False,
        ),
        Command(
            "ping",
            {"da": ("ping",), "en": ("ping",)},
            ping,
            (Argument("token", TEXT, wanted=False),),
            changes=False,
        ),
        Command(
            "understand",
            {"da": ("forstå", "lær"), "en": ("understand", "learn")},
            understand,
            (Argument("name", NEW_NAME, wanted=False), Argument("meaning", NAMED, wanted=False)),
            acts=frozenset({SpeechAct.TEACH}),
        ),
        Command("forget", {"da": ("glem",), "en": ("forget",)}, forget, (Argument("name", KNOWN_NAME),)),
    ),
)
