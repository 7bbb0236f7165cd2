"""Settings: people choose their language, and the times and kinds of their notices."""

from collections.abc import Mapping
from pathlib import Path

from bot.api import TEXT, Argument, Command, Feature
from bot.api.arguments import AGREEMENT_REFERENCE, QUIET_HOURS, REMINDER_TIMES, UNTIL_FROM_NOW, ReadingContext, WordKind
from bot.api.people import language_names
from bot.features.settings.choose import choose_language, choose_quiet, choose_times
from bot.features.settings.mute import mute, unmute
from bot.features.settings.overview import show_settings


class LanguageKind(WordKind):
    """A language of the community, or "usual" for the language of the room."""

    def choices(self, context: ReadingContext) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Return the community's languages in alphabetical order of their codes, then the other values."""
        return {code: language_names(code) for code in sorted(context.community.languages)} | {**self.words}


LANGUAGE = LanguageKind(
    {
        "usual": {
            "da": ("rummets sprog", "som rummet", "rummets"),
            "en": ("the room's language", "like the room", "the room's"),
        },
    },
    "ask-language",
)

#: The kinds of notices that can be muted; "" stands for all kinds.
NOTICE_KIND = WordKind(
    {
        "": {"da": ("alt", "det hele"), "en": ("everything", "all")},
        "before": {"da": ("påmindelser", "påmindelse"), "en": ("reminders", "reminder")},
        "day": {"da": ("dagens arbejde", "dagens opgaver"), "en": ("the day's work", "today's work")},
        "week": {"da": ("ugens arbejde", "ugens opgaver"), "en": ("the week's work", "this week's work")},
        "done": {"da": ("opfølgning", "opfølgninger"), "en": ("follow-ups", "follow-up")},
        "nudge": {"da": ("rykkere", "rykker"), "en": ("nudges", "nudge")},
    }
)

_MUTE = (
    Argument("until", UNTIL_FROM_NOW, wanted=False),
    Argument("number", AGREEMENT_REFERENCE, wanted=False),
    Argument("what", NOTICE_KIND, wanted=False),
    Argument("rest", TEXT, wanted=False),
)

feature = Feature(
    name="settings",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "settings",
            {"da": ("mine indstillinger", "indstillinger"), "en": ("my settings", "settings")},
            show_settings,
            changes=False,
            first_for=frozenset(),
        ),
        Command(
            "language",
            {"da": ("sprog",), "en": ("language",)},
            choose_language,
            (Argument("language", LANGUAGE),),
            changes=False,
            sets_own=True,
        ),
        Command(
            "times",
            {"da": ("påmind", "påmind mig"), "en": ("remind", "remind me")},
            choose_times,
            (Argument("times", REMINDER_TIMES),),
            changes=False,
            sets_own=True,
        ),
        Command(
            "quiet",
            {"da": ("ro",), "en": ("quiet",)},
            choose_quiet,
            (Argument("hours", QUIET_HOURS),),
            changes=False,
            sets_own=True,
        ),
        Command("mute", {"da": ("stille",), "en": ("mute",)}, mute, _MUTE, changes=False, sets_own=True),
        Command("unmute", {"da": ("lyd",), "en": ("unmute",)}, unmute, _MUTE[1:], changes=False, sets_own=True),
    ),
)
