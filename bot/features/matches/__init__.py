"""Matches: what is played on the community's things, as calendars elsewhere say, and the work that goes with it."""

from pathlib import Path

from bot.api import THING, TIME, Argument, Command, Feature
from bot.features.matches.clash import find_match_obstacles
from bot.features.matches.propose import plan_week
from bot.features.matches.show import show_matches
from bot.features.matches.speak import speak_up

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
        Command(
            "plan",
            {"da": ("plan", "planlæg"), "en": ("plan",)},
            plan_week,
            (Argument("thing", THING, wanted=False), Argument("time", TIME, wanted=False)),
        ),
    ),
    obstacles=find_match_obstacles,
    on_matches=speak_up,
)
