"""Matches: what is played on the community's things, as calendars elsewhere say."""

from pathlib import Path

from bot.api import THING, TIME, Argument, Command, Feature
from bot.features.matches.show import show_matches

feature = Feature(
    name="matches",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "matches",
            {"da": ("kampe", "kampprogram"), "en": ("matches", "fixtures")},
            show_matches,
            (Argument("thing", THING, wanted=False), Argument("time", TIME, wanted=False)),
        ),
    ),
)
