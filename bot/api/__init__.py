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
- Show:      Picture, draw_week, and what a week is drawn from: Week, WeekDay, WeekRow, WeekEntry, WeekTexts, EntryKind
- Be brief:  in_brief, A_FEW
- Be kind:   settings_of, keep_settings, Settings, Preferences, Mute, Notice, language_of, who_hears, when_allowed,
             first_allowed_time, LeadTime, QuietHours, Reminders,
             AGREEMENT, BEFORE, QUIET, UNTIL, WordKind (arguments), USUAL
- Read:      find_time, window_of, yes_or_no, sign_of, is_pleasantry, refers_to_this, strip_because, quotable
- Write:     write_number, write_day_of_year (times and people are written by themselves)
"""

from bot.agreements.negotiation import Offer, Terms
from bot.agreements.states import HOLDING, SETTLED, Side, State, Step
from bot.api.arguments import (
    AGREEMENT_NUMBER,
    CHOICE,
    NO,
    PERSON,
    TASK,
    TEXT,
    THING,
    TIME,
    YES,
    Argument,
    ReadingContext,
    find_time,
)
from bot.api.asking import Ask, Option
from bot.api.availability.best import candidate_times, find_best_times, is_unobstructed
from bot.api.availability.booking import Reservation, find_reservations
from bot.api.availability.clearing import (
    AffectedAgreement,
    ClearedAgreement,
    clear_agreements,
    find_affected_agreements,
)
from bot.api.availability.free import find_free_times, find_next_free
from bot.api.availability.load import count_hours, find_usage, week_span
from bot.api.availability.matches import MatchChange, calendar_unread_since, find_matches
from bot.api.availability.obstacle import Obstacle, find_obstacles, find_obstacles_within
from bot.api.availability.present import usage_rules_of
from bot.api.availability.relation import (
    BestHours,
    Clash,
    find_best_hours,
    find_clashes,
    find_matches_near,
    find_reserved_spans,
    max_match_distance,
    overlapping_clashes,
)
from bot.api.brief import FEW_LINES, shorten_list
from bot.api.doing import ACTIONS_PER_MESSAGE, Action, offer_actions
from bot.api.feature import Command, Feature
from bot.api.negotiation import (
    correct_proposal,
    detach_occurrences,
    find_agreement,
    find_history,
    find_series,
    list_agreements,
    propose,
    set_card,
    skip_occurrences,
    take_clock_step,
    take_step,
)
from bot.api.picture import Picture, draw_week
from bot.api.request import Request
from bot.api.said.measure import HOURS_PER_WEEK, SEASON, ResetChoice
from bot.api.said.occurrence import OCCURRENCES, OCCURRENCES_TO_MOVE, Occurrences
from bot.api.said.spell import PERIOD
from bot.api.said.window import to_span
from bot.api.said.wishes import (
    AGREEMENT_REFERENCE,
    COMMUNITY_DEFAULT,
    QUIET_HOURS,
    REMINDER_TIMES,
    UNTIL,
    CommunityDefault,
    WordKind,
)
from bot.api.series import drop_occurrences, find_holidays, make_series, move_to_clock, move_to_weekday, to_when
from bot.api.settings import (
    NOTICE_KINDS,
    NoticeKind,
    Settings,
    drop_muted,
    find_settings,
    language_of,
    save_settings,
    when_allowed,
)
from bot.config.community import Community, Person, RecurringTask, Task, Thing
from bot.config.usage_rules import Season, UsageRules
from bot.drawing.week import EntryKind, Week, WeekDay, WeekEntry, WeekRow, WeekTexts
from bot.errors import Refused
from bot.languages.catalogue import Text
from bot.languages.write_time import write_day_of_year, write_number
from bot.parsing.answer import is_pleasantry, refers_to_this, sign_of, strip_because, yes_or_no
from bot.parsing.command import quotable
from bot.parsing.holiday import holiday_on
from bot.parsing.when import When
from bot.reminder_times import MAX_LEAD_TIME, MAX_REMINDERS_BEFORE, LeadTime, QuietHours, Reminders, first_allowed_time
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.calendars.matches import Match
from bot.store.moment import Moment
from bot.store.people import Mute, Preferences

__all__ = [
    "ACTIONS_PER_MESSAGE",
    "AGREEMENT_NUMBER",
    "AGREEMENT_REFERENCE",
    "CHOICE",
    "COMMUNITY_DEFAULT",
    "FEW_LINES",
    "HOLDING",
    "HOURS_PER_WEEK",
    "MAX_LEAD_TIME",
    "MAX_REMINDERS_BEFORE",
    "NO",
    "NOTICE_KINDS",
    "OCCURRENCES",
    "OCCURRENCES_TO_MOVE",
    "PERIOD",
    "PERSON",
    "QUIET_HOURS",
    "REMINDER_TIMES",
    "SEASON",
    "SETTLED",
    "TASK",
    "TEXT",
    "THING",
    "TIME",
    "UNTIL",
    "YES",
    "Action",
    "AffectedAgreement",
    "Agreement",
    "Argument",
    "Ask",
    "BestHours",
    "Clash",
    "ClearedAgreement",
    "Command",
    "Community",
    "CommunityDefault",
    "EntryKind",
    "Feature",
    "LeadTime",
    "Match",
    "MatchChange",
    "Moment",
    "Mute",
    "NoticeKind",
    "Obstacle",
    "Occurrences",
    "Offer",
    "Option",
    "Person",
    "Picture",
    "Preferences",
    "QuietHours",
    "ReadingContext",
    "RecurringTask",
    "Refused",
    "Reminders",
    "Request",
    "Reservation",
    "ResetChoice",
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
    "Week",
    "WeekDay",
    "WeekEntry",
    "WeekRow",
    "WeekTexts",
    "When",
    "WordKind",
    "calendar_unread_since",
    "candidate_times",
    "clear_agreements",
    "correct_proposal",
    "count_hours",
    "detach_occurrences",
    "draw_week",
    "drop_muted",
    "drop_occurrences",
    "find_affected_agreements",
    "find_agreement",
    "find_best_hours",
    "find_best_times",
    "find_clashes",
    "find_free_times",
    "find_history",
    "find_holidays",
    "find_matches",
    "find_matches_near",
    "find_next_free",
    "find_obstacles",
    "find_obstacles_within",
    "find_reservations",
    "find_reserved_spans",
    "find_series",
    "find_settings",
    "find_time",
    "find_usage",
    "first_allowed_time",
    "holiday_on",
    "is_pleasantry",
    "is_unobstructed",
    "language_of",
    "list_agreements",
    "make_series",
    "max_match_distance",
    "move_to_clock",
    "move_to_weekday",
    "offer_actions",
    "overlapping_clashes",
    "propose",
    "quotable",
    "refers_to_this",
    "save_settings",
    "set_card",
    "shorten_list",
    "sign_of",
    "skip_occurrences",
    "strip_because",
    "take_clock_step",
    "take_step",
    "to_span",
    "to_when",
    "usage_rules_of",
    "week_span",
    "when_allowed",
    "write_day_of_year",
    "write_number",
    "yes_or_no",
]
