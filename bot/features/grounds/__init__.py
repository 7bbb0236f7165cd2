"""Grounds: whoever looks after a pitch closes and opens it, and says in which season and how much it is used."""

from pathlib import Path

from bot.api import CHOICE, HOURS, SEASON, SPELL, TEXT, THING, Argument, Command, Feature, WordKind
from bot.features.grounds.bounds import over
from bot.features.grounds.change import BEFORE, FILE, NONE
from bot.features.grounds.close import close
from bot.features.grounds.closings import metadata
from bot.features.grounds.load import set_load
from bot.features.grounds.overview import closed, list_closings
from bot.features.grounds.reopen import reopen
from bot.features.grounds.season import set_season

_THING = Argument("thing", THING)
_ANY_THING = Argument("thing", THING, wanted=False)
_REST = Argument("rest", TEXT, wanted=False)

_OTHERWISE: dict[str, dict[str, tuple[str, ...]]] = {
    BEFORE: {"da": ("som før", "fortryd"), "en": ("as before", "undo")},
    FILE: {
        "da": ("som i filen", "som i opsætningen", "nulstil", "standard"),
        "en": ("as in the file", "reset", "default"),
    },
}
ALL_YEAR = WordKind(
    {
        NONE: {
            "da": ("hele året", "året rundt", "altid", "ingen"),
            "en": ("all year", "the whole year", "always", "none"),
        },
        **_OTHERWISE,
    }
)
NO_LIMIT = WordKind(
    {
        NONE: {
            "da": ("ingen grænse", "uden grænse", "ubegrænset", "ingen"),
            "en": ("no limit", "without limit", "unlimited", "none"),
        },
        **_OTHERWISE,
    }
)

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
            (_ANY_THING,),
        ),
        Command(
            "season",
            {"da": ("sæson", "sæsoner"), "en": ("season", "seasons")},
            set_season,
            (
                _ANY_THING,
                Argument("season", SEASON, wanted=False),
                Argument("otherwise", ALL_YEAR, wanted=False),
                _REST,
            ),
        ),
        Command(
            "load",
            {"da": ("belastning",), "en": ("load",)},
            set_load,
            (_ANY_THING, Argument("load", HOURS, wanted=False), Argument("otherwise", NO_LIMIT, wanted=False), _REST),
        ),
    ),
    obstacles=closed,
    ground=over,
    tables=metadata,
)
