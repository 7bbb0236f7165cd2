"""Grounds: whoever looks after a pitch closes it for a while, and opens it again."""

from pathlib import Path

from bot.api import CHOICE, SPELL, TEXT, THING, Argument, Command, Feature
from bot.features.grounds.close import close
from bot.features.grounds.closings import metadata
from bot.features.grounds.overview import closed, list_closings
from bot.features.grounds.reopen import reopen

_THING = Argument("thing", THING)

feature = Feature(
    name="grounds",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "close",
            {"da": ("luk",), "en": ("close",)},
            close,
            (
                _THING,
                Argument("time", SPELL),
                Argument("reason", TEXT, wanted=False),
                Argument("how", CHOICE, wanted=False),
            ),
        ),
        Command(
            "open", {"da": ("åbn",), "en": ("open", "reopen")}, reopen, (_THING, Argument("time", SPELL, wanted=False))
        ),
        Command(
            "closings",
            {"da": ("lukninger",), "en": ("closings", "closures")},
            list_closings,
            (Argument("thing", THING, wanted=False),),
        ),
    ),
    obstacles=closed,
    tables=metadata,
)
