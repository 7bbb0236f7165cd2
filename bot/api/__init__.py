"""Everything a feature is written with. Our own features import this and nothing else of Bylaug.

    from bot.api import Argument, Command, Feature, Request, Refused, THING, TIME

A feature is a package with a `Feature` named `feature` in it: commands with the arguments they take, what happens when
its cards are tapped and talked under, timers, and beside it its texts, tables, migrations and conversations.
docs/features.md writes one from the first line to the last.

- Declare:   Feature, Command, Argument and its kinds THING, TASK, PERSON, NUMBER, TIME, SPELL, TEXT, CHOICE
- Answer:    Request (say, show, show_picture, change, tell, text, time, remind, forget, db), Refused (a no), Ask and
             Option (a question)
- Offer:     offer_doings, Doing, AT_ONCE (what anybody in the room may tap)
- Agree:     propose, correct, take_step, let_pass, find_agreement, list_agreements, steps_of, show_as,
             State, Step, Side, Terms, Agreement, Span (any other stretch of time)
- Be free:   obstacles, obstacles_in, Obstacle, bookings_of, free_times, next_free, best_times
- Be known:  ground_of, UsageRules, Season (what a thing can be used for, as it is said now), SEASON and HOURS
             (arguments), Bound
- Be played on: matches_in, unread_since, Match, MatchChange (what the calendars of others hold)
- Give way:  hits, clear, Hit, Cleared (what happens to agreements when a thing is closed)
- Stand to matches: clashes, Clash, touching, reach, best_hours, Best, matches_near, booked_for
- Weigh:     spans_in, is_clear, uses_of, hours_within, week_of, Care (for whoever plans)
- Come again: series_of, without, at_clock, at_weekday, as_said, holidays_in, holiday_on, part, skip,
             WHICH and WHICH_MOVED (arguments)
- Keep:      Moment (a column), request.db, migrations beside the feature
- Show:      Picture, draw_week, and what a week is drawn from: Week, WeekDay, WeekLane, WeekEntry, WeekWords, Look
- Be brief:  in_brief, A_FEW
- Be kind:   settings_of, keep_settings, Settings, Preferences, Mute, Notice, language_of, who_hears, when_allowed,
             first_allowed_time, LeadTime, QuietHours, Reminders,
             AGREEMENT, BEFORE, QUIET, UNTIL, WordKind (arguments), USUAL
- Read:      find_time, window_of, yes_or_no, sign_of, is_pleasantry, quotable
- Write:     write_number, write_day_of_year (times and people are written by themselves)
"""

from bot.agreements.negotiation import Offer, Terms
from bot.agreements.states import HOLDING, SETTLED, Side, State, Step
from bot.api.arguments import (
    CHOICE,
    NO,
    NUMBER,
    PERSON,
    TASK,
    TEXT,
    THING,
    TIME,
    YES,
    About,
    Argument,
    find_time,
)
from bot.api.asking import Ask, Option
from bot.api.availability.best import best_times, is_clear, spans_in
from bot.api.availability.booking import Booking, bookings_of
from bot.api.availability.clearing import Cleared, Hit, clear, hits
from bot.api.availability.free import free_times, next_free
from bot.api.availability.load import hours_within, uses_of, week_of
from bot.api.availability.matches import MatchChange, matches_in, unread_since
from bot.api.availability.obstacle import Obstacle, obstacles, obstacles_in
from bot.api.availability.present import ground_of
from bot.api.availability.relation import Best, Clash, best_hours, booked_for, clashes, matches_near, reach, touching
from bot.api.brief import A_FEW, in_brief
from bot.api.doing import AT_ONCE, Doing, offer_doings
from bot.api.feature import Command, Feature
from bot.api.negotiation import (
    correct,
    find_agreement,
    let_pass,
    list_agreements,
    part,
    propose,
    series_behind,
    show_as,
    skip,
    steps_of,
    take_step,
)
from bot.api.picture import Picture, draw_week
from bot.api.request import Request
from bot.api.said.measure import HOURS, SEASON, Bound
from bot.api.said.occurrence import WHICH, WHICH_MOVED, Which
from bot.api.said.spell import SPELL
from bot.api.said.window import window_of
from bot.api.said.wishes import AGREEMENT, BEFORE, QUIET, UNTIL, USUAL, Usual, WordKind
from bot.api.series import as_said, at_clock, at_weekday, holidays_in, series_of, without
from bot.api.settings import NOTICES, Notice, Settings, keep_settings, language_of, settings_of, when_allowed, who_hears
from bot.config.community import Community, Person, RecurringTask, Task, Thing
from bot.config.usage_rules import Season, UsageRules
from bot.drawing.week import Day as WeekDay
from bot.drawing.week import Entry as WeekEntry
from bot.drawing.week import Lane as WeekLane
from bot.drawing.week import Look, Week
from bot.drawing.week import Words as WeekWords
from bot.errors import Refused
from bot.languages.catalogue import Text
from bot.languages.write_time import write_day_of_year, write_number
from bot.parsing.answer import is_pleasantry, sign_of, yes_or_no
from bot.parsing.command import quotable
from bot.parsing.holiday import holiday_on
from bot.parsing.when import When
from bot.reminder_times import MAX_LEAD_TIME, MAX_REMINDERS_BEFORE, LeadTime, QuietHours, Reminders, first_allowed_time
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.calendars.matches import Match
from bot.store.people import Mute, Preferences
from bot.store.tables import Moment

__all__ = [
    "AGREEMENT",
    "AT_ONCE",
    "A_FEW",
    "BEFORE",
    "CHOICE",
    "HOLDING",
    "HOURS",
    "MAX_LEAD_TIME",
    "MAX_REMINDERS_BEFORE",
    "NO",
    "NOTICES",
    "NUMBER",
    "PERSON",
    "QUIET",
    "SEASON",
    "SETTLED",
    "SPELL",
    "TASK",
    "TEXT",
    "THING",
    "TIME",
    "UNTIL",
    "USUAL",
    "WHICH",
    "WHICH_MOVED",
    "YES",
    "About",
    "Agreement",
    "Argument",
    "Ask",
    "Best",
    "Booking",
    "Bound",
    "Clash",
    "Cleared",
    "Command",
    "Community",
    "Doing",
    "Feature",
    "Hit",
    "LeadTime",
    "Look",
    "Match",
    "MatchChange",
    "Moment",
    "Mute",
    "Notice",
    "Obstacle",
    "Offer",
    "Option",
    "Person",
    "Picture",
    "Preferences",
    "QuietHours",
    "RecurringTask",
    "Refused",
    "Reminders",
    "Request",
    "Season",
    "Settings",
    "Side",
    "Span",
    "State",
    "Step",
    "Task",
    "Terms",
    "Text",
    "Thing",
    "UsageRules",
    "Usual",
    "Week",
    "WeekDay",
    "WeekEntry",
    "WeekLane",
    "WeekWords",
    "When",
    "Which",
    "WordKind",
    "as_said",
    "at_clock",
    "at_weekday",
    "best_hours",
    "best_times",
    "booked_for",
    "bookings_of",
    "clashes",
    "clear",
    "correct",
    "draw_week",
    "find_agreement",
    "find_time",
    "first_allowed_time",
    "free_times",
    "ground_of",
    "hits",
    "holiday_on",
    "holidays_in",
    "hours_within",
    "in_brief",
    "is_clear",
    "is_pleasantry",
    "keep_settings",
    "language_of",
    "let_pass",
    "list_agreements",
    "matches_in",
    "matches_near",
    "next_free",
    "obstacles",
    "obstacles_in",
    "offer_doings",
    "part",
    "propose",
    "quotable",
    "reach",
    "series_behind",
    "series_of",
    "settings_of",
    "show_as",
    "sign_of",
    "skip",
    "spans_in",
    "steps_of",
    "take_step",
    "touching",
    "unread_since",
    "uses_of",
    "week_of",
    "when_allowed",
    "who_hears",
    "window_of",
    "without",
    "write_day_of_year",
    "write_number",
    "yes_or_no",
]
