"""Matches: shows the matches on the community's things, as external calendars have them, and plans work around them."""

from pathlib import Path

from bot.api import THING, TIME, Argument, Command, Feature
from bot.features.matches.clash_obstacles import find_match_obstacles
from bot.features.matches.match_changes import tell_about_changes
from bot.features.matches.plan_week import plan_week
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
            changes=False,
        ),
        Command(
            "plan",
            {"da": ("plan", "planlæg"), "en": ("plan",)},
            plan_week,
            (Argument("thing", THING, wanted=False), Argument("time", TIME, wanted=False)),
            changes=False,
            first_for=frozenset({"steward"}),
        ),
    ),
    obstacles=find_match_obstacles,
    on_matches=tell_about_changes,
)
