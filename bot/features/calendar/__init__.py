"""The calendar: a week of a thing or of all things, as a picture and as text."""

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
            changes=False,
            first_for=frozenset({"club", "contractor", "resident", "steward"}),
        ),
    ),
)
