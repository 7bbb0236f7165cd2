"""People: their settings, and when and in which language a scheduled notice may be sent to them.

A `Person` is a party: a club, a firm or a neighbour, for whom several addresses may act. `Settings` belong to an
address. They are the person's own choices (`Preferences`), and the community's settings where the person chose nothing.
Answers follow the settings by themselves. A feature that sends a message nobody asked for has to respect them:

    at = await when_allowed(request, due, person)
    people = await drop_muted(request, "nudge", agreement.number, person)

- Settings: find_settings, save_settings, Settings, Preferences, Mute
- Notices: language_of, when_allowed, drop_muted, NoticeKind, NOTICE_KINDS
- Languages: language_name, language_names (what a language is called)
- Times: LeadTime ("2 timer før"), QuietHours, Reminders, first_allowed_time, MAX_REMINDERS_BEFORE, MAX_LEAD_TIME
"""

from bot.api.people.notices import drop_muted, language_of, when_allowed
from bot.api.people.settings import find_settings, save_settings
from bot.api.request.settings import NOTICE_KINDS, NoticeKind, Settings
from bot.config.community import Person
from bot.languages.registry import language_name, language_names
from bot.reminder_times import (
    MAX_LEAD_TIME,
    MAX_REMINDERS_BEFORE,
    LeadTime,
    QuietHours,
    Reminders,
    first_allowed_time,
)
from bot.store.people import Mute, Preferences

__all__ = [
    "MAX_LEAD_TIME",
    "MAX_REMINDERS_BEFORE",
    "NOTICE_KINDS",
    "LeadTime",
    "Mute",
    "NoticeKind",
    "Person",
    "Preferences",
    "QuietHours",
    "Reminders",
    "Settings",
    "drop_muted",
    "find_settings",
    "first_allowed_time",
    "language_name",
    "language_names",
    "language_of",
    "save_settings",
    "when_allowed",
]
