"""The calendar: what happens in a week, on one thing or on all of them, as a picture and in words."""

from pathlib import Path

from bot.api import TEXT, THING, TIME, Argument, Command, Feature
from bot.features.calendar.show import show_calendar

feature = Feature(
    name="calendar",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "calendar",
            {"da": ("kalender", "kalenderen"), "en": ("calendar",)},
            show_calendar,
            (
                Argument("thing", THING, wanted=False),
                Argument("time", TIME, wanted=False),
                Argument("rest", TEXT, wanted=False),
            ),
        ),
    ),
)
