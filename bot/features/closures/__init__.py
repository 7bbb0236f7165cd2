"""Closures: the maintainers of a thing close and open it, and set its season and its load.

The former name of the feature is `grounds`. Its tables and migrations still have that name.
"""

from pathlib import Path

from bot.api import CHOICE, TEXT, THING, TIME, Argument, Command, Feature, SpeechAct
from bot.api.arguments import HOURS_PER_WEEK, PERIOD, SEASON
from bot.features.closures.close import close
from bot.features.closures.closure_table import KEY_COLUMNS as _CLOSURE_KEYS
from bot.features.closures.closure_table import metadata
from bot.features.closures.overview import find_closure_obstacles, list_closures
from bot.features.closures.reopen import reopen
from bot.features.closures.season import set_season
from bot.features.closures.usage_rule_table import KEY_COLUMNS as _RULE_KEYS
from bot.features.closures.usage_rule_table import apply_rules
from bot.features.closures.weekly_load import set_load, show_hours_left

_THING = Argument("thing", THING)
_ANY_THING = Argument("thing", THING, wanted=False)
_REST = Argument("rest", TEXT, wanted=False)

feature = Feature(
    name="closures",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "close",
            {"da": ("luk",), "en": ("close",)},
            close,
            (
                _THING,
                Argument("time", PERIOD),
                Argument("reason", TEXT, wanted=False),
                Argument("how", CHOICE, wanted=False),
            ),
            acts=frozenset({SpeechAct.CLOSE}),
            first_for=frozenset({"steward"}),
        ),
        Command(
            "open",
            {"da": ("åbn", "luk op"), "en": ("open", "reopen", "open up")},
            reopen,
            (_THING, Argument("time", PERIOD, wanted=False)),
            acts=frozenset({SpeechAct.OPEN}),
        ),
        Command(
            "closings",
            {"da": ("lukninger",), "en": ("closings", "closures")},
            list_closures,
            (_ANY_THING,),
            changes=False,
        ),
        Command(
            "season",
            {"da": ("sæson", "sæsoner"), "en": ("season", "seasons")},
            set_season,
            (_ANY_THING, Argument("season", SEASON, wanted=False), _REST),
            changes=False,
        ),
        Command(
            "load",
            {"da": ("belastning",), "en": ("load",)},
            set_load,
            (_ANY_THING, Argument("load", HOURS_PER_WEEK, wanted=False), _REST),
            changes=False,
        ),
        Command(
            "hours-left",
            {"da": ("resttid",), "en": ("hours left", "left")},
            show_hours_left,
            (_THING, Argument("time", TIME, wanted=False)),
            acts=frozenset({SpeechAct.HOW_MUCH}),
            changes=False,
        ),
    ),
    obstacles=find_closure_obstacles,
    usage_rules=apply_rules,
    tables=metadata,
    key_columns=(*_CLOSURE_KEYS, *_RULE_KEYS),
    former_names=("grounds",),
)
