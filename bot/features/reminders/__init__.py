"""Reminders: notices of coming times, of the work of the day and the week, and of owed answers. Each is sent once."""

from pathlib import Path

from bot.api import AGREEMENT_NUMBER, Argument, Command, Feature
from bot.api.arguments import UNTIL
from bot.features.reminders.send_due import send_due_notices
from bot.features.reminders.sent import metadata
from bot.features.reminders.set_timers import TIMER, update_for_file, update_for_settings, update_for_step
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
            changes=False,
            sets_own=True,
            first_for=frozenset(),
        ),
    ),
    on_agreement=update_for_step,
    on_configured=update_for_file,
    on_settings=update_for_settings,
    timers={TIMER: send_due_notices},
    tables=metadata,
)
