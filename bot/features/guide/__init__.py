"""The guide, which every community has: help, names that people teach the bot, and the greeting of a new room."""

import re
from pathlib import Path

from bot.api import TEXT, Argument, Command, Feature, Request, SpeechAct
from bot.api.arguments import KNOWN_NAME, NAMED, NEW_NAME, quotable
from bot.features.guide.help import ALL, show_help
from bot.features.guide.teach import forget, understand

#: How many characters of a token are repeated.
MAX_TOKEN_LENGTH = 64
#: Any other token is repeated in quotation marks, so that nobody can make the bot say a sentence.
_WORD = re.compile(r"[\w.:-]+")


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
            (Argument("every", ALL, wanted=False), Argument("topic", TEXT, wanted=False)),
            acts=frozenset({SpeechAct.HELP}),
            changes=False,
            first_for=frozenset(),
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
