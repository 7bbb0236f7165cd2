"""Reminders: what is coming, the day's and the week's work, and answers that are owed, said in good time and once."""

from pathlib import Path

from bot.api import AGREEMENT_NUMBER, UNTIL, Argument, Command, Feature
from bot.features.reminders.due import say_what_is_due
from bot.features.reminders.plan import TIMER, follow_agreement, follow_file, follow_settings
from bot.features.reminders.said import metadata
from bot.features.reminders.snooze import snooze

feature = Feature(
    name="reminders",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "snooze",
            {"da": ("udsæt",), "en": ("snooze",)},
            snooze,
            (Argument("number", AGREEMENT_NUMBER, wanted=False), Argument("until", UNTIL)),
        ),
    ),
    on_agreement=follow_agreement,
    on_configured=follow_file,
    on_settings=follow_settings,
    timers={TIMER: say_what_is_due},
    tables=metadata,
)
